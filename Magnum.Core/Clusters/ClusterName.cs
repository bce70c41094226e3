using System.Text.RegularExpressions;

namespace Magnum.Core.Clusters;

/// <summary>What a cluster may be called: one rule for the API, the wizard and what is stored.</summary>
public static partial class ClusterName
{
    /// <summary>Characters at most.</summary>
    public const int MaxLength = 242;

    /// <summary>As the API's refusals say it.</summary>
    public const string Pattern = "^[a-zA-Z][a-zA-Z0-9_.-]*$";

    /// <summary>Whether it is made of what names are made of, however long.</summary>
    public static bool IsWellFormed(string name) => Whole().IsMatch(name);

    // \z and not $: a name must not end in a line break.
    [GeneratedRegex(@"^[a-zA-Z][a-zA-Z0-9_.-]*\z")]
    private static partial Regex Whole();
}
