using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Magnum.Drivers.EmbeddedCloud.Nova;

/// <summary>Plays the servers' operating systems: once booted, each reports itself over HTTP as its user data tells it to.</summary>
internal sealed partial class NodePlayer(Cloud cloud, ILogger<NodePlayer> logger) : IDisposable
{
    private const int MaxAttempts = 20;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    public void Dispose() => _http.Dispose();

    /// <summary>Sends the reports that are due. A node that finds nobody tries again, like the curl of a real one.</summary>
    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        while (Next() is var (server, signal))
        {
            var delivered = await ReportAsync(server, signal, cancellationToken);
            lock (cloud.Gate)
            {
                server.Attempts++;
                server.Boot = delivered || server.Attempts >= MaxAttempts ? BootState.Quiet : server.Boot;
                server.DueAt = server.Boot is BootState.Reporting ? cloud.Clock.After(RetryAfter) : server.DueAt;
            }

            cloud.Touch();
        }
    }

    private (ServerRow Server, NodeSignal Signal)? Next()
    {
        lock (cloud.Gate)
        {
            while (cloud.Compute.Reports.TryDequeue(out var id))
            {
                if (cloud.Compute.State.Servers.GetValueOrDefault(id) is { Boot: BootState.Reporting } server && UserDataFiles.SignalOf(server.UserData) is { } signal)
                {
                    return (server, signal);
                }
            }

            return null;
        }
    }

    private async Task<bool> ReportAsync(ServerRow server, NodeSignal signal, CancellationToken cancellationToken)
    {
        var fails = server.Scenario is "node-fails";
        using var request = new HttpRequestMessage(HttpMethod.Post, signal.Endpoint);
        request.Headers.Add("X-Auth-Token", signal.Token);
        request.Content = JsonContent.Create(new JsonObject
        {
            ["status"] = fails ? "FAILURE" : "SUCCESS",
            ["reason"] = fails ? "kubelet is not healthy after 4m0s: connection refused on http://127.0.0.1:10248/healthz" : "The node is ready",
            ["id"] = server.Name,
            ["data"] = "",
        });
        try
        {
            using var answer = await _http.SendAsync(request, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                LogRefused(logger, server.Id, (int)answer.StatusCode);
            }

            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException e)
        {
            LogUnreachable(logger, server.Id, e.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Server {ServerId} reported itself and was answered {StatusCode}")]
    private static partial void LogRefused(ILogger logger, string serverId, int statusCode);

    [LoggerMessage(LogLevel.Warning, "Server {ServerId} could not report itself: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string serverId, string reason);
}
