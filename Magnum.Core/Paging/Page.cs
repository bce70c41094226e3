namespace Magnum.Core.Paging;

/// <summary>Which part of a list.</summary>
/// <param name="Limit">1-1000, already capped.</param>
/// <param name="Marker">Identifier of the last item of the page before.</param>
/// <param name="SortKey">A stored column in the API's spelling; ties are broken by row number.</param>
public sealed record PageRequest(int Limit, string? Marker = null, string SortKey = "id", bool Descending = false);

/// <summary>A part of a list.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items);
