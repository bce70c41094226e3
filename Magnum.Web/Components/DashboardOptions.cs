namespace Magnum.Web.Components;

/// <summary>What the dashboard shows about where it runs.</summary>
public sealed class DashboardOptions
{
    /// <summary>The cloud's region, shown in the header; null: not shown.</summary>
    public string? Region { get; set; }

    /// <summary>The addresses of all regions' dashboards by the regions' names, this one's too; none: there is no choice.</summary>
    public Dictionary<string, string> Regions { get; } = [];

    /// <summary>Where others reach Magnum's API, without <c>/v1</c>; null: code that is shown says <c>$MAGNUM_ENDPOINT</c>.</summary>
    public string? ApiUrl { get; set; }

    /// <summary>Whether the cloud is the embedded one: the header says so, and the sign-in page names the users to try.</summary>
    public bool EmbeddedCloud { get; set; }
}
