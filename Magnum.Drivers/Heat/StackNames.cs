using System.Globalization;
using System.Text;

namespace Magnum.Drivers.Heat;

/// <summary>Names and tags of stacks, derived from the cluster: a stack is found again without anything having been stored.</summary>
internal static class StackNames
{
    /// <summary>The tag of all of Magnum's stacks.</summary>
    public const string Tag = "magnum";

    // Servers are "<stack>-master-0", "<stack>-worker-1234", and a server's name has to be a DNS label of 63 characters.
    private const int NameLength = 30;

    /// <summary><c>&lt;name&gt;-&lt;first 12 of the uuid&gt;</c>: lower case letters, digits and dashes, a letter first.</summary>
    public static string For(string clusterName, Guid clusterUuid)
    {
        var name = new StringBuilder(NameLength);
        foreach (var c in clusterName)
        {
            if (name.Length == NameLength)
            {
                break;
            }

            if (char.IsAsciiLetterOrDigit(c))
            {
                name.Append(char.ToLowerInvariant(c));
            }
            else if (c is '_' or '.' or '-' && name.Length > 0 && name[^1] != '-')
            {
                name.Append('-');
            }
        }

        var stem = name.ToString().Trim('-');
        if (stem.Length == 0 || !char.IsAsciiLetter(stem[0]))
        {
            stem = $"k{(stem.Length == 0 ? "8s" : stem)}";
        }

        return string.Create(CultureInfo.InvariantCulture, $"{stem}-{clusterUuid:N}")[..(stem.Length + 13)];
    }

    /// <summary>The name of an added group's own stack: <c>&lt;cluster&gt;-&lt;group&gt;-&lt;first 12 of the group's uuid&gt;</c>.</summary>
    public static string For(string clusterName, string groupName, Guid groupUuid) => For($"{Cut(clusterName, 20)}-{Cut(groupName, 9)}", groupUuid);

    /// <summary>The tags of a cluster's stack, and of an added group's.</summary>
    public static IReadOnlyList<string> TagsFor(Guid clusterUuid, Guid? groupUuid = null) =>
        groupUuid is { } group ? [Tag, clusterUuid.ToString(), group.ToString()] : [Tag, clusterUuid.ToString()];

    private static string Cut(string text, int length) => text.Length > length ? text[..length] : text;
}
