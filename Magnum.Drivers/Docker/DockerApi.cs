using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Magnum.Core.Drivers;

namespace Magnum.Drivers.Docker;

/// <summary>The API of a swarm's manager.</summary>
internal sealed class DockerApi : IDisposable
{
    /// <summary>Of a node that Magnum has drained for it to go.</summary>
    public const string LeavingLabel = "magnum.leaving";

    // Of the API, 1.x: the newest that this was written by, and the oldest that has what is asked for here (Docker 20.10).
    private const int NewestMinor = 47;
    private const int OldestMinor = 41;

    private const long LongestAnswer = 16 * 1024 * 1024;
    private const int UpdateAttempts = 5;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly HttpClient _client;
    private string _version = "";

    private DockerApi(HttpClient client) => _client = client;

    /// <summary>Agrees with the engine on a version, which the newest engines want to be named.</summary>
    public static async Task<DockerApi> OpenAsync(Uri server, EngineAccess access, CancellationToken cancellationToken)
    {
        var api = new DockerApi(EngineHttp.Open(server, access, LongestAnswer));
        try
        {
            using var answer = await api._client.GetAsync("_ping", cancellationToken);
            await EngineHttp.ExpectSuccessAsync(answer, cancellationToken);
            api._version = VersionOf(answer);
            return api;
        }
        catch
        {
            api.Dispose();
            throw;
        }
    }

    public void Dispose() => _client.Dispose();

    public async Task<DockerInfo> InfoAsync(CancellationToken cancellationToken) => await GetAsync("info", DockerJson.Default.DockerInfo, cancellationToken) ?? new DockerInfo();

    /// <summary>The swarm's nodes, those that are down as well.</summary>
    public async Task<IReadOnlyList<DockerNode>> NodesAsync(CancellationToken cancellationToken) =>
        [.. (await GetAsync("nodes", DockerJson.Default.ListDockerNode, cancellationToken) ?? []).OfType<DockerNode>()];

    public async Task<IReadOnlyList<DockerService>> ServicesAsync(CancellationToken cancellationToken) =>
        [.. (await GetAsync("services?status=true", DockerJson.Default.ListDockerService, cancellationToken) ?? []).OfType<DockerService>()];

    /// <summary>How many tasks of services are to run on each node, by its id. What has ended is left out: there is more of that than of the others.</summary>
    public Task<IReadOnlyDictionary<string, int>> CountTasksAsync(CancellationToken cancellationToken) => CountTasksAsync("desired-state", ["running"], cancellationToken);

    /// <summary>How many tasks of services are still on these nodes, by their ids, those that are to end included.</summary>
    public Task<IReadOnlyDictionary<string, int>> CountTasksOnAsync(IEnumerable<string> nodes, CancellationToken cancellationToken) =>
        CountTasksAsync("node", nodes, cancellationToken);

    /// <summary>Has the swarm take its work off a node and give it none.</summary>
    public Task DrainAsync(string node, CancellationToken cancellationToken) => UpdateAsync(
        node,
        spec =>
        {
            spec["Availability"] = "drain";
            if (spec["Labels"] is not JsonObject)
            {
                spec["Labels"] = new JsonObject();
            }

            spec["Labels"]![LeavingLabel] = "true";
        },
        cancellationToken);

    /// <summary>Takes <see cref="DrainAsync"/> back.</summary>
    public Task UseAgainAsync(string node, CancellationToken cancellationToken) => UpdateAsync(
        node,
        spec =>
        {
            spec["Availability"] = "active";
            (spec["Labels"] as JsonObject)?.Remove(LeavingLabel);
        },
        cancellationToken);

    /// <summary>Makes a worker of a manager. The swarm refuses when too few managers would be left.</summary>
    public Task DemoteAsync(string node, CancellationToken cancellationToken) => UpdateAsync(node, spec => spec["Role"] = "worker", cancellationToken);

    /// <summary>Takes a node off the swarm's list. The swarm refuses for managers.</summary>
    /// <param name="force">Although the swarm has not found out yet that it is down.</param>
    public async Task RemoveAsync(string node, bool force, CancellationToken cancellationToken)
    {
        using var answer = await _client.DeleteAsync(Path($"nodes/{Uri.EscapeDataString(node)}{(force ? "?force=true" : "")}"), cancellationToken);
        if (answer.StatusCode is not HttpStatusCode.NotFound)
        {
            await EngineHttp.ExpectSuccessAsync(answer, cancellationToken);
        }
    }

    private async Task<IReadOnlyDictionary<string, int>> CountTasksAsync(string filter, IEnumerable<string> values, CancellationToken cancellationToken)
    {
        var filters = new JsonObject { [filter] = new JsonArray([.. values.Select(v => (JsonNode)v)]) };
        var tasks = await GetAsync($"tasks?filters={Uri.EscapeDataString(filters.ToJsonString())}", DockerJson.Default.ListDockerTask, cancellationToken) ?? [];
        return tasks.OfType<DockerTask>().Where(t => t is { IsThere: true, NodeId: not null }).CountBy(t => t.NodeId!, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>The whole of what is wanted of a node is written, labels of the tenant's and all, so that nobody else may have written since it was read.</summary>
    private async Task UpdateAsync(string node, Action<JsonObject> change, CancellationToken cancellationToken)
    {
        var path = $"nodes/{Uri.EscapeDataString(node)}";
        for (var attempt = 1; ; attempt++)
        {
            using var read = await _client.GetAsync(Path(path), cancellationToken);
            await EngineHttp.ExpectSuccessAsync(read, cancellationToken);
            var seen = JsonNode.Parse(await read.Content.ReadAsStringAsync(cancellationToken), documentOptions: Strict) as JsonObject;
            if (seen?["Spec"] is not JsonObject spec || (seen["Version"] as JsonObject)?["Index"] is not JsonValue index || !index.TryGetValue(out ulong version))
            {
                throw new JsonException("A node without what is wanted of it.");
            }

            change(spec);
            using var body = new StringContent(spec.ToJsonString(), Encoding.UTF8, "application/json");
            using var written = await _client.PostAsync(Path(string.Create(CultureInfo.InvariantCulture, $"{path}/update?version={version}")), body, cancellationToken);
            if (attempt == UpdateAttempts || !await IsOutOfSequenceAsync(written, cancellationToken))
            {
                await EngineHttp.ExpectSuccessAsync(written, cancellationToken);
                return;
            }
        }
    }

    /// <summary>Docker has no status of its own for it, but these words.</summary>
    private static async Task<bool> IsOutOfSequenceAsync(HttpResponseMessage answer, CancellationToken cancellationToken) =>
        !answer.IsSuccessStatusCode && (await answer.Content.ReadAsStringAsync(cancellationToken)).Contains("out of sequence", StringComparison.Ordinal);

    private async Task<T?> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var answer = await _client.GetAsync(Path(path), cancellationToken);
        await EngineHttp.ExpectSuccessAsync(answer, cancellationToken);
        return JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(cancellationToken), type);
    }

    private string Path(string path) => $"v{_version}/{path}";

    private static string VersionOf(HttpResponseMessage ping)
    {
        var named = ping.Headers.TryGetValues("Api-Version", out var values) ? values.First() : "";
        return named.StartsWith("1.", StringComparison.Ordinal) && int.TryParse(named.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var minor) && minor >= OldestMinor
            ? string.Create(CultureInfo.InvariantCulture, $"1.{Math.Min(minor, NewestMinor)}")
            : throw new JsonException("No version of Docker's API that has swarms.");
    }
}
