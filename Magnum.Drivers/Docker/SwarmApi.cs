using System.Globalization;
using System.Net;
using System.Text.Json;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;

namespace Magnum.Drivers.Docker;

/// <summary>Asks a swarm how it is and what is in it, and has it let nodes go. Its nodes are known to Magnum by the names of their servers.</summary>
/// <param name="server">See <see cref="ServerOf"/>.</param>
internal sealed class SwarmApi(string clusterName, Uri server, EngineAccess access)
{
    private const string Service = "docker";
    private const string Objects = "Docker's objects";

    // A tenant may run whatever he likes behind the address: what it can make of Magnum's database and pages has bounds.
    private const int MostNodes = 1000;
    private const int MostServices = 1000;
    private const int LongestName = 253;

    private const string StackLabel = "com.docker.stack.namespace";

    private static readonly IReadOnlyDictionary<string, int> EmptyCounts = new Dictionary<string, int>();

    /// <summary>Where a cluster's API is asked, from what clients are given, such as <c>tcp://203.0.113.5:2376</c>; null: nowhere.</summary>
    public static Uri? ServerOf(string? apiAddress) =>
        Uri.TryCreate(apiAddress, UriKind.Absolute, out var address) && address is { Scheme: "tcp", Port: > 0 }
        && new UriBuilder(Uri.UriSchemeHttps, address.Host, address.Port).Uri is var server && EngineHttp.MayBeAsked(server) ? server : null;

    public Task<ClusterHealth> AskAsync(CancellationToken cancellationToken) => EngineHttp.ProbeAsync(
        clusterName,
        server,
        Objects,
        async () =>
        {
            using var api = await DockerApi.OpenAsync(server, access, cancellationToken);
            return (await api.InfoAsync(cancellationToken)).Swarm switch
            {
                { LocalNodeState: "active", ControlAvailable: true } => HealthOf(await api.NodesAsync(cancellationToken)),
                { LocalNodeState: "active" } => Unwell("this node is no manager of the swarm"),
                { LocalNodeState: { } state, Error: { Length: > 0 } error } => Unwell(EngineHttp.Shorten($"the swarm is {state} here: {error}")),
                { LocalNodeState: { } state } => Unwell(EngineHttp.Shorten($"the swarm is {state} here")),
                _ => Unwell("there is no swarm"),
            };
        },
        cancellationToken);

    /// <exception cref="CloudException">It cannot be asked.</exception>
    public Task<EngineContents> LookInsideAsync(CancellationToken cancellationToken) => CallAsync(
        async api =>
        {
            var info = await api.InfoAsync(cancellationToken);
            var nodes = await api.NodesAsync(cancellationToken);
            var services = await api.ServicesAsync(cancellationToken);
            var tasks = await api.CountTasksAsync(cancellationToken);
            return new EngineContents(
                info.ServerVersion is { } version ? Cut(version) : null,
                [.. nodes.Where(HasName).OrderBy(n => n.Name, StringComparer.Ordinal).Take(MostNodes).Select(n => NodeOf(n, tasks))],
                [.. services.Select(WorkloadOf).OrderBy(s => s.Scope, StringComparer.Ordinal).ThenBy(s => s.Name, StringComparer.Ordinal).Take(MostServices)])
            {
                IsCut = nodes.Count > MostNodes || services.Count > MostServices,
            };
        },
        cancellationToken);

