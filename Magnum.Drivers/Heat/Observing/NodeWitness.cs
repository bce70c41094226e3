using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Magnum.Core.Diagnosis;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Heat;

namespace Magnum.Drivers.Heat.Observing;

/// <summary>What Nova knows of a node that failed.</summary>
/// <param name="Fault">Nova's fault of its server; null for none.</param>
/// <param name="Console">The end of its console; null for none.</param>
internal sealed record NodeTestimony(string Node, string ServerId, string? Fault, ConsoleTail? Console, DateTimeOffset HeardAt)
{
    /// <summary>For the cluster's history. The same words again are the same event.</summary>
    public IEnumerable<ObservedEvent> ToEvents()
    {
        if (Fault is not null)
        {
            yield return Event("fault", EventLevel.Error, "ERROR", Fault, $"Nova on the server of node {Node}: {Fault}");
        }

        if (Console is { Text.Length: > 0 })
        {
            yield return Event("console", EventLevel.Warning, null, Console.Text, $"The end of node {Node}'s console:\n{Console.Text}");
        }
    }

    private ObservedEvent Event(string kind, EventLevel level, string? status, string words, string message) => new(
        $"{kind}:{ServerId}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(words)))[..16]}",
        HeardAt, EventSource.Nova, level, Node, "OS::Nova::Server", status, ServerId, message)
    {
        Kind = kind is "console" ? kind : "resource",
    };
}

/// <summary>Asks Nova about the nodes that failed or kept silent. What cannot be had is left out: it explains a failure, and must not become one.</summary>
internal sealed class NodeWitness(ICompute compute, TimeProvider time)
{
    // One failure has one reason: more nodes say the same.
    private const int MostNodes = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>How long a node may start before its console is read, and how often it is read from then on.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _heard = new(StringComparer.Ordinal);

    /// <summary>The consoles of nodes that have been starting for long, now and then; a stack is looked at every second.</summary>
    public async Task<IReadOnlyList<NodeTestimony>> HearSilentAsync(CloudCredential credential, HeatStack stack, StackTree tree, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var silent = tree.Leaves.Where(r => r.Type is "OS::Heat::WaitCondition" && r.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal)).ToList();
        if (silent.Count == 0 || silent.Min(r => r.UpdatedTime ?? now) > now - Silence || _heard.GetValueOrDefault(stack.Id) > now - Silence)
        {
            return [];
        }

        foreach (var old in _heard.Where(h => h.Value < now - (2 * Silence)))
        {
            _heard.TryRemove(old);
        }

        _heard[stack.Id] = now;
        return await HearAsync(credential, tree, cancellationToken);
    }

    public async Task<IReadOnlyList<NodeTestimony>> HearAsync(CloudCredential credential, StackTree tree, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var heard = new List<NodeTestimony>();
        foreach (var (node, serverId) in Troubled(tree).Take(MostNodes))
        {
            try
            {
                if (await compute.FindServerAsync(credential, serverId, both.Token) is { } server)
                {
                    var console = server.Status is "ERROR" ? null : await compute.FindConsoleAsync(credential, serverId, ConsoleTail.Lines, both.Token);
                    heard.Add(new NodeTestimony(node, serverId, server.Fault, console is null ? null : ConsoleTail.Of(console), time.GetUtcNow()));
                }
            }
            catch (CloudException)
            {
                // Heat's own words have to do.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                break;
            }
        }

        return heard;
    }

    /// <summary>Nodes of which a resource failed or is not done, those that failed first.</summary>
    private static IEnumerable<(string Node, string ServerId)> Troubled(StackTree tree)
    {
        var servers = tree.Nodes.Where(n => n.ServerId is not null).ToDictionary(n => n.Name, n => n.ServerId!, StringComparer.Ordinal);
        return tree.Leaves
            .Where(r => r.Status.EndsWith("_FAILED", StringComparison.Ordinal) || r.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal))
            .OrderBy(r => r.Status.EndsWith("_FAILED", StringComparison.Ordinal) && !HeatSentence.IsConsequence(r.StatusReason) ? 0 : 1)
            .ThenBy(r => r.UpdatedTime)
            .Select(tree.NodeOf)
            .OfType<string>()
            .Where(servers.ContainsKey)
            .Distinct(StringComparer.Ordinal)
            .Select(n => (n, servers[n]));
    }
}
