using System.Text;

namespace Magnum.Web.Features.Clusters.Code;

/// <summary>Characters by number.</summary>
internal static class CodePoints
{
    /// <summary>Adds a character; false when the number is none. Halves of a pair may come one by one.</summary>
    public static bool Append(StringBuilder text, long number)
    {
        if (number is < 0 or > 0x10ffff)
        {
            return false;
        }

        _ = number > 0xffff ? text.Append(char.ConvertFromUtf32((int)number)) : text.Append((char)number);
        return true;
    }
}
