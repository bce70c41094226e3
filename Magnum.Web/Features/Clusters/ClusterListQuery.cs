using Magnum.Core.Clusters;
using Magnum.Core.Diagnosis;

namespace Magnum.Web.Features.Clusters;

/// <summary>What the list shows, as it stands in the page's address. Unknown values fall back to the usual ones.</summary>
internal sealed record ClusterListQuery
{
    /// <summary>Rows per page.</summary>
    public const int PageSize = 20;

    /// <summary>Columns that can be left out, in their order; the name is always there.</summary>
    public static readonly string[] Columns = ["status", "template", "engine", "version", "nodes", "health", "age"];

    /// <summary>Those that are shown unless others are chosen.</summary>
    public static readonly string[] UsualColumns = ["status", "template", "version", "nodes", "health", "age"];

    /// <summary>Ready-made filters; null: everything.</summary>
    public static readonly string?[] Quicks = [null, "mine", "progress", "failed", "unhealthy"];

    /// <summary>Engines to filter by, as the API spells them.</summary>
    public static readonly string[] Engines = ["kubernetes", "swarm-mode", "mesos"];

    private static readonly string[] SortKeys = ["name", "status", "health_status", "coe_version", "created_at", "project_id", "node_count"];

    /// <summary>Part of the name.</summary>
    public string? Search { get; init; }

    /// <summary>One of <see cref="Quicks"/>.</summary>
    public string? Quick { get; init; }

    /// <summary>One of <see cref="Engines"/>; null: all.</summary>
    public string? Engine { get; init; }

    public Guid? Template { get; init; }

    /// <summary>Code of a known failure; null: all.</summary>
    public string? Cause { get; init; }

    /// <summary>A stored column in the API's spelling.</summary>
    public string Sort { get; init; } = "created_at";

    public bool Descending { get; init; } = true;

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    public bool AllProjects { get; init; }

    /// <summary>Names of <see cref="Columns"/>, joined by commas.</summary>
    public string Shown { get; init; } = string.Join(',', UsualColumns);

    /// <summary>Whether anything narrows the list.</summary>
    public bool IsFiltered => Search is not null || Quick is not null || Engine is not null || Template is not null || Cause is not null;

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
        Quick is "unhealthy" ? HealthStatus.Unhealthy : null,
        Quick is "mine",
        Engine,
        Template,
        Cause: Cause);

    /// <summary>Whether a column is shown.</summary>
    public bool Shows(string column) => Shown.Split(',').Contains(column);

    /// <summary>The same with a column shown or left out.</summary>
    public ClusterListQuery Toggle(string column) => this with { Shown = string.Join(',', Columns.Where(c => c == column ? !Shows(c) : Shows(c))) };

    /// <summary>Reads the address's parameters.</summary>
    public static ClusterListQuery From(ClusterListAddress address)
    {
        var key = SortKeys.Contains(address.Sort) ? address.Sort! : "created_at";
        return new ClusterListQuery
        {
            Search = string.IsNullOrWhiteSpace(address.Search) ? null : address.Search.Trim(),
            Quick = Quicks.Contains(address.Quick) ? address.Quick : null,
            Engine = Engines.Contains(address.Engine) ? address.Engine : null,
            Template = Guid.TryParse(address.Template, out var template) ? template : null,
            Cause = FailureCatalogue.All.Any(c => c.Code == address.Cause) ? address.Cause : null,
            Sort = key,
            Descending = address.Direction is null ? key is "created_at" : address.Direction is "desc",
            Page = Math.Clamp(address.Page ?? 1, 1, 1_000_000),
            AllProjects = address.All == true,
            Shown = string.IsNullOrEmpty(address.Columns) ? string.Join(',', UsualColumns) : string.Join(',', Columns.Where(address.Columns.Split(',').Contains)),
        };
    }

    /// <summary>The address's parameters; null ones are left out.</summary>
    public IReadOnlyDictionary<string, object?> ToParameters() => new Dictionary<string, object?>
    {
        ["q"] = Search,
        ["show"] = Quick,
        ["engine"] = Engine,
        ["template"] = Template?.ToString(),
        ["cause"] = Cause,
        ["sort"] = Sort is "created_at" ? null : Sort,
        ["dir"] = Descending == (Sort is "created_at") ? null : Descending ? "desc" : "asc",
        ["page"] = Page == 1 ? null : Page,
        ["all"] = AllProjects ? true : null,
        ["cols"] = Shown == string.Join(',', UsualColumns) ? null : Shown,
    };
}

/// <summary>The address's parameters as they were typed.</summary>
internal sealed record ClusterListAddress(
    string? Search = null, string? Quick = null, string? Engine = null, string? Template = null, string? Sort = null, string? Direction = null, int? Page = null, bool? All = null, string? Columns = null,
    string? Cause = null);
