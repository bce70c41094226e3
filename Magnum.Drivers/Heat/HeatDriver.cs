using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Drivers.Heat.Observing;
using Magnum.Drivers.Heat.Preflight;
using Magnum.Drivers.OpenStack.Heat;

namespace Magnum.Drivers.Heat;

/// <summary>What drivers on Heat need to work.</summary>
internal sealed record HeatTools(HeatStacks Stacks, StackObserver Observer, CloudLookup Lookup, StackPlanner Planner);

/// <summary>An engine on servers that Heat makes, whatever the engine is.</summary>
internal abstract class HeatDriver(HeatTools tools) : IClusterDriver
{
    public abstract DriverDescription Description { get; }

    public Task<ClusterPlan> PlanAsync(Cluster proposed, CloudCredential credential, CancellationToken cancellationToken) =>
        tools.Planner.PlanAsync(Design(proposed, null), Description, credential, cancellationToken);

    public async Task<string> ConvergeAsync(DriverRequest request, CancellationToken cancellationToken)
    {
        var design = Design(request.Cluster, request.NodeGroup);
        if (design.Faults.FirstOrDefault() is { } fault)
        {
            throw new DriverRefusedException(fault, nothingChanged: true);
        }

        var stack = await tools.Stacks.FindAsync(request, resolveOutputs: false, cancellationToken);
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
                    ? await tools.Lookup.ResolveGroupAsync(design, await ClusterStackAsync(request, cancellationToken), request.Credential, cancellationToken)
                    : await tools.Lookup.ResolveAsync(design, request.Credential, cancellationToken);
                return await tools.Stacks.CreateAsync(request, Definition(facts, []), cancellationToken);
            case not null when stack.Status.StartsWith("DELETE_", StringComparison.Ordinal):
                throw stack.IsInProgress
                    ? HeatStacks.Later("The stack is being deleted.")
                    : new DriverRefusedException("The stack could not be deleted before; delete the cluster.", nothingChanged: true);
            case not null when HeatStacks.HasGeneration(stack, request.Generation):
                return stack.Id;
            case { IsInProgress: true }:
                throw HeatStacks.Later("The stack is still busy with an earlier change.");
        }

        var tree = await tools.Observer.TreeAsync(stack, request.Credential, ClusterStack.NodeGroups(design), cancellationToken);
        if (!design.IsAddedGroup && stack.Status is "CREATE_FAILED" && tree.HasBrokenNode(design.Masters.Name))
        {
            // A master that began to make a control plane and did not finish is not started over: nothing of use is in that stack.
            throw await tools.Stacks.RemoveFailedAsync(request, stack, cancellationToken);
        }

        var going = tree.MembersOf(request.NodesToRemove).Concat(tree.BrokenMembers(design.Workers.Name)).Distinct(StringComparer.Ordinal).ToList();
        await tools.Stacks.UpdateAsync(request, stack, Definition(CloudFacts.Of(stack.Parameters, design.Words), going), cancellationToken);
        return stack.Id;

        StackDefinition Definition(CloudFacts known, IReadOnlyList<string> workersToRemove) =>
            design.Stack(known).Build(request.Generation, request.Enrolment, request.Timeout, workersToRemove);
    }

    public async Task<ObservedCluster> ObserveAsync(DriverRequest request, ObserveOptions options, CancellationToken cancellationToken)
    {
        var stack = await tools.Stacks.FindAsync(request, resolveOutputs: false, cancellationToken);
        if (stack is null or { Status: "DELETE_COMPLETE" })
        {
            return new ObservedCluster(ObservedState.Absent) { IsDeleting = stack is not null, BackendId = stack?.Id };
        }

        var design = Design(request.Cluster, request.NodeGroup);
        var facts = CloudFacts.Of(stack.Parameters, design.Words);
        var shape = new StackShape(ClusterStack.NodeGroups(design), r => StackParts.StageOf(r, design.Words), () => design.Stack(facts).Parts());
        var seen = await tools.Observer.ObserveAsync(request, stack, shape, options, cancellationToken);
        return seen.Observed with
        {
            CoeVersion = design.IsAddedGroup ? null : facts.Version,
            NodeGroups = [.. seen.Observed.NodeGroups.Select(g => g with { Version = facts.Version })],
            ApiAddress = seen.Outputs.TryGetValue("api_address", out var output) && Host(output.Text) is { } host ? ApiAddress(host, ApiPort(stack, design)) : null,
        };
    }

    /// <inheritdoc />
    public virtual Task<ClusterHealth?> ProbeAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken) => Task.FromResult<ClusterHealth?>(null);

    public Task DeleteAsync(DriverRequest request, CancellationToken cancellationToken) => tools.Stacks.DeleteAsync(request, cancellationToken);

    public async Task<IReadOnlySet<string>?> ListInProgressAsync(CancellationToken cancellationToken) => await tools.Stacks.ListInProgressAsync(cancellationToken);

    protected abstract ClusterDesign Design(Cluster cluster, NodeGroup? added);

    /// <summary>How clients write where the API is.</summary>
    protected abstract string ApiAddress(string host, string port);

    private async Task<HeatStack> ClusterStackAsync(DriverRequest request, CancellationToken cancellationToken) =>
        await tools.Stacks.FindAsync(request with { NodeGroup = null }, resolveOutputs: true, cancellationToken)
            ?? throw new DriverRefusedException($"Stack with id {request.Cluster.StackId} not found: there is no cluster to add the nodes to.", nothingChanged: true);

    /// <summary>The stack is the tenant's, who may write anything into its outputs; files for clients and probes are made of this one.</summary>
    internal static string? Host(string? output) => !IPAddress.TryParse(output, out var address) ? null
        : address.AddressFamily is AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    private static string ApiPort(HeatStack stack, ClusterDesign design) => stack.Parameters.GetValueOrDefault("apiserver_port") is { Length: > 0 } port
        ? port
        : design.DefaultApiPort.ToString(CultureInfo.InvariantCulture);
}
