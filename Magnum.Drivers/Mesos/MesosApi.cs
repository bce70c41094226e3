using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Magnum.Core.OpenStack;

namespace Magnum.Drivers.Mesos;

/// <summary>What Magnum asks of a cluster's masters. Each may be asked for what it knows; only the one that leads knows all and takes orders.</summary>
internal sealed class MesosApi(string clusterName, IReadOnlyList<MesosMaster> masters) : IDisposable
{
    private const string Service = "mesos";

    // Masters of Magnum's keep little of what has ended; a cluster of hundreds of agents and thousands of tasks still says a lot.
    private const long LongestAnswer = 16 * 1024 * 1024;

    private readonly HttpClient _client = EngineHttp.OpenPlain(LongestAnswer);

    public void Dispose() => _client.Dispose();

    /// <summary>Asks all masters at once; what goes wrong on the way is an answer as well.</summary>
    public async Task<IReadOnlyList<MesosAnswer>> AskAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(masters.Select(m => AskAsync(m, cancellationToken)));

    /// <summary>The one that leads, and what it says.</summary>
    /// <exception cref="CloudException">There is none that answers.</exception>
    public async Task<(MesosMaster Master, MesosState State)> LeaderAsync(CancellationToken cancellationToken)
    {
        var answers = await AskAsync(cancellationToken);
        return answers.FirstOrDefault(a => a.State is { IsLeading: true }) is { State: { } state } leader
            ? (leader.Master, state)
            : throw (answers.FirstOrDefault(a => a.Trouble is not null) is { } silent
                ? new CloudException(Service, CloudFault.Unreachable, $"Mesos of {clusterName} cannot be asked: {silent.Trouble}.")
                : new CloudException(Service, CloudFault.ServerError, $"No master of {clusterName} that answers leads."));
    }

    /// <summary>Has an agent end its tasks, which their frameworks start elsewhere, and take no new ones.</summary>
    /// <returns>False: this Mesos does not know how (before 1.9).</returns>
    public async Task<bool> DrainAsync(MesosMaster leader, string agentId, CancellationToken cancellationToken)
    {
        var call = new JsonObject
        {
            ["type"] = "DRAIN_AGENT",
            ["drain_agent"] = new JsonObject { ["agent_id"] = new JsonObject { ["value"] = agentId } },
        };
        // It compares the type as a whole, and knows none with a charset.
        using var body = new StringContent(call.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        using var answer = await TryAsync(leader.Server, () => _client.PostAsync(new Uri(leader.Server, "api/v1"), body, cancellationToken), cancellationToken);
        return answer.IsSuccessStatusCode || (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.NotImplemented
            ? false
            : throw Refused(leader.Server, answer.StatusCode));
    }

    /// <summary>Marathon's apps, of whichever Marathon answers; null: none does.</summary>
    public async Task<IReadOnlyList<MarathonApp>?> AppsAsync(IEnumerable<Uri> marathons, CancellationToken cancellationToken)
    {
        foreach (var marathon in marathons)
        {
            try
            {
                using var answer = await TryAsync(marathon, () => _client.GetAsync(new Uri(marathon, "v2/apps"), cancellationToken), cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return [.. (await ReadAsync(answer, MarathonJson.Default.MarathonApps, cancellationToken)).Apps?.OfType<MarathonApp>() ?? []];
                }
            }
            catch (Exception e) when (e is CloudException or JsonException)
            {
                // The next one may be well.
            }
        }

        return null;
    }

    private async Task<MesosAnswer> AskAsync(MesosMaster master, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await TryAsync(master.Server, () => _client.GetAsync(new Uri(master.Server, "state"), cancellationToken), cancellationToken);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => new MesosAnswer(master) { State = await ReadAsync(answer, MesosJson.Default.MesosState, cancellationToken) },
                // Another one leads, or none: that is what one of several masters may say.
                HttpStatusCode.TemporaryRedirect or HttpStatusCode.ServiceUnavailable => new MesosAnswer(master),
                var status => new MesosAnswer(master) { Trouble = $"HTTP {(int)status} at {master.Server.Authority}" },
            };
        }
        catch (CloudException e)
        {
            return new MesosAnswer(master) { Trouble = e.Message };
        }
        catch (JsonException)
        {
            return new MesosAnswer(master) { Trouble = $"something else than Mesos answers at {master.Server.Authority}" };
        }
    }

    private static async Task<HttpResponseMessage> TryAsync(Uri server, Func<Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        try
        {
            return await send();
        }
        catch (HttpRequestException e)
        {
            throw new CloudException(Service, CloudFault.Unreachable, EngineHttp.Describe(e, server), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CloudException(Service, CloudFault.Unreachable, $"no answer from {server.Authority} in time", e);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class =>
        JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(cancellationToken), type) ?? throw new JsonException("Nothing was said.");

    private CloudException Refused(Uri server, HttpStatusCode status) =>
        new(Service, status >= HttpStatusCode.InternalServerError ? CloudFault.ServerError : CloudFault.Invalid, $"Mesos of {clusterName} at {server.Authority} refused (HTTP {(int)status}).")
        {
            StatusCode = (int)status,
        };
}

/// <summary>What became of asking a master. Neither state nor trouble: it is there, and does not lead.</summary>
internal sealed record MesosAnswer(MesosMaster Master)
{
    public MesosState? State { get; init; }

    /// <summary>Why it did not answer, as part of a sentence.</summary>
    public string? Trouble { get; init; }
}
