using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation;

/// <summary>
/// Does by itself what people would do after a look at their cluster, where its labels ask for that: replaces nodes that stay broken
/// (<see cref="AutoHealing"/>) and gives it as many workers as its work needs (<see cref="AutoScaling"/>). Each is a resize like any other, with its
/// steps, its deadline and its place in the history. After a change that failed nothing is done until people have looked.
/// </summary>
/// <remarks>What it has seen is in this process: a conductor that takes over counts from new, and waits a little longer.</remarks>
internal sealed partial class Upkeep(
    WorkStore store,
    IClusterDriverRegistry drivers,
    ClusterAccess access,
    ClusterCertificates certificates,
    IOperationScheduler scheduler,
    IOptions<ConductorOptions> options,
    TimeProvider time,
    ILogger<Upkeep> logger)
{
    /// <summary>A cluster that has not been looked at for so long is gone.</summary>
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<Guid, Seen> _seen = new();

    /// <summary>To be called after each look at a cluster's health, never twice at once for the same cluster.</summary>
    /// <param name="cluster">As it was read before the look, with its groups.</param>
    /// <param name="health">What the look found; null: the engine was not asked.</param>
    public async Task RunAsync(Cluster cluster, ClusterHealth? health, CancellationToken cancellationToken)
    {
        if (health is null || drivers.Find(cluster.Driver) is not { } driver)
        {
            return;
        }

        var heals = AutoHealing.IsOn(driver.Description, cluster.Labels);
        List<NodeGroup> scaled = [.. cluster.NodeGroups.Where(g => AutoScaling.IsOn(driver.Description, g)).OrderByDescending(g => g.IsDefault).ThenBy(g => g.Name, StringComparer.Ordinal)];
        if (!heals && scaled.Count == 0)
        {
            _seen.TryRemove(cluster.Uuid, out _);
            return;
        }

        var now = time.GetUtcNow();
        var seen = _seen.GetOrAdd(cluster.Uuid, _ => new Seen());
        seen.At = now;
        seen.Broken.Retain(health.BrokenNodes, now);
        if (!IsAsked(health) || !cluster.Status.IsSettled())
        {
            return;
        }

        try
        {
            if (heals && await HealAsync(cluster, driver, seen, now, cancellationToken))
            {
                return;   // the cluster is being changed, or is to be: nothing can be told of its load
            }

            if (scaled.Count > 0)
            {
                await ScaleAsync(cluster, scaled, driver, seen, now, cancellationToken);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotDone(logger, e, cluster.Uuid, cluster.ProjectId);   // after the next look it is tried again
        }
    }

    /// <summary>Lets go of what is known of clusters that nobody looks at any more.</summary>
    public void Forget()
    {
        var before = time.GetUtcNow() - ForgottenAfter;
        foreach (var gone in _seen.Where(s => s.Value.At < before))
        {
            _seen.TryRemove(gone.Key, out _);
        }
    }

    /// <summary>The API has answered, whatever it said of its nodes.</summary>
    private static bool IsAsked(ClusterHealth health) => health.Status is HealthStatus.Healthy || health.BrokenNodes.Count > 0;

    /// <returns>Whether a worker is broken, so that nothing else is to be done.</returns>
    private async Task<bool> HealAsync(Cluster cluster, IClusterDriver driver, Seen seen, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var decision = AutoHealing.Decide(cluster, driver.Description, seen.Broken.Since, now);
        if (decision.Group is { } group)
        {
            var names = string.Join(", ", decision.Nodes.Select(n => n.Name));
            await ResizeAsync(
                cluster,
                group,
                group.NodeCount,
                decision.Nodes,
                "healing",
                string.Create(CultureInfo.InvariantCulture, $"Magnum replaces {names} of {group.Name}: broken for {Minutes(now - decision.Nodes.Min(n => seen.Broken.Since[n.Name]))}."),
                cancellationToken);
        }

        await SayAsync(cluster, seen, decision.HeldBack, "healing", cancellationToken);
        return decision.IsAny;
    }

    private async Task ScaleAsync(Cluster cluster, List<NodeGroup> groups, IClusterDriver driver, Seen seen, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await MeasureAsync(cluster, driver, cancellationToken) is not { } load)
        {
            return;
        }

        var idle = AutoScaling.Idle(groups, load);
        seen.Idle.Retain(idle.Select(i => i.Node.Name), now);
        if (AutoScaling.Grow(groups, load, now) is { } growth)
        {
            await GrowAsync(cluster, growth, driver, seen, cancellationToken);
            return;
        }

        await SayAsync(cluster, seen, null, "scaling", cancellationToken);
        var before = now - options.Value.ScaleDownAfter;
        if (idle.FirstOrDefault(i => seen.Idle.Since[i.Node.Name] <= before) is { Group: { } group, Node: { } node })
        {
            await ResizeAsync(
                cluster,
                group,
                group.NodeCount - 1,
                [node],
                "scaling",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Magnum asks for {group.NodeCount - 1} node(s) in {group.Name}, which has {group.NodeCount}: {node.Name} has been used little for {Minutes(now - seen.Idle.Since[node.Name])}."),
                cancellationToken);
        }
    }

    private async Task GrowAsync(Cluster cluster, Growth growth, IClusterDriver driver, Seen seen, CancellationToken cancellationToken)
    {
        var group = growth.Group;
        var why = string.Create(CultureInfo.InvariantCulture, $"{growth.Waiting} pod(s) find no room");
        if (growth.Nodes == 0)
        {
            var most = AutoScaling.Bounds(group).Maximum is { } bound
                ? string.Create(CultureInfo.InvariantCulture, $"at its most, {bound} node(s)")
                : "without an upper bound (max_node_count), and so does not grow";
            await SayAsync(cluster, seen, $"{why}, and {group.Name} is {most}.", "scaling", cancellationToken);
            return;
        }

        var (nodes, lacking) = await AffordableAsync(cluster, group, growth.Nodes, driver, cancellationToken);
        if (nodes == 0)
        {
            await SayAsync(cluster, seen, $"{why}, and the project's quota of {lacking} leaves no room for another node of {group.Name}.", "scaling", cancellationToken);
            return;
        }

        seen.Idle.Clear();   // what is used little now may be what the next pods are for
        seen.Said.Clear();
        await ResizeAsync(
            cluster,
            group,
            group.NodeCount + nodes,
            [],
            "scaling",
            string.Create(CultureInfo.InvariantCulture, $"Magnum asks for {group.NodeCount + nodes} node(s) in {group.Name}, which has {group.NodeCount}: {why}."),
            cancellationToken);
    }

    /// <summary>How many of the nodes the project's quotas leave room for, and of what there is not enough.</summary>
    private async Task<(int Nodes, string? Lacking)> AffordableAsync(Cluster cluster, NodeGroup group, int wanted, IClusterDriver driver, CancellationToken cancellationToken)
    {
        // The rows are this look's own copies, which nobody saves.
        var before = group.NodeCount;
        group.NodeCount += wanted;
        ClusterPlan plan;
        try
        {
            using var limit = new CancellationTokenSource(options.Value.CallTimeout, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var credential = access.Credential(cluster);
            plan = group.IsDefault ? await driver.PlanAsync(cluster, credential, both.Token) : await driver.PlanAsync(cluster, group, credential, both.Token);
        }
        finally
        {
            group.NodeCount = before;
        }

        var (nodes, lacking) = (wanted, default(string));
        foreach (var quota in plan.Quotas.Where(q => q.Limit >= 0 && q.Adds > 0))
        {
            var fitting = (int)Math.Clamp((long)(quota.Limit - quota.Used) * wanted / quota.Adds, 0, wanted);
            (nodes, lacking) = fitting < nodes ? (fitting, quota.Resource) : (nodes, lacking);
        }

        return (nodes, lacking);
    }

    private async Task<EngineLoad?> MeasureAsync(Cluster cluster, IClusterDriver driver, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.HealthTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await certificates.FindAccessAsync(cluster.Uuid, both.Token) is { } way ? await driver.MeasureAsync(cluster, way, both.Token) : null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is OperationCanceledException or CloudException or CryptographicException)
        {
            LogNotMeasured(logger, cluster.Uuid, e.Message);
            return null;
        }
    }

    /// <summary>Records a resize as a request for it would, unless something has begun since the look.</summary>
    private async Task ResizeAsync(
        Cluster seen, NodeGroup group, int count, IReadOnlyList<ObservedNode> remove, string kind, string message, CancellationToken cancellationToken)
    {
        var recorded = default(Guid?);
        await store.ChangeClusterAsync(
            seen.Uuid,
            async (db, cluster) => recorded = await RecordAsync(db, cluster, group, count, remove, kind, message, cancellationToken),
            cancellationToken);
        if (recorded is { } operation)
        {
            scheduler.Enqueue(operation);
            LogDone(logger, seen.Uuid, seen.ProjectId, message);
        }
    }

    private async Task<Guid?> RecordAsync(
        MagnumDbContext db, Cluster cluster, NodeGroup seen, int count, IReadOnlyList<ObservedNode> remove, string kind, string message, CancellationToken cancellationToken)
    {
        if (!cluster.Status.IsSettled() || cluster.NodeGroups.Find(g => g.Uuid == seen.Uuid) is not { } group || group.NodeCount != seen.NodeCount
            || !group.Status.IsSettled() || await db.Operations.AnyAsync(o => o.ActiveClusterUuid == cluster.Uuid, cancellationToken))
        {
            return null;
        }

        var now = time.GetUtcNow();
        var payload = new OperationPayload { PreviousNodeCount = group.NodeCount, NodeCount = count, NodesToRemove = [.. remove.Select(n => n.ServerId!)] };
        group.NodeCount = count;
        var operation = OperationFactory.Create(cluster, OperationKind.Resize, payload, group.Uuid, cluster.UserId, "", now, options.Value.Limits);
        db.Add(operation);
        ClusterEventWriter.Append(db, cluster, EventSource.Conductor, EventLevel.Info, kind, message, now, operation);
        return operation.Uuid;
    }

    /// <summary>Tells why nothing is done, once as long as it stays so.</summary>
    private async Task SayAsync(Cluster cluster, Seen seen, string? sentence, string kind, CancellationToken cancellationToken)
    {
        if (sentence is not null && sentence != seen.Said.GetValueOrDefault(kind))
        {
            await store.ChangeClusterAsync(
                cluster.Uuid,
                (db, row) =>
                {
                    ClusterEventWriter.Append(db, row, EventSource.Conductor, EventLevel.Warning, kind, sentence, time.GetUtcNow(), null);
                    return Task.CompletedTask;
                },
                cancellationToken);
        }

        seen.Said[kind] = sentence;
    }

    private static string Minutes(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (int)span.TotalMinutes)} min");

    [LoggerMessage(LogLevel.Information, "Cluster {ClusterUuid} of project {ProjectId}: {Message}")]
    private static partial void LogDone(ILogger logger, Guid clusterUuid, string projectId, string message);

    [LoggerMessage(LogLevel.Warning, "What cluster {ClusterUuid} of project {ProjectId} needs could not be done")]
    private static partial void LogNotDone(ILogger logger, Exception exception, Guid clusterUuid, string projectId);

    [LoggerMessage(LogLevel.Information, "The load of cluster {ClusterUuid} could not be measured: {Why}")]
    private static partial void LogNotMeasured(ILogger logger, Guid clusterUuid, string why);

    /// <summary>What was seen of a cluster.</summary>
    private sealed class Seen
    {
        public DateTimeOffset At { get; set; }

        public Spells Broken { get; } = new();

        public Spells Idle { get; } = new();

        /// <summary>What was told last and still holds, by the event's kind.</summary>
        public Dictionary<string, string?> Said { get; } = [];
    }

    /// <summary>Since when nodes have been as they are.</summary>
    private sealed class Spells
    {
        private readonly Dictionary<string, DateTimeOffset> _since = new(StringComparer.OrdinalIgnoreCase);

        public IReadOnlyDictionary<string, DateTimeOffset> Since => _since;

        public void Retain(IEnumerable<string> names, DateTimeOffset now)
        {
            var present = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (var gone in _since.Keys.Where(n => !present.Contains(n)).ToList())
            {
                _since.Remove(gone);
            }

            foreach (var name in present)
            {
                _since.TryAdd(name, now);
            }
        }

        public void Clear() => _since.Clear();
    }
}
