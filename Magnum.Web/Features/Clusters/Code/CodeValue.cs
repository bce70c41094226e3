namespace Magnum.Web.Features.Clusters.Code;

/// <summary>A value as code says it.</summary>
internal abstract record CodeValue
{
    public sealed record Text(string Value) : CodeValue;

    /// <param name="Value">As written: JSON and Python have more kinds of numbers than a request.</param>
    public sealed record Number(string Value) : CodeValue;

    public sealed record Flag(bool Value) : CodeValue;

    public sealed record Nothing : CodeValue;

    public sealed record Map(IReadOnlyList<CodeEntry> Entries) : CodeValue;

    /// <summary>What only running the code would tell: a variable, a call, a sum.</summary>
    public sealed record Computed(string Source) : CodeValue;

    /// <summary>A block of Terraform's language within another.</summary>
    public sealed record Block : CodeValue;
}

/// <summary>A name and its value.</summary>
/// <param name="Name">Empty: a value without a name, by its place.</param>
/// <param name="Line">From 1.</param>
internal sealed record CodeEntry(string Name, CodeValue Value, int Line);

/// <summary>What was not understood, in words of the dashboard.</summary>
/// <param name="TextName">The name of a text.</param>
public sealed record CodeProblem(int Line, string TextName, params object[] Values);
