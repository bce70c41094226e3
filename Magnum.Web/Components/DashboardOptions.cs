namespace Magnum.Web.Components;

/// <summary>What the dashboard shows about where it runs.</summary>
public sealed class DashboardOptions
{
    /// <summary>The cloud's region, shown in the header; null: not shown.</summary>
    public string? Region { get; set; }

    /// <summary>Where others reach Magnum's API, without <c>/v1</c>; null: code that is shown says <c>$MAGNUM_ENDPOINT</c>.</summary>
    public string? ApiUrl { get; set; }

    /// <summary>Whether the cloud is the embedded one: the header says so, and the sign-in page names the users to try.</summary>
    public bool EmbeddedCloud { get; set; }
}
