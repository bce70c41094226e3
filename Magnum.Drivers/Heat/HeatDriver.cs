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

    public virtual Task<ClusterPlan> PlanAsync(Cluster proposed, CloudCredential credential, CancellationToken cancellationToken) =>
        tools.Planner.PlanAsync(Design(proposed, null), Description, credential, cancellationToken);

    public Task<ClusterPlan> PlanAsync(Cluster cluster, NodeGroup added, CloudCredential credential, CancellationToken cancellationToken) =>
        tools.Planner.PlanAsync(Design(cluster, added), Description, credential, cancellationToken);

    /// <inheritdoc />
    public virtual Task<string?> AdoptAsync(Cluster cluster, string? kept, TokenInfo owner, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <inheritdoc />
    public virtual Task AbandonAsync(Cluster cluster, TokenInfo owner, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public virtual Task ReleaseAsync(Cluster cluster, string? kept, CancellationToken cancellationToken) => Task.CompletedTask;

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
            case not null when HeatStacks.HasGeneration(stack, request.Generation) && (request.UpgradeBatch is null || stack.IsInProgress || stack.IsFailed):
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

        if (request.UpgradeBatch is { } batch)
        {
            await UpgradeAsync(request, design, stack, tree, batch, cancellationToken);
            return stack.Id;
        }

        var going = await GoingAsync(request, design, stack, tree, cancellationToken);
        await tools.Stacks.UpdateAsync(request, stack, Definition(CloudFacts.Of(stack.Parameters, design.Words), going), cancellationToken);
        return stack.Id;

        StackDefinition Definition(CloudFacts known, IReadOnlyList<string> workersToRemove) =>
            design.Stack(known).Build(request.Generation, request.Enrolment, request.Timeout, workersToRemove);
    }

    public async Task CheckUpgradeAsync(Cluster upgraded, NodeGroup? group, CloudCredential credential, CancellationToken cancellationToken) =>
        await tools.Lookup.ResolveUpgradeAsync(Design(upgraded, group), credential, cancellationToken);

    /// <summary>The next part of an upgrade. What it goes to is looked up for the first, and kept by the stack from then on.</summary>
    private async Task UpgradeAsync(DriverRequest request, ClusterDesign design, HeatStack stack, StackTree tree, int batch, CancellationToken cancellationToken)
    {
        var (upgrade, goal) = await GoalAsync(request, design, stack, tree, cancellationToken);
        if (upgrade.Next(goal, batch) is not { } part)
        {
            if (HeatStacks.HasGeneration(stack, request.Generation))
            {
                return;
            }

            part = upgrade.Nothing(goal);
        }

        var definition = design.Stack(part.Facts)
            .Build(HeatStacks.NextPart(stack, request.Generation), request.Enrolment, request.Timeout, part.WorkersToRemove, part.Workers);
        await tools.Stacks.UpdateAsync(request, stack, definition with { Lasting = definition.Lasting.Except(StackUpgrade.Parameters(design.Words)).ToHashSet() }, cancellationToken);
    }

    private async Task<(StackUpgrade Upgrade, UpgradeGoal Goal)> GoalAsync(
        DriverRequest request, ClusterDesign design, HeatStack stack, StackTree tree, CancellationToken cancellationToken)
    {
        var facts = CloudFacts.Of(stack.Parameters, design.Words);
        var goal = HeatStacks.HasGeneration(stack, request.Generation)
            ? new UpgradeGoal(facts.MasterImage, facts.WorkerImage, facts.Version)
            : await tools.Lookup.ResolveUpgradeAsync(design, request.Credential, cancellationToken);
        return (new StackUpgrade(design, facts, tree, WorkerCount(stack, design)), goal);
    }

    public async Task<DrainProgress> DrainAsync(DriverRequest request, CancellationToken cancellationToken)
    {
        var stack = await tools.Stacks.FindAsync(request, resolveOutputs: false, cancellationToken);
        if (request.Access is not { } access || stack is null || stack.IsInProgress || stack.Status.StartsWith("DELETE_", StringComparison.Ordinal))
        {
            return DrainProgress.Done;   // converging says what is to be said about it
        }

        var design = Design(request.Cluster, request.NodeGroup);
        var tree = await tools.Observer.TreeAsync(stack, request.Credential, ClusterStack.NodeGroups(design), cancellationToken);
        var leaving = await LeavingAsync(request, design, stack, tree, cancellationToken);
        return leaving.Count == 0 ? DrainProgress.Done : new DrainProgress(await DrainAsync(request.Cluster, leaving, access, cancellationToken));
    }

    public async Task ForgetNodesAsync(DriverRequest request, CancellationToken cancellationToken)
    {
        if (request.Access is { } access)
        {
            var groups = request.Cluster.NodeGroups.Where(g => !request.IsRemoval || g.Uuid != request.NodeGroup?.Uuid);
            await ForgetAsync(request.Cluster, [.. groups.SelectMany(g => g.Nodes)], access, cancellationToken);
        }
    }

    /// <summary>Has the engine move its work off nodes that go. A node that the engine does not know, or of which it hears nothing, has none.</summary>
    /// <returns>By node, what is left to wait for.</returns>
    protected virtual Task<IReadOnlyDictionary<string, string>> DrainAsync(
        Cluster cluster, IReadOnlyList<ObservedNode> leaving, EngineAccess access, CancellationToken cancellationToken) => Task.FromResult(DrainProgress.Done.Waiting);

    /// <summary>Names in the order in which nodes had best go, those first that were freed for it; what is left out comes last.</summary>
    protected virtual Task<IReadOnlyList<string>> RankForRemovalAsync(
        Cluster cluster, IReadOnlyList<ObservedNode> nodes, EngineAccess access, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Has the engine forget nodes that are down and none of these, and use those again that were freed and have stayed.</summary>
    protected virtual Task ForgetAsync(Cluster cluster, IReadOnlyList<ObservedNode> present, EngineAccess access, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<IReadOnlyList<ObservedNode>> LeavingAsync(
        DriverRequest request, ClusterDesign design, HeatStack stack, StackTree tree, CancellationToken cancellationToken)
    {
        if (request.IsRemoval)
        {
            return [.. tree.Nodes.Select(n => Seen(request, n))];
        }

        HashSet<string> masters = [];
        IReadOnlyList<string> workers;
        if (request.UpgradeBatch is { } batch)
        {
            var (upgrade, goal) = await GoalAsync(request, design, stack, tree, cancellationToken);
            var part = upgrade.Next(goal, batch);
            masters = [.. part?.Facts.FormerMasters.Where(m => m.Value.Length == 0).Select(m => m.Key) ?? []];
            workers = part?.WorkersToRemove ?? [];
        }
        else
        {
            workers = await GoingAsync(request, design, stack, tree, cancellationToken);
        }

        return [.. tree.Nodes.Where(n => n.Group.IsResourceGroup ? workers.Contains(n.Member) : masters.Contains(n.Member)).Select(n => Seen(request, n))];
    }

    /// <summary>The workers that go: those that were chosen, those that are broken, and as many as are too many, of which the engine knows best.</summary>
    private async Task<List<string>> GoingAsync(DriverRequest request, ClusterDesign design, HeatStack stack, StackTree tree, CancellationToken cancellationToken)
    {
        var going = tree.MembersOf(request.NodesToRemove).Concat(tree.BrokenMembers(design.Workers.Name)).Distinct(StringComparer.Ordinal).ToList();
        var tooMany = WorkerCount(stack, design) - design.Workers.NodeCount - going.Count;
        if (tooMany <= 0 || request.Access is not { } access)
        {
            return going;
        }

        var others = tree.Nodes.Where(n => n.Group.IsResourceGroup && !going.Contains(n.Member)).ToList();
        IReadOnlyList<string> ranked;
        try
        {
            ranked = await RankForRemovalAsync(request.Cluster, [.. others.Select(n => Seen(request, n))], access, cancellationToken);
        }
        catch (CloudException)
        {
            return going;   // Heat takes those that came last
        }

        return [.. going, .. ranked.Select(name => others.Find(n => n.Name == name)?.Member).OfType<string>().Take(tooMany)];
    }

    private static ObservedNode Seen(DriverRequest request, TreeNode node) =>
        request.Cluster.NodeGroups.SelectMany(g => g.Nodes).FirstOrDefault(n => n.Name == node.Name) is { } known
            ? known with { ServerId = node.ServerId ?? known.ServerId }
            : new ObservedNode(node.Name, node.ServerId, null, null, node.Status);

    private static int WorkerCount(HeatStack stack, ClusterDesign design) =>
        int.TryParse(stack.Parameters.GetValueOrDefault(design.Words.Count), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : design.Workers.NodeCount;

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
            CoeVersion = design.IsAddedGroup || facts.FormerMasters.Count > 0 ? null : facts.Version,
            NodeGroups = [.. seen.Observed.NodeGroups.Select(g => g with { Version = facts.FormerMasters.Count > 0 ? null : facts.Version })],
            Replacement = StackUpgrade.Left(design, facts, WorkerCount(stack, design)),
            ApiAddress = seen.Outputs.TryGetValue("api_address", out var output) && Host(output.Text) is { } host ? ApiAddress(host, ApiPort(stack, design)) : null,
        };
    }

    /// <inheritdoc />
    public virtual async Task<IReadOnlyList<ClusterResource>?> ListResourcesAsync(Cluster cluster, CloudCredential credential, CancellationToken cancellationToken)
    {
        var listed = new List<ClusterResource>();
        foreach (var group in cluster.NodeGroups.Where(g => !g.IsDefault).Prepend(null))
        {
            var request = new DriverRequest(cluster, credential, Guid.Empty.ToString()) { NodeGroup = group };
            var stack = await tools.Stacks.FindAsync(request, resolveOutputs: false, cancellationToken);
            if (stack is null or { Status: "DELETE_COMPLETE" })
            {
                continue;
            }

            var tree = await tools.Observer.TreeAsync(stack, credential, ClusterStack.NodeGroups(Design(cluster, group)), cancellationToken);
            listed.Add(new ClusterResource("OS::Heat::Stack", stack.Ref.Name, stack.Id, stack.Status) { Reason = stack.IsFailed ? stack.StatusReason : null });
            listed.AddRange(tree.Leaves.Where(r => !r.Type.StartsWith("OS::Heat::", StringComparison.Ordinal)).Select(r => new ClusterResource(
                r.Type, r.Name, r.PhysicalId is { Length: > 0 } id ? id : null, r.Status)
            {
                Reason = r.Status.EndsWith("_FAILED", StringComparison.Ordinal) ? r.StatusReason : null,
                Node = tree.NodeOf(r),
            }));
        }

        return listed;
    }

    /// <inheritdoc />
    public virtual Task<ClusterHealth?> ProbeAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken) => Task.FromResult<ClusterHealth?>(null);

    /// <inheritdoc />
    public virtual Task<EngineContents?> LookInsideAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken) => Task.FromResult<EngineContents?>(null);

    /// <inheritdoc />
    public virtual Task<EngineLoad?> MeasureAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken) => Task.FromResult<EngineLoad?>(null);

    /// <inheritdoc />
    public virtual Task<IReadOnlyList<string>> RemoveOwnMakingsAsync(Cluster cluster, CloudCredential credential, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);

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
