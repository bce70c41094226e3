using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Drivers.ClusterApi.Contract;
using Magnum.Drivers.ClusterApi.Management;
using Magnum.Drivers.ClusterApi.Objects;

namespace Magnum.Drivers.ClusterApi;

/// <summary>The management cluster's cluster classes.</summary>
internal sealed class ClusterClasses(ManagementCluster management, ClusterApiOptions options)
{
    /// <summary>A class; a refusal when it is not there, or has no nodes of the kind that groups are made of.</summary>
    /// <param name="ns">Null or empty: the namespace of the cluster's project.</param>
    public async Task<ClusterClassView> FindAsync(ServedContract contract, string name, Cluster cluster, string? ns, CancellationToken cancellationToken)
    {
        var within = string.IsNullOrEmpty(ns) ? ClusterApiNames.NamespaceOf(options, cluster.ProjectId) : ns;
        var found = await management.FindAsync(contract.ClusterClass, within, name, cancellationToken)
            ?? throw new DriverRefusedException($"The management cluster has no cluster class {name} in namespace {within}: an operator has to install it.", nothingChanged: true);
        var view = new ClusterClassView(
            name,
            found.Items("spec", "variables").Concat(found.Items("status", "variables")).Select(v => (string?)v["name"]).OfType<string>().ToHashSet(StringComparer.Ordinal),
            found.Items("spec", "workers", "machineDeployments").Select(m => (string?)m["class"]).OfType<string>().ToHashSet(StringComparer.Ordinal));
        return view.WorkerClasses.Contains(options.WorkerClass)
            ? view
            : throw new DriverRefusedException($"The cluster class {name} has no machine deployments of class {options.WorkerClass}.", nothingChanged: true);
    }
}
