using Magnum.Core.Clusters;

namespace Magnum.Web.Features.Clusters;

/// <summary>What the list shows, as it stands in the page's address. Unknown values fall back to the usual ones.</summary>
internal sealed record ClusterListQuery
{
    /// <summary>Rows per page.</summary>
    public const int PageSize = 20;

    private static readonly string[] SortKeys = ["name", "status", "health_status", "coe_version", "created_at", "project_id"];

    /// <summary>Part of the name.</summary>
    public string? Search { get; init; }

    /// <summary><c>progress</c>, <c>failed</c>, <c>unhealthy</c> or null.</summary>
    public string? Quick { get; init; }

    /// <summary>A stored column in the API's spelling.</summary>
    public string Sort { get; init; } = "created_at";

    public bool Descending { get; init; } = true;

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    public bool AllProjects { get; init; }

    /// <summary>Whether anything narrows the list.</summary>
    public bool IsFiltered => Search is not null || Quick is not null;

    /// <summary>The filter for Core.</summary>
    public ClusterFilter Filter => new(
        AllProjects,
        Search,
        Quick switch
        {
            "progress" => [.. Enum.GetValues<ClusterStatus>().Where(s => s.IsInProgress())],
            "failed" => [.. Enum.GetValues<ClusterStatus>().Where(s => s.IsFailed())],
            _ => null,
        },
        Quick is "unhealthy" ? HealthStatus.Unhealthy : null);

    /// <summary>Reads the address's parameters.</summary>
    public static ClusterListQuery From(string? search, string? quick, string? sort, string? direction, int? page, bool? all)
    {
        var key = SortKeys.Contains(sort) ? sort! : "created_at";
        return new ClusterListQuery
        {
            Search = string.IsNullOrWhiteSpace(search) ? null : search.Trim(),
            Quick = quick is "progress" or "failed" or "unhealthy" ? quick : null,
            Sort = key,
            Descending = direction is null ? key is "created_at" : direction is "desc",
            Page = Math.Clamp(page ?? 1, 1, 1_000_000),
            AllProjects = all == true,
        };
    }

    /// <summary>The address's parameters; null ones are left out.</summary>
    public IReadOnlyDictionary<string, object?> ToParameters() => new Dictionary<string, object?>
    {
        ["q"] = Search,
        ["show"] = Quick,
        ["sort"] = Sort is "created_at" ? null : Sort,
        ["dir"] = Descending == (Sort is "created_at") ? null : Descending ? "desc" : "asc",
        ["page"] = Page == 1 ? null : Page,
        ["all"] = AllProjects ? true : null,
    };
}
