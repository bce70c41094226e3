using System.Globalization;
using System.Text.Json.Nodes;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.ClusterApi.Contract;
using Magnum.Drivers.ClusterApi.Management;
using Magnum.Drivers.ClusterApi.Objects;
using Magnum.Drivers.Heat;

namespace Magnum.Drivers.ClusterApi.Observing;

/// <summary>Says what Cluster API is at with a cluster, or with a group that was added to it.</summary>
internal sealed class ClusterObserver(ManagementCluster management, ClusterSecrets secrets, ClusterApiOptions options, TimeProvider time)
{
    private const int LongestVersion = 20;

    public async Task<ObservedCluster> ObserveAsync(DriverRequest request, ObserveOptions how, CancellationToken cancellationToken)
    {
        var rows = request.Cluster;
        var name = ClusterApiNames.NameOf(rows);
        if (request.NodeGroup is not null && IsGoing(rows))
        {
            // Its nodes go with the Cluster, which needs nobody to take it apart.
            return new ObservedCluster(ObservedState.Absent);
        }

        var objects = await ClusterObjects.ReadAsync(management, ClusterApiNames.NamespaceOf(options, rows.ProjectId), name, cancellationToken);
        if (objects.Cluster is not { } cluster)
        {
            // Only a removal takes the secrets too: for anybody else a cluster without its Cluster is gone.
            return IsGoing(rows) && (await secrets.ListAsync(rows, cancellationToken)).Count > 0
                ? new ObservedCluster(ObservedState.Ready) { IsDeleting = true, BackendId = name }
                : new ObservedCluster(ObservedState.Absent);
        }

        var observed = request.NodeGroup is { } group ? OfGroup(objects, cluster, group) : OfCluster(objects, cluster, rows);
        if (observed.State is ObservedState.Absent)
        {
            return observed;
        }

        var (events, marker) = how.WithEvents ? Events(objects, request.NodeGroup, how.EventMarker) : ([], how.EventMarker);
        return observed with
        {
            IsCurrent = cluster.Annotation(ClusterApiNames.GenerationOf(request.NodeGroup)) == request.Generation,
            Events = events,
            EventMarker = marker,
        };
    }

    /// <summary>Everything that is being worked on, by what is stored of it.</summary>
    public async Task<IReadOnlySet<string>> ListInProgressAsync(CancellationToken cancellationToken)
    {
        var contract = await management.ContractAsync(cancellationToken);
        var clusters = management.ListAsync(contract.Cluster, null, ClusterApiNames.ClusterUuidLabel, cancellationToken);
        var controlPlanes = management.ListAsync(contract.ControlPlane, null, ClusterApiNames.TopologyOwnedLabel, cancellationToken);
        var deployments = management.ListAsync(contract.MachineDeployment, null, ClusterApiNames.TopologyOwnedLabel, cancellationToken);
        await Task.WhenAll(clusters, controlPlanes, deployments);
        var masters = (await controlPlanes).ToLookup(c => (c.Namespace, c.Label(ClusterApiNames.ClusterNameLabel)));
        var workers = (await deployments).ToLookup(d => (d.Namespace, d.Label(ClusterApiNames.ClusterNameLabel)));
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var cluster in await clusters)
        {
            var key = (cluster.Namespace, (string?)cluster.Name);
            var own = workers[key].ToList();
            var pieces = TopologyDraft.Of(cluster)?.Groups.ToDictionary(g => (string?)g["name"] ?? "", StringComparer.Ordinal) ?? [];
            var isHandedOn = Progress.IsHandedOn(cluster);
            var working = pieces
                .Where(p => !isHandedOn || !Progress.IsGroupDone(cluster, p.Value, own.Find(d => d.Label(ClusterApiNames.DeploymentNameLabel) == p.Key)))
                .Select(p => p.Key)
                .Concat(own.Select(d => d.Label(ClusterApiNames.DeploymentNameLabel)).OfType<string>().Where(d => !pieces.ContainsKey(d)))
                .ToList();
            found.UnionWith(working.Select(p => ClusterApiNames.BackendIdOf(cluster.Name, p)));
            if (cluster.IsDeleting || !isHandedOn || working.Contains(NodeGroup.DefaultWorkerName)
                || !Progress.IsControlPlaneDone(cluster, masters[key].FirstOrDefault()))
            {
                found.Add(cluster.Name);
            }
        }

