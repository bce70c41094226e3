using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Magnum.Core.Persistence;

/// <summary>Stores an enum in OpenStack's spelling.</summary>
internal sealed class WireEnumConverter<TEnum>() : ValueConverter<TEnum, string>(
    value => WireSpelling.ToWire(value),
    text => Parse(text))
    where TEnum : struct, Enum
{
    private static TEnum Parse(string text) => WireSpelling.FromWire<TEnum>(text)
        ?? throw new InvalidOperationException($"'{text}' is no {typeof(TEnum).Name}.");
}
