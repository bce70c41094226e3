using System.Net;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.Heat.Observing;
using Magnum.Drivers.Kubernetes;
using Magnum.Drivers.OpenStack.Heat;

namespace Magnum.Drivers.Heat.Kubernetes;

/// <summary>Kubernetes by kubeadm on prepared Ubuntu and Fedora CoreOS images, on servers that Heat makes.</summary>
internal sealed class KubernetesHeatDriver(HeatStacks stacks, StackObserver observer, CloudLookup lookup, KubernetesPlanner planner) : IClusterDriver
{
    public const string Name = "k8s_heat";

    public const string DefaultNetworkDriver = "flannel";

    public DriverDescription Description { get; } = new()
    {
        Name = Name,
        Title = "Kubernetes on Heat",
        ClusterTypes =
        [
            new("vm", "ubuntu", "kubernetes"),
            new("vm", "fedora-coreos", "kubernetes"),
            new("vm", "flatcar", "kubernetes"),
            new("vm", "debian", "kubernetes"),
            new("vm", "rockylinux", "kubernetes"),
        ],
        NetworkDrivers = [DefaultNetworkDriver, "calico", "cilium"],
        VolumeDrivers = ["cinder"],
        Capabilities = DriverCapabilities.Resize | DriverCapabilities.RemoveChosenNodes | DriverCapabilities.Rollback
            | DriverCapabilities.NodeGroups | DriverCapabilities.RotateCa | DriverCapabilities.RotateCredential,
        Labels = KubernetesLabels.All,
    };

    public Task<ClusterPlan> PlanAsync(Cluster proposed, CloudCredential credential, CancellationToken cancellationToken) =>
        planner.PlanAsync(new KubernetesDesign(proposed), Description, credential, cancellationToken);

    public async Task<string> ConvergeAsync(DriverRequest request, CancellationToken cancellationToken)
    {
        var design = new KubernetesDesign(request.Cluster, request.NodeGroup);
        if (design.Faults.FirstOrDefault() is { } fault)
        {
            throw new DriverRefusedException(fault, nothingChanged: true);
        }

        var stack = await stacks.FindAsync(request, resolveOutputs: false, cancellationToken);
        switch (stack)
        {
            case null or { Status: "DELETE_COMPLETE" } when !request.MayCreate:
                throw request.NodeGroup is { } group
                    ? new DriverRefusedException(
                        $"Stack with id {group.StackId} not found: somebody deleted it outside Magnum. Delete the node group to clean up.", nothingChanged: true)
                    : new DriverRefusedException(
                        $"Stack with id {request.Cluster.StackId} not found: somebody deleted it outside Magnum. Delete the cluster to clean up.", nothingChanged: true);
            case null or { Status: "DELETE_COMPLETE" }:
                var facts = design.IsAddedGroup
                    ? await lookup.ResolveGroupAsync(design, await ClusterStackAsync(request, cancellationToken), request.Credential, cancellationToken)
                    : await lookup.ResolveAsync(design, request.Credential, cancellationToken);
                return await stacks.CreateAsync(request, Definition(facts, []), cancellationToken);
            case not null when stack.Status.StartsWith("DELETE_", StringComparison.Ordinal):
                throw stack.IsInProgress
                    ? HeatStacks.Later("The stack is being deleted.")
                    : new DriverRefusedException("The stack could not be deleted before; delete the cluster.", nothingChanged: true);
            case not null when HeatStacks.HasGeneration(stack, request.Generation):
                return stack.Id;
            case { IsInProgress: true }:
                throw HeatStacks.Later("The stack is still busy with an earlier change.");
        }

        var tree = await observer.TreeAsync(stack, request.Credential, KubernetesStack.NodeGroups(design), cancellationToken);
        if (!design.IsAddedGroup && stack.Status is "CREATE_FAILED" && tree.HasBrokenNode(design.Masters.Name))
        {
            // A master that began to make a control plane and did not finish is not started over: nothing of use is in that stack.
            throw await stacks.RemoveFailedAsync(request, stack, cancellationToken);
        }

        var going = tree.MembersOf(request.NodesToRemove).Concat(tree.BrokenMembers(design.Workers.Name)).Distinct(StringComparer.Ordinal).ToList();
        await stacks.UpdateAsync(request, stack, Definition(CloudFacts.Of(stack.Parameters), going), cancellationToken);
        return stack.Id;

        StackDefinition Definition(CloudFacts known, IReadOnlyList<string> workersToRemove) =>
            new KubernetesStack(design, known).Build(request.Generation, request.Enrolment, request.Timeout, workersToRemove);
    }

    public async Task<ObservedCluster> ObserveAsync(DriverRequest request, ObserveOptions options, CancellationToken cancellationToken)
    {
        var stack = await stacks.FindAsync(request, resolveOutputs: false, cancellationToken);
        if (stack is null or { Status: "DELETE_COMPLETE" })
        {
            return new ObservedCluster(ObservedState.Absent) { IsDeleting = stack is not null, BackendId = stack?.Id };
        }

        var design = new KubernetesDesign(request.Cluster, request.NodeGroup);
        var facts = CloudFacts.Of(stack.Parameters);
        var shape = new StackShape(KubernetesStack.NodeGroups(design), StackParts.StageOf, () => new KubernetesStack(design, facts).Parts());
        var seen = await observer.ObserveAsync(request, stack, shape, options, cancellationToken);
        return seen.Observed with
        {
            CoeVersion = design.IsAddedGroup ? null : facts.KubeVersion,
            NodeGroups = [.. seen.Observed.NodeGroups.Select(g => g with { Version = facts.KubeVersion })],
            ApiAddress = seen.Outputs.TryGetValue("api_address", out var output) && output.Text is { Length: > 0 } address ? $"https://{address}:{ApiPort(stack)}" : null,
        };
    }

    /// <summary>Not of a cluster whose own agent reports its health.</summary>
    public async Task<ClusterHealth?> ProbeAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken)
    {
        var labels = new KubernetesDesign(cluster).Labels;
        var reportsItself = labels.Flag("auto_healing_enabled") && labels.Text("auto_healing_controller") is "magnum-auto-healer";
        return !reportsItself && Uri.TryCreate(cluster.ApiAddress, UriKind.Absolute, out var server) && server.Scheme == Uri.UriSchemeHttps && MayBeAsked(server)
            ? await KubernetesProbe.AskAsync(cluster.Name, server, access, cancellationToken)
            : null;
    }

    public Task DeleteAsync(DriverRequest request, CancellationToken cancellationToken) => stacks.DeleteAsync(request, cancellationToken);

    public async Task<IReadOnlySet<string>?> ListInProgressAsync(CancellationToken cancellationToken) => await stacks.ListInProgressAsync(cancellationToken);

    /// <summary>The address is what the stack says, and the stack is the tenant's: it shall not lead to this machine or to its metadata service.</summary>
    private static bool MayBeAsked(Uri server) => IPAddress.TryParse(server.Host.Trim('[', ']'), out var address)
        && !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
        && !(address.MapToIPv4().GetAddressBytes() is [169, 254, ..]);

    private async Task<HeatStack> ClusterStackAsync(DriverRequest request, CancellationToken cancellationToken) =>
        await stacks.FindAsync(request with { NodeGroup = null }, resolveOutputs: true, cancellationToken)
            ?? throw new DriverRefusedException($"Stack with id {request.Cluster.StackId} not found: there is no cluster to add the nodes to.", nothingChanged: true);

    private static string ApiPort(HeatStack stack) => stack.Parameters.GetValueOrDefault("apiserver_port") is { Length: > 0 } port ? port : "6443";
}