        return found;
    }

    private static bool IsGoing(Cluster rows) => rows.Status is ClusterStatus.DeleteInProgress or ClusterStatus.DeleteFailed;

    private ObservedCluster OfCluster(ClusterObjects objects, ApiObject cluster, Cluster rows)
    {
        var masters = objects.Masters;
        var workers = rows.DefaultWorker;
        var name = ClusterApiNames.NameOf(workers);
        var piece = TopologyDraft.Of(cluster)?.Group(name);
        var machines = objects.MachinesOf(name);
        var version = cluster.Text("spec", "topology", "version");
        var mastersFail = Failures.In(objects, masters, [objects.Infrastructure, objects.ControlPlane]);
        var workersFail = Failures.In(objects, machines, [objects.DeploymentOf(name)]);
        var above = Failures.In(objects, [], [cluster]);
        IReadOnlyList<Failure> all = [.. mastersFail, .. workersFail, .. above];

        var asked = ApiObject.Moment(cluster.Annotation(ClusterApiNames.MomentOf(null)));
        var image = Progress.ImageOf(cluster, null);
        var left = Progress.Left(objects, masters, version, image) + Progress.Left(objects, machines, version, Progress.ImageOf(cluster, piece));
        var isHandedOn = Progress.IsHandedOn(cluster);
        var mastersDone = isHandedOn && Progress.IsControlPlaneDone(cluster, objects.ControlPlane) && Progress.Left(objects, masters, version, image) == 0;
        var workersDone = isHandedOn && piece is not null && IsGroupDone(objects, cluster, piece, machines, version);
        var state = State(cluster.IsDeleting, mastersDone && workersDone, all, asked);
        return new ObservedCluster(state)
        {
            Reason = state is ObservedState.Ready ? null : Failures.Reason(all),
            IsDeleting = cluster.IsDeleting,
            BackendId = cluster.Name,
            ApiAddress = ApiAddress(cluster),
            CoeVersion = Short(objects.ControlPlane?.Text("status", "version") ?? objects.ControlPlane?.Text("spec", "version")),
            Replacement = state is ObservedState.InProgress && !cluster.IsDeleting && left > 0 ? new NodeReplacement(left, masters.Count + machines.Count) : null,
            NodeGroups =
            [
                Group(objects, rows.DefaultMaster, masters, objects.ControlPlane, objects.ControlPlane?.Text("status", "version"), State(false, mastersDone, mastersFail, asked), mastersFail),
                Group(objects, workers, machines, objects.DeploymentOf(name), null, State(false, workersDone, workersFail, asked), workersFail),
            ],
            Stages = cluster.IsDeleting ? [] : Stages(objects, cluster, piece, mastersFail, workersFail),
        };
    }

    private ObservedCluster OfGroup(ClusterObjects objects, ApiObject cluster, NodeGroup group)
    {
        var name = ClusterApiNames.NameOf(group);
        var piece = TopologyDraft.Of(cluster)?.Group(name);
        var machines = objects.MachinesOf(name);
        var deployment = objects.DeploymentOf(name);
        if (cluster.IsDeleting || (piece is null && deployment is null && machines.Count == 0))
        {
            return new ObservedCluster(ObservedState.Absent);
        }

        // A Cluster's own error may be another group's.
        var failures = Failures.In(objects, machines, [deployment]);
        var version = deployment?.Text("spec", "template", "spec", "version");
        var isGoing = piece is null;
        var done = piece is not null && Progress.IsHandedOn(cluster) && IsGroupDone(objects, cluster, piece, machines, version);
        var state = State(isGoing, done, failures, ApiObject.Moment(cluster.Annotation(ClusterApiNames.MomentOf(group))));
        var left = piece is null || Progress.IsDeferred(piece)
            ? 0
            : Progress.Left(objects, machines, cluster.Text("spec", "topology", "version"), Progress.ImageOf(cluster, piece));
        return new ObservedCluster(state)
        {
            Reason = state is ObservedState.Ready ? null : Failures.Reason(failures),
            IsDeleting = isGoing,
            BackendId = ClusterApiNames.BackendIdOf(cluster.Name, name),
            Replacement = state is ObservedState.InProgress && left > 0 ? new NodeReplacement(left, machines.Count) : null,
            NodeGroups = [Group(objects, group, machines, deployment, null, state, failures)],
            Stages = isGoing ? [] : [new ObservedStage(StackParts.Workers, Ready(deployment), Wanted(piece, deployment), failures.Count > 0)],
        };
    }

    private static bool IsGroupDone(ClusterObjects objects, ApiObject cluster, JsonObject piece, IReadOnlyList<ApiObject> machines, string? version) =>
        objects.DeploymentOf((string?)piece["name"] ?? "") is { } deployment
        && Progress.IsGroupDone(cluster, piece, deployment)
        && machines.Count == deployment.WantedNodes()
        && (Progress.IsDeferred(piece) || Progress.Left(objects, machines, version, Progress.ImageOf(cluster, piece)) == 0);

    private ObservedState State(bool isDeleting, bool isDone, IReadOnlyList<Failure> failures, DateTimeOffset? asked) =>
        isDeleting ? ObservedState.InProgress
        : isDone ? ObservedState.Ready
        : failures.Count > 0 && Failures.AreFinal(failures, asked, time.GetUtcNow(), options.FailAfter) ? ObservedState.Failed
        : ObservedState.InProgress;

    private static ObservedNodeGroup Group(
        ClusterObjects objects, NodeGroup rows, IReadOnlyList<ApiObject> machines, ApiObject? of, string? version, ObservedState state, IReadOnlyList<Failure> failures) =>
        new(rows.Name, of is null ? null : (int)of.WantedNodes(), [.. machines.Select(m => Node(objects, m))])
        {
            State = state,
            Version = Short(version ?? Oldest(machines)),
            Reason = state is ObservedState.Ready ? null : Failures.Reason(failures),
        };

    private static ObservedNode Node(ClusterObjects objects, ApiObject machine) => new(
        machine.Text("status", "nodeRef", "name") ?? machine.Text("spec", "infrastructureRef", "name") ?? machine.Name,
        ServerId(objects, machine),
        Address(machine, "InternalIP"),
        Address(machine, "ExternalIP"),
        machine.Text("status", "phase"));

    /// <summary>Nova's id, from <c>openstack:///id</c> or <c>openstack://region/id</c>.</summary>
    internal static string? ServerId(ClusterObjects objects, ApiObject machine) =>
        machine.Text("spec", "providerID")?.Split('/')[^1] is { Length: > 0 } id ? id : objects.ServerOf(machine)?.Text("status", "instanceID");

    private static string? Address(ApiObject machine, string type) =>
        machine.Items("status", "addresses").FirstOrDefault(a => (string?)a["type"] == type) is { } address ? (string?)address["address"] : null;

    private static string? Oldest(IReadOnlyList<ApiObject> machines) =>
        machines.Select(m => m.Text("spec", "version")).OfType<string>().OrderBy(v => System.Version.TryParse(v.TrimStart('v').Split('-', '+')[0], out var parsed) ? parsed : new Version()).FirstOrDefault();

    private static string? Short(string? version) => version is { Length: > 0 and <= LongestVersion } ? version : null;

    private static string? ApiAddress(ApiObject cluster)
    {
        if (cluster.Text("spec", "controlPlaneEndpoint", "host") is not { Length: > 0 } host)
        {
            return null;
        }

        var port = cluster.Number("spec", "controlPlaneEndpoint", "port") is > 0 and var given ? given : 6443;
        return string.Create(CultureInfo.InvariantCulture, $"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}");
    }

    private static IReadOnlyList<ObservedStage> Stages(
        ClusterObjects objects, ApiObject cluster, JsonObject? piece, IReadOnlyList<Failure> masters, IReadOnlyList<Failure> workers)
    {
        var infrastructureFails = masters.Any(f => f.Of.Kind is "OpenStackCluster");
        var hasNetwork = cluster.InfrastructureIsThere() || objects.Infrastructure?.Text("status", "network", "id") is not null;
        var wantsBalancer = objects.Infrastructure?.Object("spec", "apiServerLoadBalancer") is { } balancer && !(balancer["enabled"] is JsonValue on && on.TryGetValue<bool>(out var value) && !value);
        var hasBalancer = cluster.InfrastructureIsThere() || objects.Infrastructure?.Text("status", "apiServerLoadBalancer", "id") is not null;
        var controlPlane = objects.ControlPlane;
        var total = (int)(controlPlane?.WantedNodes() ?? cluster.Number("spec", "topology", "controlPlane", "replicas") ?? 1);
        return
        [
            new ObservedStage(StackParts.Network, hasNetwork ? 1 : 0, 1, infrastructureFails && !hasNetwork),
            .. wantsBalancer ? [new ObservedStage(StackParts.LoadBalancer, hasBalancer ? 1 : 0, 1, infrastructureFails && hasNetwork && !hasBalancer)] : Array.Empty<ObservedStage>(),
            new ObservedStage(StackParts.ControlPlane, Math.Min(total, Ready(controlPlane)), total, masters.Any(f => f.Of.Kind is not "OpenStackCluster")),
            new ObservedStage(StackParts.Workers, Ready(objects.DeploymentOf((string?)piece?["name"] ?? "")), Wanted(piece, objects.DeploymentOf((string?)piece?["name"] ?? "")), workers.Count > 0),
        ];
    }

    private static int Ready(ApiObject? of) => of is null ? 0 : (int)Math.Min(of.ReadyNodes(), Math.Min(of.UpToDateNodes(), of.WantedNodes()));

    private static int Wanted(JsonObject? piece, ApiObject? deployment) =>
        (int)((piece is null ? null : new ApiObject(piece).Number("replicas")) ?? deployment?.WantedNodes() ?? 0);

    private static (IReadOnlyList<ObservedEvent> Events, string? Marker) Events(ClusterObjects objects, NodeGroup? group, string? marker)
    {
        IEnumerable<ApiObject?> told;
        if (group is null)
        {
            var added = objects.Deployments.Select(d => d.Label(ClusterApiNames.DeploymentNameLabel)).Where(d => d is not NodeGroup.DefaultWorkerName).ToHashSet();
            var machines = objects.Machines.Where(m => !added.Contains(m.Label(ClusterApiNames.DeploymentNameLabel)) || m.Label(ClusterApiNames.ControlPlaneLabel) is not null).ToList();
            told = [objects.Cluster, objects.Infrastructure, objects.ControlPlane, objects.DeploymentOf(NodeGroup.DefaultWorkerName), .. machines, .. machines.Select(objects.ServerOf)];
        }
        else
        {
            var name = ClusterApiNames.NameOf(group);
            var machines = objects.MachinesOf(name);
            told = [objects.DeploymentOf(name), .. machines, .. machines.Select(objects.ServerOf)];
        }

        return ConditionEvents.After(
            told.OfType<ApiObject>(),
            marker,
            o => o.Kind switch
            {
                "Machine" => ServerId(objects, o),
                "OpenStackMachine" => o.Text("status", "instanceID"),
                _ => null,
            });
    }
}
