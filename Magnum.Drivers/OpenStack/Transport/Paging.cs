namespace Magnum.Drivers.OpenStack.Transport;

/// <summary>Following pages.</summary>
internal static class Paging
{
    /// <summary>
    /// The query of a link to the next page, with its question mark; null for no link. Only the query is taken: behind proxies the
    /// rest of such links often names an address that cannot be reached, and a token goes to no address but the catalog's.
    /// </summary>
    public static string? QueryOf(string? next)
    {
        var question = next?.IndexOf('?', StringComparison.Ordinal) ?? -1;
        return question < 0 ? null : next![question..];
    }
}
