using Magnum.Core;
using Magnum.Core.Clusters;
using Magnum.Core.Events;

namespace Magnum.Web.Features.Clusters;

/// <summary>A row of the list.</summary>
/// <param name="ProjectName">Null: the id is shown.</param>
/// <param name="Flashes">How often it has changed while shown; its parity names the highlight, so that each change plays it again.</param>
public sealed record ClusterRowModel(ClusterSummary Cluster, string? ProjectName, int Flashes)
{
    /// <summary>Whether the cluster was deleted while the list's order was held.</summary>
    public bool IsGone { get; private init; }

    /// <summary>The class that highlights the row for two seconds.</summary>
    public string? Flash => IsGone ? "mg-gone" : Flashes == 0 ? null : Flashes % 2 == 1 ? "mg-flash-a" : "mg-flash-b";

    internal static ClusterRowModel Next(ClusterRowModel? before, ClusterSummary now, string? projectName, bool isNew) =>
        before is null ? new ClusterRowModel(now, projectName, isNew ? 1 : 0)
        : before.Cluster with { Labels = now.Labels } == now && before.ProjectName == projectName ? before   // labels are read anew each time, and not shown
        : Differs(before.Cluster, now) ? new ClusterRowModel(now, projectName, before.Flashes + 1)
        : before with { Cluster = now, ProjectName = projectName };

    internal ClusterRowModel Gone() => IsGone ? this : this with { IsGone = true };

    internal ClusterRowModel With(ClusterChange change) => this with
    {
        Cluster = Cluster with
        {
            Progress = change.Progress ?? Cluster.Progress,
            Status = WireSpelling.FromWire<ClusterStatus>(change.Status) ?? Cluster.Status,
        },
    };

    // The percentage moves all the time: that alone is no highlight.
    private static bool Differs(ClusterSummary a, ClusterSummary b) =>
        (a.Status, a.Name, a.NodeCount, a.MasterCount, a.HealthStatus, a.CoeVersion, a.TemplateName)
        != (b.Status, b.Name, b.NodeCount, b.MasterCount, b.HealthStatus, b.CoeVersion, b.TemplateName);
}
