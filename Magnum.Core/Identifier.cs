namespace Magnum.Core;

/// <summary>How people and scripts point at a thing: a uuid in any spelling, else a name.</summary>
internal static class Identifier
{
    /// <summary>Whether it looks like a uuid, with or without dashes, in any case; such a text is never a name.</summary>
    public static bool TryUuid(string ident, out Guid uuid) =>
        Guid.TryParseExact(ident, "D", out uuid) || Guid.TryParseExact(ident, "N", out uuid);
}