    /// <summary>Has the swarm take its tasks off nodes; to be called until nothing is left.</summary>
    /// <returns>By name what is still there. A node that the swarm does not know or reach is not waited for.</returns>
    /// <exception cref="CloudException">It cannot be asked.</exception>
    public Task<IReadOnlyDictionary<string, string>> DrainAsync(IReadOnlyList<ObservedNode> leaving, CancellationToken cancellationToken) => CallAsync<IReadOnlyDictionary<string, string>>(
        async api =>
        {
            var names = NamesOf(leaving);
            var nodes = (await api.NodesAsync(cancellationToken)).Where(n => n is { IsReady: true, Id: not null } && names.Contains(n.Name)).ToList();
            // All before any is waited for: what moves shall not move to the next that goes. What people have drained stays theirs.
            foreach (var node in nodes.Where(n => n.Spec?.Availability is not "drain"))
            {
                await api.DrainAsync(node.Id!, cancellationToken);
            }

            var left = nodes.Count == 0 ? EmptyCounts : await api.CountTasksOnAsync(nodes.Select(n => n.Id!), cancellationToken);
            return nodes.GroupBy(n => n.Name, n => left.GetValueOrDefault(n.Id!), StringComparer.OrdinalIgnoreCase)
                .Select(n => (Name: n.Key, Tasks: n.Sum())).Where(n => n.Tasks > 0)
                .ToDictionary(n => n.Name, n => string.Create(CultureInfo.InvariantCulture, $"{n.Tasks} task(s)"), StringComparer.OrdinalIgnoreCase);
        },
        cancellationToken);

    /// <summary>Those first that are being freed, then those that are of no use, then those that take no work, then those with the fewest tasks.</summary>
    /// <exception cref="CloudException">It cannot be asked.</exception>
    public Task<IReadOnlyList<string>> RankAsync(IReadOnlyList<ObservedNode> nodes, CancellationToken cancellationToken) => CallAsync<IReadOnlyList<string>>(
        async api =>
        {
            var known = (await api.NodesAsync(cancellationToken)).Where(n => n.IsReady).ToLookup(n => n.Name, StringComparer.OrdinalIgnoreCase);
            var tasks = await api.CountTasksAsync(cancellationToken);
            return
            [
                .. nodes.Select((node, order) => (node.Name, Ready: known[node.Name].FirstOrDefault(), Order: order))
                    .OrderByDescending(n => n.Ready is { IsLeaving: true })
                    .ThenBy(n => n.Ready is not null)
                    .ThenByDescending(n => n.Ready is { Spec.Availability: "drain" })
                    .ThenBy(n => tasks.GetValueOrDefault(n.Ready?.Id ?? ""))
                    .ThenByDescending(n => n.Order)
                    .Select(n => n.Name),
            ];
        },
        cancellationToken);

    /// <summary>
    /// Takes nodes off the swarm's list that Magnum made and that are gone: those that are down and have no server any more, or in whose place there is
    /// another of the same name, and those that were freed. Those that were freed and have stayed are used again.
    /// </summary>
    /// <exception cref="CloudException">It cannot be asked.</exception>
    public Task ForgetAsync(IReadOnlyList<ObservedNode> present, CancellationToken cancellationToken) => CallAsync(
        async api =>
        {
            var there = NamesOf(present);
            var nodes = (await api.NodesAsync(cancellationToken)).Where(n => n is { Id: not null, IsOurs: true }).ToList();
            var ready = NamesOf(nodes.Where(n => n.IsReady));
            foreach (var node in nodes)
            {
                var isDown = node.Status?.State is "down";
                if (there.Contains(node.Name) ? isDown && ready.Contains(node.Name) : isDown || node.IsLeaving)
                {
                    await ForgetAsync(api, node, cancellationToken);
                }
                else if (node.IsLeaving && there.Contains(node.Name))
                {
                    await api.UseAgainAsync(node.Id!, cancellationToken);
                }
            }

            return nodes.Count;
        },
        cancellationToken);

