using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Magnum.Drivers.EmbeddedCloud.Nova;

/// <summary>
/// Plays the servers' operating systems, as their user data tells them to: once booted, each that is to be a node has its certificate signed by
/// Magnum, and reports itself; from then on it keeps its certificate as its cluster's CAs want it.
/// </summary>
internal sealed partial class NodePlayer : IDisposable
{
    private const int MaxAttempts = 20;
    private const int Concurrency = 8;

    /// <summary>How often a node asks about its certificate, in the cloud's time.</summary>
    private static readonly TimeSpan FollowInterval = TimeSpan.FromMinutes(2);

    /// <summary>In real time, however fast the cloud's goes: a thousand nodes should not keep a processor busy with asking.</summary>
    private static readonly TimeSpan ShortestPass = TimeSpan.FromSeconds(2);

    /// <summary>So many times as long as a pass took nodes let Magnum be before the next one.</summary>
    private const int Rest = 10;

    private const int LongestPause = 32;

    private static readonly TimeSpan ReportAgainAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan EnrolAgainAfter = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = Concurrency * 2 }) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly NodeIdentity _identity;
    private readonly Cloud _cloud;
    private readonly ILogger _logger;

    public NodePlayer(Cloud cloud, ILogger<NodePlayer> logger)
    {
        (_cloud, _logger) = (cloud, logger);
        _identity = new NodeIdentity(_http, cloud.Clock.Time);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Does what is due at booting servers. Who finds nobody tries again, like the curl of a real one.</summary>
    public Task PlayAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        Due(), Limited(cancellationToken), async (boot, token) => await BootAsync(boot.Server, boot.Signal, token));

    /// <summary>Lets nodes ask about their certificates, all of them once per two minutes of the cloud's, until cancelled.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        var time = _cloud.Clock.Time;
        var (began, took) = (time.GetUtcNow(), TimeSpan.Zero);
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await tick.WaitForNextTickAsync(cancellationToken))
        {
            var pause = FollowInterval / _cloud.Clock.Speed;   // each time anew: the speed may have been changed
            var now = time.GetUtcNow();
            if (now - began >= new[] { pause, ShortestPass, took * Rest }.Max())
            {
                began = now;
                await FollowOnceAsync(cancellationToken);
                took = time.GetUtcNow() - began;
            }
        }
    }

    /// <summary>One pass over all nodes.</summary>
    internal async Task FollowOnceAsync(CancellationToken cancellationToken)
    {
        var nodes = new List<(ServerRow Server, NodeRow Node)>();
        lock (_cloud.Gate)
        {
            foreach (var server in _cloud.Compute.State.Servers.Values)
            {
                if (server is not { Node: { Follows: true } node, Status: "ACTIVE", TaskState: null, Boot: BootState.Quiet })
                {
                    continue;
                }

                if (node.Pause > 0)
                {
                    node.Pause--;
                }
                else
                {
                    nodes.Add((server, node));
                }
            }
        }

        await Parallel.ForEachAsync(nodes, Limited(cancellationToken), async (node, token) => await FollowAsync(node.Server, node.Node, token));
    }

    private static ParallelOptions Limited(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };

    private IEnumerable<(ServerRow Server, NodeSignal Signal)> Due()
    {
        while (Next() is { } boot)
        {
            yield return boot;
        }
    }

    private (ServerRow Server, NodeSignal Signal)? Next()
    {
        lock (_cloud.Gate)
        {
            while (_cloud.Compute.Reports.TryDequeue(out var id))
            {
                if (_cloud.Compute.State.Servers.GetValueOrDefault(id) is { Boot: BootState.Reporting } server && UserDataFiles.SignalOf(server.UserData) is { } signal)
                {
                    return (server, signal);
                }
            }

            return null;
        }
    }

    private async Task BootAsync(ServerRow server, NodeSignal signal, CancellationToken cancellationToken)
    {
        if (server is { Node: null, BootFailure: null, Scenario: not "node-fails" } && UserDataFiles.EnrolmentOf(server.UserData) is { } file
            && !await EnrolAsync(server, file, cancellationToken))
        {
            return;
        }

        var delivered = await ReportAsync(server, signal, cancellationToken);
        Record(() =>
        {
            server.Attempts++;
            server.Boot = delivered || server.Attempts >= MaxAttempts ? BootState.Quiet : server.Boot;
            server.DueAt = server.Boot is BootState.Reporting ? _cloud.Clock.After(ReportAgainAfter) : server.DueAt;
        });
    }

    /// <summary>Whether it has come to an end with it, well or badly.</summary>
    private async Task<bool> EnrolAsync(ServerRow server, NodeEnrolmentFile file, CancellationToken cancellationToken)
    {
        try
        {
            var node = await _identity.EnrolAsync(file, server.Name, AddressesOf(server), cancellationToken);
            Record(() => (server.Node, server.Attempts) = (node, 0));
            return true;
        }
        catch (NodeFailure e)
        {
            LogNotEnrolled(_logger, server.Id, e.Message);
            Record(() =>
            {
                server.Attempts++;
                if (server.Attempts >= MaxAttempts)
                {
                    (server.BootFailure, server.Attempts) = (e.Message, 0);
                }
                else
                {
                    server.DueAt = _cloud.Clock.After(EnrolAgainAfter);
                }
            });
            return server.BootFailure is not null;
        }
    }

    private List<string> AddressesOf(ServerRow server)
    {
        lock (_cloud.Gate)
        {
            return [.. server.PortIds.Select(_cloud.Network.State.Ports.GetValueOrDefault).Select(p => p?.FixedIps.FirstOrDefault()?.IpAddress).OfType<string>()];
        }
    }

    private async Task FollowAsync(ServerRow server, NodeRow node, CancellationToken cancellationToken)
    {
        try
        {
            var (certificate, applied) = await _identity.FollowAsync(node, cancellationToken);
            if (certificate != node.Certificate || applied != node.Applied || node.Failures > 0)
            {
                Record(() => (node.Certificate, node.Applied, node.Failures) = (certificate, applied, 0));
            }
        }
        catch (NodeFailure e)
        {
            LogNotFollowing(_logger, server.Id, e.Message);
            Record(() =>
            {
                node.Failures++;
                node.Pause = Math.Min((1 << Math.Min(node.Failures, 10)) - 1, LongestPause);
            });
        }
    }

    private async Task<bool> ReportAsync(ServerRow server, NodeSignal signal, CancellationToken cancellationToken)
    {
        var failure = server.Scenario is not "node-fails" ? server.BootFailure : UserDataFiles.EngineOf(server.UserData) switch
        {
            "swarm" or "swarm-mode" => "swarm-join: Timeout was reached before node joined.",
            "mesos" => "mesos-agent: no master has registered the agent",
            _ => "kubelet is not healthy after 4m0s: connection refused on http://127.0.0.1:10248/healthz",
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, signal.Endpoint);
        request.Headers.Add("X-Auth-Token", signal.Token);
        request.Content = JsonContent.Create(new JsonObject
        {
            ["status"] = failure is null ? "SUCCESS" : "FAILURE",
            ["reason"] = failure ?? "The node is ready",
            ["id"] = server.Name,
            ["data"] = "",
        });
        try
        {
            using var answer = await _http.SendAsync(request, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                LogRefused(_logger, server.Id, (int)answer.StatusCode);
            }

            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogUnreachable(_logger, server.Id, e.Message);
            return false;
        }
    }

    private void Record(Action change)
    {
        lock (_cloud.Gate)
        {
            change();
        }

        _cloud.Touch();
    }

    [LoggerMessage(LogLevel.Warning, "Server {ServerId} reported itself and was answered {StatusCode}")]
    private static partial void LogRefused(ILogger logger, string serverId, int statusCode);

    [LoggerMessage(LogLevel.Warning, "Server {ServerId} could not report itself: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string serverId, string reason);

    [LoggerMessage(LogLevel.Warning, "Server {ServerId} could not become a node yet: {Reason}")]
    private static partial void LogNotEnrolled(ILogger logger, string serverId, string reason);

    [LoggerMessage(LogLevel.Information, "Server {ServerId} could not ask about its certificates: {Reason}")]
    private static partial void LogNotFollowing(ILogger logger, string serverId, string reason);
}
