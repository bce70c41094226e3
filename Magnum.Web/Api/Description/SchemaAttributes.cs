using Magnum.Core;

namespace Magnum.Web.Api.Description;

/// <summary>The microversion from which a field has its name.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SinceAttribute(int minor) : Attribute
{
    public Microversion Version => new(minor);

    /// <summary>What it was called before.</summary>
    public string? Formerly { get; init; }
}

/// <summary>The words that a field holds.</summary>
internal abstract class WordsAttribute : Attribute
{
    public abstract IReadOnlyList<string> Words { get; }
}

/// <inheritdoc />
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WordsAttribute<TEnum> : WordsAttribute
    where TEnum : struct, Enum
{
    public override IReadOnlyList<string> Words => WireSpelling.WireNames<TEnum>();
}
