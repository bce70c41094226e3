using System.Text.Json;
using Magnum.Core.Diagnosis;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Heat;

namespace Magnum.Drivers.Heat.Observing;

/// <summary>Looks at the stack of a cluster, whatever engine is in it.</summary>
internal sealed class StackObserver(HeatClient heat, NodeWitness witness)
{
    // Main stack, group, node.
    private const int Depth = 2;

    /// <param name="stack">Without outputs; they are asked for here when there are any to be had.</param>
    public async Task<StackObservation> ObserveAsync(
        DriverRequest request, HeatStack stack, StackShape shape, ObserveOptions options, CancellationToken cancellationToken)
    {
        var isDeleting = stack.Status.StartsWith("DELETE_", StringComparison.Ordinal);
        var state = StateOf(stack);
        var tree = options.WithEvents || state is ObservedState.Failed ? await TreeAsync(stack, request.Credential, shape.NodeGroups, cancellationToken) : null;
        var outputs = state is ObservedState.Ready or ObservedState.RolledBack
            ? (await heat.FindStackAsync(request.Credential, stack.Ref, resolveOutputs: true, cancellationToken))?.Outputs ?? stack.Outputs
            : stack.Outputs;
        var (events, marker) = options.WithEvents && tree is not null
            ? await EventsAsync(request.Credential, stack, tree, options.EventMarker, cancellationToken)
            : ([], options.EventMarker);
        var testimonies = !options.WithEvents || isDeleting ? []
            : state is ObservedState.Failed ? await witness.HearAsync(request.Credential, tree!, cancellationToken)
            : state is ObservedState.InProgress ? await witness.HearSilentAsync(request.Credential, stack, tree!, cancellationToken)
            : [];
        return new StackObservation(
            new ObservedCluster(state)
            {
                Reason = state switch
                {
                    ObservedState.Failed => FailureReason.Of(stack, tree!, testimonies),
                    ObservedState.RolledBack => await RollbackReasonAsync(request.Credential, stack, tree, cancellationToken),
                    _ => null,
                },
                IsCurrent = HeatStacks.IsCurrent(stack, request.Generation),
                IsDeleting = isDeleting,
                BackendId = stack.Id,
                NodeGroups = Groups(shape.NodeGroups, tree, outputs, request),
                Stages = tree is null ? [] : Stages(tree, shape, isDeleting),
                Events = [.. events, .. testimonies.SelectMany(t => t.ToEvents())],
                EventMarker = marker,
            },
            outputs);
    }

    /// <summary>All that is in the stack.</summary>
    public async Task<StackTree> TreeAsync(
        HeatStack stack, CloudCredential credential, IReadOnlyList<StackNodeGroup> groups, CancellationToken cancellationToken)
    {
        try
        {
            return new StackTree(stack, await heat.ListResourcesAsync(credential, stack.Ref, Depth, cancellationToken), groups);
        }
        catch (CloudException e) when (e.Fault is CloudFault.NotFound)
        {
            // Gone between two calls.
            return new StackTree(stack, [], groups);
        }
    }

    private static ObservedState StateOf(HeatStack stack) => stack.Status switch
    {
        "ROLLBACK_COMPLETE" => ObservedState.RolledBack,
        _ when stack.IsInProgress => ObservedState.InProgress,
        _ when stack.IsFailed => ObservedState.Failed,
        _ => ObservedState.Ready,
    };

    private async Task<(IReadOnlyList<ObservedEvent> Events, string? Marker)> EventsAsync(
        CloudCredential credential, HeatStack stack, StackTree tree, string? marker, CancellationToken cancellationToken)
    {
        var events = await ListEventsAsync(credential, stack, marker, cancellationToken);
        return ([.. events.Select(e => StackEvents.Map(e, stack, tree)).OfType<ObservedEvent>()], events.Count > 0 ? events[^1].Id : marker);
    }

    private async Task<IReadOnlyList<HeatEvent>> ListEventsAsync(CloudCredential credential, HeatStack stack, string? marker, CancellationToken cancellationToken)
    {
        try
        {
            return await heat.ListEventsAsync(credential, stack.Ref, Depth, marker, cancellationToken);
        }
        catch (CloudException e) when (e.Fault is CloudFault.Invalid && marker is not null)
        {
            // The event went with a node that went. What is told again has the same ids.
            return await ListEventsAsync(credential, stack, null, cancellationToken);
        }
        catch (CloudException e) when (e.Fault is CloudFault.NotFound)
        {
            return [];
        }
    }

