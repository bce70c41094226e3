using Magnum.Core.NodeGroups;
using Magnum.Drivers.ClusterApi.Management;

namespace Magnum.Drivers.ClusterApi.Observing;

/// <summary>All that Cluster API has made of a cluster, read once.</summary>
internal sealed record ClusterObjects(
    ApiObject? Cluster,
    ApiObject? Infrastructure,
    ApiObject? ControlPlane,
    IReadOnlyList<ApiObject> Deployments,
    IReadOnlyList<ApiObject> Machines,
    IReadOnlyList<ApiObject> Servers)
{
    public static async Task<ClusterObjects> ReadAsync(ManagementCluster management, string ns, string name, CancellationToken cancellationToken)
    {
        var contract = await management.ContractAsync(cancellationToken);
        var labels = $"{ClusterApiNames.ClusterNameLabel}={name}";
        var cluster = management.FindAsync(contract.Cluster, ns, name, cancellationToken);
        var infrastructure = management.ListAsync(contract.OpenStackCluster, ns, labels, cancellationToken);
        var controlPlane = management.ListAsync(contract.ControlPlane, ns, labels, cancellationToken);
        var deployments = management.ListAsync(contract.MachineDeployment, ns, labels, cancellationToken);
        var machines = management.ListAsync(contract.Machine, ns, labels, cancellationToken);
        var servers = management.ListAsync(contract.OpenStackMachine, ns, labels, cancellationToken);
        await Task.WhenAll(cluster, infrastructure, controlPlane, deployments, machines, servers);
        return new ClusterObjects(
            await cluster, First(await infrastructure), First(await controlPlane), await deployments, await machines, await servers);
    }

    public ApiObject? DeploymentOf(string group) => Deployments.FirstOrDefault(d => d.Label(ClusterApiNames.DeploymentNameLabel) == group);

    public IReadOnlyList<ApiObject> MachinesOf(string group) =>
        [.. Machines.Where(m => m.Label(ClusterApiNames.DeploymentNameLabel) == group).OrderBy(m => m.Name, StringComparer.Ordinal)];

    public IReadOnlyList<ApiObject> Masters =>
        [.. Machines.Where(m => m.Label(ClusterApiNames.ControlPlaneLabel) is not null).OrderBy(m => m.Name, StringComparer.Ordinal)];

    /// <summary>The machines of a node group.</summary>
    public IReadOnlyList<ApiObject> MachinesOf(NodeGroup group) => group.IsMaster ? Masters : MachinesOf(ClusterApiNames.NameOf(group));

    /// <summary>What the infrastructure provider has made of a machine.</summary>
    public ApiObject? ServerOf(ApiObject machine) => Servers.FirstOrDefault(s => s.Name == machine.Text("spec", "infrastructureRef", "name"));

    private static ApiObject? First(IReadOnlyList<ApiObject> found) => found is [var first, ..] ? first : null;
}
