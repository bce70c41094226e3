namespace Magnum.Web.Components.Parts;

/// <summary>Something of the cloud to choose.</summary>
/// <param name="Value">What the request says: the name, or the id where the name is not unique.</param>
/// <param name="Detail">Such as processors, memory and disk.</param>
/// <param name="Problem">Why it cannot be chosen; null: it can.</param>
public sealed record Choice(string Value, string Title, string? Detail = null, string? Problem = null)
{
    /// <inheritdoc />
    public override string ToString() => Title;
}