    /// <summary>What was taken back has left no resource behind, but its failure stands in the history.</summary>
    private async Task<string> RollbackReasonAsync(CloudCredential credential, HeatStack stack, StackTree? tree, CancellationToken cancellationToken)
    {
        var events = await ListEventsAsync(credential, stack, null, cancellationToken);
        var begin = events.ToList().FindLastIndex(e => e.PhysicalId == stack.Id && e.Status is "CREATE_IN_PROGRESS" or "UPDATE_IN_PROGRESS");
        var failed = events.Skip(begin + 1).Where(e => e.Status.EndsWith("_FAILED", StringComparison.Ordinal) && !HeatSentence.IsConsequence(e.StatusReason));
        var cause = FailureCatalogue.MostTelling(failed, e => HeatSentence.Clean(e.StatusReason))?.Item;
        var what = tree?.NodeOfStack(cause?.Stack?.Id) is { } node ? $"node {node}, {cause!.ResourceName}" : cause?.ResourceName;
        return cause is null ? "The change failed and was taken back." : $"The change failed and was taken back: {what}: {HeatSentence.Clean(cause.StatusReason)}";
    }

    private static IReadOnlyList<ObservedStage> Stages(StackTree tree, StackShape shape, bool isDeleting)
    {
        var expected = shape.Parts().GroupBy(p => p.Stage, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(p => p.Count), StringComparer.Ordinal);
        var seen = tree.Leaves.Select(r => (Stage: shape.StageOf(tree.TopOf(r).Name), r.Status)).Where(r => r.Stage is not null).ToLookup(r => r.Stage!, r => r.Status, StringComparer.Ordinal);
        return
        [
            .. expected.Where(e => e.Value > 0).Select(e =>
            {
                var statuses = seen[e.Key].ToList();
                // What has been deleted is not listed any more.
                var done = isDeleting ? Math.Max(0, e.Value - statuses.Count) : statuses.Count(s => s.EndsWith("_COMPLETE", StringComparison.Ordinal) && s is not ("INIT_COMPLETE" or "DELETE_COMPLETE"));
                return new ObservedStage(e.Key, Math.Min(done, e.Value), e.Value, statuses.Any(s => s.EndsWith("_FAILED", StringComparison.Ordinal)));
            }),
        ];
    }

    private static IReadOnlyList<ObservedNodeGroup> Groups(
        IReadOnlyList<StackNodeGroup> groups, StackTree? tree, IReadOnlyDictionary<string, HeatOutput> outputs, DriverRequest request) =>
    [
        .. groups.Select(g =>
        {
            var told = outputs.TryGetValue(g.NodesOutput, out var output) ? Told(output.Value, request.Cluster.FloatingIpEnabled) : [];
            var nodes = tree is null ? told : [.. tree.Nodes.Where(n => n.Group == g).Select(n => Seen(n, told)).OrderBy(n => n.Name.Length).ThenBy(n => n.Name, StringComparer.Ordinal)];
            return new ObservedNodeGroup(g.Name, tree is null && output is null ? null : nodes.Count, nodes) { State = State(g, tree) };
        }),
    ];

    private static ObservedState State(StackNodeGroup group, StackTree? tree)
    {
        var statuses = tree?.Nodes.Where(n => n.Group == group).Select(n => n.Status).ToList() ?? [];
        return statuses.Any(s => s.EndsWith("_FAILED", StringComparison.Ordinal)) ? ObservedState.Failed
            : statuses.Any(s => s.EndsWith("_IN_PROGRESS", StringComparison.Ordinal)) ? ObservedState.InProgress
            : ObservedState.Ready;
    }

    private static ObservedNode Seen(TreeNode node, IReadOnlyList<ObservedNode> told)
    {
        var known = told.FirstOrDefault(t => t.Name == node.Name);
        return new ObservedNode(node.Name, node.ServerId ?? known?.ServerId, known?.Address, known?.PublicAddress, node.Status);
    }

    private static IReadOnlyList<ObservedNode> Told(JsonElement nodes, bool hasFloatingIps) => nodes.ValueKind is not JsonValueKind.Array ? [] :
    [
        .. nodes.EnumerateArray().Where(n => n.ValueKind is JsonValueKind.Object).Select(n => new ObservedNode(
            Text(n, "name") ?? "", Text(n, "server_id"), Text(n, "address"), hasFloatingIps ? Text(n, "public_address") : null, null)),
    ];

    private static string? Text(JsonElement node, string name) =>
        node.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