    /// <summary>What the swarm refuses, such as a manager without whom there would be no majority, stays, and holds up none of the others.</summary>
    private static async Task ForgetAsync(DockerApi api, DockerNode node, CancellationToken cancellationToken)
    {
        try
        {
            if (node.IsManager)
            {
                await api.DemoteAsync(node.Id!, cancellationToken);
            }

            await api.RemoveAsync(node.Id!, force: node.IsLeaving, cancellationToken);
        }
        catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.InternalServerError)
        {
        }
    }

    private static HashSet<string> NamesOf(IEnumerable<ObservedNode> nodes) => nodes.Select(n => n.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static HashSet<string> NamesOf(IEnumerable<DockerNode> nodes) => nodes.Select(n => n.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static ClusterHealth HealthOf(IReadOnlyList<DockerNode> nodes)
    {
        if (!nodes.Any(n => n.ManagerStatus is { Leader: true }))
        {
            return Unwell("the swarm has no leader");
        }

        var reasons = new Dictionary<string, string> { ["api"] = "ok" };
        foreach (var node in nodes.Where(HasName))
        {
            var name = node.Name;
            if (reasons.Count <= MostNodes)
            {
                // Of two of one name one was made in place of the other.
                var key = $"{name}.Ready";
                reasons[key] = node.IsReady && reasons.GetValueOrDefault(key) is not "False" ? "True" : "False";
            }
        }

        foreach (var node in nodes.Where(n => HasName(n) && n.ManagerStatus is { Reachability: not "reachable" }).Take(MostNodes))
        {
            reasons[$"{node.Name}.Reachable"] = "False";
        }

        var isWell = nodes.All(n => n.IsReady && n.ManagerStatus is null or { Reachability: "reachable" });
        return new ClusterHealth(isWell ? HealthStatus.Healthy : HealthStatus.Unhealthy, reasons)
        {
            // Where one was made in place of another of its name, the name is as well as the better of them.
            BrokenNodes =
            [
                .. nodes.Where(HasName).GroupBy(n => n.Name, StringComparer.OrdinalIgnoreCase).Where(n => n.All(o => !o.IsReady)).Select(n => n.Key).Take(MostNodes),
            ],
        };
    }

    private static ClusterHealth Unwell(string api) => new(HealthStatus.Unhealthy, new Dictionary<string, string> { ["api"] = api });

    private static EngineNode NodeOf(DockerNode node, IReadOnlyDictionary<string, int> tasks) =>
        new(node.Name, Cut(node.Spec?.Role ?? ""), Cut(node.Status?.State ?? ""), node is { IsReady: true, Spec.Availability: "active" })
        {
            Version = node.Description?.Engine?.EngineVersion is { } version ? Cut(version) : null,
            Cpus = node.Description?.Resources?.NanoCpus / 1e9,
            MemoryMib = node.Description?.Resources?.MemoryBytes / (1024 * 1024),
            Tasks = tasks.GetValueOrDefault(node.Id ?? ""),
        };

    private static EngineWorkload WorkloadOf(DockerService service) => new(
        Cut(service.Spec?.Labels?.GetValueOrDefault(StackLabel) ?? ""),
        ModeOf(service.Spec?.Mode),
        Cut(service.Spec?.Name ?? ""),
        Count(service.ServiceStatus?.RunningTasks),
        Count(service.ServiceStatus?.DesiredTasks))
    {
        // Without the digest that the swarm puts behind it.
        Image = service.Spec?.TaskTemplate?.ContainerSpec?.Image is { Length: > 0 } image ? Cut(image.Split('@')[0]) : null,
    };

    /// <summary>As <c>docker service ls</c> says it.</summary>
    private static string ModeOf(Dictionary<string, JsonElement>? mode) => mode?.Keys.FirstOrDefault() switch
    {
        "Replicated" => "replicated",
        "Global" => "global",
        "ReplicatedJob" => "replicated job",
        "GlobalJob" => "global job",
        _ => "service",
    };

    private static int Count(long? count) => (int)Math.Clamp(count ?? 0, 0, int.MaxValue);

    private static bool HasName(DockerNode node) => node.Name.Length is > 0 and <= LongestName;

    private static string Cut(string text) => text.Length > LongestName ? $"{text[..LongestName]}…" : text;

    private Task<T> CallAsync<T>(Func<DockerApi, Task<T>> work, CancellationToken cancellationToken) => EngineHttp.CallAsync(
        Service,
        clusterName,
        server,
        Objects,
        async () =>
        {
            using var api = await DockerApi.OpenAsync(server, access, cancellationToken);
            return await work(api);
        },
        cancellationToken);
}
