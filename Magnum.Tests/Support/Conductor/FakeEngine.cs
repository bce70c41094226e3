using Magnum.Core.Drivers;
using Magnum.Core.Clusters;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Drivers.Heat.Labels;

namespace Magnum.Tests.Support.Conductor;

/// <summary>An engine over <see cref="FakeCloudState"/>; each call is an action of the process that calls.</summary>
internal sealed class FakeEngine(FakeCloudState cloud, LifeLine life, TimeProvider time) : IClusterDriver, IClusterDriverRegistry
{
    public DriverDescription Description { get; } = FakeDriver.Kubernetes("fake") with
    {
        Capabilities = DriverCapabilities.Resize | DriverCapabilities.AutoHealing | DriverCapabilities.AutoScaling,
        Labels = HeatLabels.Healing,
    };

    public IReadOnlyList<DriverDescription> Drivers => [Description];

    public IClusterDriver? Find(string name) => name == "fake" ? this : null;

    public IReadOnlyList<DriverDescription> FindByType(string serverType, string distro, string coe) => Drivers;

    public Task<ClusterPlan> PlanAsync(Cluster proposed, CloudCredential credential, CancellationToken cancellationToken) => PlanAsync(proposed.DefaultWorker);

    public Task<ClusterPlan> PlanAsync(Cluster cluster, NodeGroup added, CloudCredential credential, CancellationToken cancellationToken) => PlanAsync(added);

    private async Task<ClusterPlan> PlanAsync(NodeGroup group)
    {
        await cloud.BeforeAsync("plan");
        return new ClusterPlan([], [], cloud.Quotas(group.NodeCount));
    }

    public Task<EngineLoad?> MeasureAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken) => Task.FromResult(cloud.Load());

    public Task<string> ConvergeAsync(DriverRequest request, CancellationToken cancellationToken) => CallAsync("converge", request, () =>
    {
        if (!cloud.Stacks.TryGetValue(KeyOf(request), out var stack))
        {
            stack = cloud.Stacks[KeyOf(request)] = new FakeStack($"stack-{++cloud.Created}", null);
        }

        if (stack.Generation != request.Generation)
        {
            stack.Generation = request.Generation;
            stack.Password = request.Enrolment?.Password;
            stack.State = ObservedState.InProgress;
            stack.Looks = 0;
            stack.PartsLeft = request.UpgradeBatch is null ? 0 : cloud.UpgradeParts - 1;
        }
        else if (request.UpgradeBatch is not null && stack is { State: ObservedState.Ready, PartsLeft: > 0 })
        {
            stack.PartsLeft--;
            stack.State = ObservedState.InProgress;
            stack.Looks = 0;
        }

        stack.Counts = request.Cluster.NodeGroups.Where(g => request.NodeGroup is { } added ? g == added : g.IsDefault).ToDictionary(g => g.Name, g => g.NodeCount);
        return stack.Id;
    });

    public Task<ObservedCluster> ObserveAsync(DriverRequest request, ObserveOptions options, CancellationToken cancellationToken) =>
        CallAsync("observe", request, () =>
        {
            if (!cloud.Stacks.TryGetValue(KeyOf(request), out var stack))
            {
                return new ObservedCluster(ObservedState.Absent);
            }

            if (stack.State == ObservedState.InProgress && stack.Looks++ >= cloud.LooksInProgress)
            {
                stack.State = stack.EndsAs;
            }

            if (stack is { IsDeleting: true, State: ObservedState.Ready })
            {
                cloud.Stacks.Remove(KeyOf(request));
                return new ObservedCluster(ObservedState.Absent);
            }

            return Show(request, stack);
        });

    public async Task<ClusterHealth?> ProbeAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken)
    {
        await Task.Delay(cloud.ProbeTakes, time, cancellationToken);
        return cloud.Health();
    }

    public Task<DrainProgress> DrainAsync(DriverRequest request, CancellationToken cancellationToken) => CallAsync(Words("drain", request), request, () =>
    {
        var left = cloud.LeftToDrain;
        cloud.LeftToDrain = left is 0 or int.MaxValue ? left : left - 1;
        return left == 0 ? DrainProgress.Done : new DrainProgress(new Dictionary<string, string> { ["blue-worker-1"] = $"{left} pod(s)" });
    });

    public Task ForgetNodesAsync(DriverRequest request, CancellationToken cancellationToken) => CallAsync(Words("forget", request), request, () => true);

    private static string Words(string call, DriverRequest request) => request.Access is null ? throw new InvalidOperationException("There is no way in.") : request.IsRemoval ? $"{call} removal" : call;

    public Task DeleteAsync(DriverRequest request, CancellationToken cancellationToken) => CallAsync("delete", request, () =>
    {
        if (cloud.Stacks.TryGetValue(KeyOf(request), out var stack))
        {
            stack.IsDeleting = true;
            stack.State = ObservedState.InProgress;
            stack.Looks = 0;
        }

        return true;
    });

    public async Task<IReadOnlySet<string>?> ListInProgressAsync(CancellationToken cancellationToken)
    {
        life.Tick();
        await cloud.BeforeAsync("list");
        return cloud.Locked(() => cloud.Stacks.Values.Where(s => s.State == ObservedState.InProgress).Select(s => s.Id).ToHashSet());
    }

    private static Guid KeyOf(DriverRequest request) => request.NodeGroup?.Uuid ?? request.Cluster.Uuid;

    private ObservedCluster Show(DriverRequest request, FakeStack stack) => new(stack.State)
    {
        BackendId = stack.Id,
        IsCurrent = stack.Generation == request.Generation,
        IsDeleting = stack.IsDeleting,
        IsRollingBack = stack.IsRollingBack,
        Reason = stack.Reason,
        ApiAddress = request.NodeGroup is null && stack.State == ObservedState.Ready ? "https://203.0.113.5:6443" : null,
        CoeVersion = stack.State == ObservedState.Ready ? "v1.31.1" : null,
        Stages = [new ObservedStage("network", 1, 1, false), new ObservedStage("control-plane", stack.State == ObservedState.Ready ? 1 : 0, 1, false)],
        Replacement = stack.PartsLeft > 0 ? new NodeReplacement(stack.PartsLeft, cloud.UpgradeParts) : null,
        Events =
        [
            new ObservedEvent($"{stack.Id}-{stack.State}", DateTimeOffset.UnixEpoch, EventSource.Heat, EventLevel.Info, "stack", "OS::Heat::Stack", "X", stack.Id, $"Stack is {stack.State}."),
        ],
        EventMarker = $"{stack.Id} {stack.Looks}",
        NodeGroups =
        [
            .. stack.Counts.Select(c => new ObservedNodeGroup(
                c.Key, c.Value, [.. Enumerable.Range(0, c.Value).Select(i => new ObservedNode($"{c.Key}-{i}", $"server-{i}", $"10.0.0.{i}", $"203.0.113.{i}", "ACTIVE"))])
            {
                State = stack.State,
                Reason = stack.Reason,
            }),
        ],
    };

    private async Task<T> CallAsync<T>(string call, DriverRequest request, Func<T> work)
    {
        life.Tick();
        await cloud.BeforeAsync(call);
        if (request.Credential is CloudCredential.Trust trust && !cloud.Locked(() => cloud.Trusts.Contains(trust.TrustId)))
        {
            throw new CloudException("identity", CloudFault.NotFound, "Could not find trust.") { StatusCode = 404 };
        }

        var result = cloud.Locked(work);
        life.Tick();
        return result;
    }
}
