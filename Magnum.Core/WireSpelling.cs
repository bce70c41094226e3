using System.Collections.Frozen;
using System.Text;

namespace Magnum.Core;

/// <summary>Spells enums as OpenStack does: <c>CreateInProgress</c> is stored and sent as <c>CREATE_IN_PROGRESS</c>.</summary>
public static class WireSpelling
{
    /// <summary>The wire and database spelling.</summary>
    public static string ToWire<TEnum>(this TEnum value)
        where TEnum : struct, Enum => Names<TEnum>.ToWire[value];

    /// <summary>The value with this wire spelling (exact case), or null.</summary>
    public static TEnum? FromWire<TEnum>(string? text)
        where TEnum : struct, Enum =>
        text is not null && Names<TEnum>.FromWire.TryGetValue(text, out var value) ? value : null;

    /// <summary>All wire spellings in declaration order.</summary>
    public static IReadOnlyList<string> WireNames<TEnum>()
        where TEnum : struct, Enum => Names<TEnum>.All;

    private static class Names<TEnum>
        where TEnum : struct, Enum
    {
        public static readonly FrozenDictionary<TEnum, string> ToWire = Enum.GetValues<TEnum>().ToFrozenDictionary(v => v, v => Spell(v.ToString()));
        public static readonly FrozenDictionary<string, TEnum> FromWire = ToWire.ToFrozenDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);
        public static readonly IReadOnlyList<string> All = [.. Enum.GetValues<TEnum>().Select(v => ToWire[v])];

        private static string Spell(string name)
        {
            var text = new StringBuilder(name.Length + 4);
            for (var i = 0; i < name.Length; i++)
            {
                if (i > 0 && char.IsUpper(name[i]))
                {
                    text.Append('_');
                }

                text.Append(char.ToUpperInvariant(name[i]));
            }

            return text.ToString();
        }
    }
}
