using System.IO.Compression;
using System.Text;

namespace Magnum.Drivers.Heat.Nodes;

/// <summary>Texts made small: Nova takes only so much user data.</summary>
internal static class Gzip
{
    /// <summary>The text, compressed, in base64; the same each time.</summary>
    public static string Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }

        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }
}
