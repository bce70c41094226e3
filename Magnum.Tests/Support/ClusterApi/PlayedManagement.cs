using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Magnum.Tests.Support.ClusterApi;

/// <summary>A call to the played server.</summary>
internal sealed record ManagementCall(string Method, string Path, string Query, string Body)
{
    public string Line => $"{Method} {Path}";

    public bool Changes => Method is not "GET" && !IsRehearsal;

    public bool IsRehearsal => Query.Contains("dryRun=All", StringComparison.Ordinal);
}

/// <summary>What is answered in place of the server's own answer.</summary>
/// <param name="Status">0: the connection is cut.</param>
internal sealed record ManagementFault(int Status, string Body = "", string? RetryAfter = null)
{
    /// <summary>As Kubernetes refuses.</summary>
    public static ManagementFault Refusal(int status, string reason, string message, params (string Field, string Message)[] causes) => new(
        status,
        new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["status"] = "Failure",
            ["message"] = message,
            ["reason"] = reason,
            ["code"] = status,
            ["details"] = new JsonObject { ["causes"] = new JsonArray([.. causes.Select(c => (JsonNode)new JsonObject { ["field"] = c.Field, ["message"] = c.Message })]) },
        }.ToJsonString());
}

/// <summary>
/// A Kubernetes API server in memory, as far as Magnum and Cluster API's controllers use one: objects of any kind, merged by server-side apply for each
/// manager, generations, status apart from the rest, finalizers, labels, pages and rehearsals.
/// </summary>
internal sealed class PlayedManagement : IAsyncDisposable
{
    private static readonly HashSet<string> ListsByName = new(StringComparer.Ordinal) { "machineDeployments", "variables", "overrides" };

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Group, string Plural, string Namespace, string Name), Stored> _objects = [];
    private readonly List<ManagementCall> _calls = [];
    private readonly TimeProvider _time;
    private readonly string _folder = Directory.CreateTempSubdirectory("magnum-management-").FullName;
    private WebApplication _server = null!;
    private long _version = 1;

    private PlayedManagement(string version, TimeProvider time)
    {
        _time = time;
        Groups["cluster.x-k8s.io"] = version == "v1beta2" ? ["v1beta2", "v1beta1"] : [version];
        Groups["controlplane.cluster.x-k8s.io"] = [version];
        Groups["infrastructure.cluster.x-k8s.io"] = ["v1beta1"];
        Groups["addons.cluster.x-k8s.io"] = [version];
    }

    /// <summary>The APIs that it serves.</summary>
    public Dictionary<string, string[]> Groups { get; } = [];

    /// <summary>Asked before each call is carried out.</summary>
    public Func<ManagementCall, ManagementFault?>? Before { get; set; }

    /// <summary>Asked when a call has been carried out; its answer is lost then.</summary>
    public Func<ManagementCall, ManagementFault?>? After { get; set; }

    public string Kubeconfig => Path.Combine(_folder, "kubeconfig");

    public IReadOnlyList<ManagementCall> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    public static async Task<PlayedManagement> StartAsync(string version, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var played = new PlayedManagement(version, time) { _server = builder.Build() };
        played._server.Run(played.AnswerAsync);
        await played._server.StartAsync(cancellationToken);
        var address = played._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        await File.WriteAllTextAsync(played.Kubeconfig, KubeconfigOf(address), cancellationToken);
        return played;
    }

    public static string KubeconfigOf(string address) => $$$"""
        apiVersion: v1
        kind: Config
        current-context: it
        contexts: [{name: it, context: {cluster: it, user: it}}]
        clusters: [{name: it, cluster: {server: "{{{address}}}"}}]
        users: [{name: it, user: {token: secret-token}}]
        """;

    /// <summary>A copy of an object; null when it is not there.</summary>
    public JsonObject? Find(string plural, string name)
    {
        lock (_gate)
        {
            return _objects.Where(o => o.Key.Plural == plural && o.Key.Name == name).Select(o => (JsonObject)o.Value.Content.DeepClone()).SingleOrDefault();
        }
    }

    /// <summary>Names of all objects of a kind.</summary>
    public IReadOnlyList<string> Names(string plural)
    {
        lock (_gate)
        {
            return [.. _objects.Keys.Where(k => k.Plural == plural).Select(k => k.Name).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Puts an object there as if an operator had.</summary>
    public void Put(string group, string plural, string ns, JsonObject content)
    {
        lock (_gate)
        {
            var name = (string)content["metadata"]!["name"]!;
            var key = (group, plural, ns, name);
            var stored = _objects[key] = new Stored(Born(name, ns));
            Merge(stored.Content, content);
        }
    }

    /// <summary>Changes an object as somebody else would.</summary>
    public void Change(string plural, string name, Action<JsonObject> change)
    {
        lock (_gate)
        {
            var stored = _objects.Single(o => o.Key.Plural == plural && o.Key.Name == name).Value;
            change(stored.Content);
            stored.Content["metadata"]!["resourceVersion"] = Next();
        }
    }

    public void Remove(string plural, string name)
    {
        lock (_gate)
        {
            _objects.Remove(_objects.Keys.Single(k => k.Plural == plural && k.Name == name));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var call = new ManagementCall(http.Request.Method, http.Request.Path.Value ?? "", http.Request.QueryString.Value ?? "", await reader.ReadToEndAsync(http.RequestAborted));
        lock (_gate)
        {
            _calls.Add(call);
        }

        if (Before?.Invoke(call) is { } fault)
        {
            await FailAsync(http, fault);
            return;
        }

        (int Status, JsonNode Body) answer;
        lock (_gate)
        {
            answer = http.Request.ContentType?.Contains("merge-patch", StringComparison.Ordinal) == true ? Unfinish(call) : Carry(call, http.Request.Query);
        }

        if (After?.Invoke(call) is { } lost)
        {
            await FailAsync(http, lost);
            return;
        }

        await WriteAsync(http, answer.Status, answer.Body.ToJsonString());
    }

    private static async Task FailAsync(HttpContext http, ManagementFault fault)
    {
        if (fault.Status == 0)
        {
            http.Abort();
            return;
        }

        if (fault.RetryAfter is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds;
        }

        await WriteAsync(http, fault.Status, fault.Body);
    }

    private static Task WriteAsync(HttpContext http, int status, string body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body, Encoding.UTF8, http.RequestAborted);
    }

    private (int Status, JsonNode Body) Carry(ManagementCall call, IQueryCollection query)
    {
        var parts = call.Path.Trim('/').Split('/');
        if (parts is ["apis"])
        {
            return (200, new JsonObject
            {
                ["kind"] = "APIGroupList",
                ["groups"] = new JsonArray([.. Groups.Select(g => (JsonNode)new JsonObject
                {
                    ["name"] = g.Key,
                    ["preferredVersion"] = Version(g.Key, g.Value[0]),
                    ["versions"] = new JsonArray([.. g.Value.Select(v => (JsonNode)Version(g.Key, v))]),
                })]),
            });
        }

        var (group, version, rest) = parts is ["api", "v1", .. var core] ? ("", "v1", core) : (parts[1], parts[2], parts[3..]);
        if (group.Length > 0 && !(Groups.TryGetValue(group, out var served) && served.Contains(version)))
        {
            return Refuse(404, "NotFound", "the server could not find the requested resource");
        }

        return rest switch
        {
            ["namespaces", var ns] => Object(call, query, (group, "namespaces", "", ns), version, null),
            ["namespaces", var ns, var plural] => List(query, group, version, plural, ns),
            ["namespaces", var ns, var plural, var name] => Object(call, query, (group, plural, ns, name), version, null),
            ["namespaces", var ns, var plural, var name, var part] => Object(call, query, (group, plural, ns, name), version, part),
            [var plural] => List(query, group, version, plural, null),
            _ => Refuse(404, "NotFound", "no such path"),
        };

        static JsonObject Version(string group, string version) => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };
    }

    private (int, JsonNode) List(IQueryCollection query, string group, string version, string plural, string? ns)
    {
        var matching = _objects
            .Where(o => o.Key.Group == group && o.Key.Plural == plural && (ns is null || o.Key.Namespace == ns) && Selects(query["labelSelector"].ToString(), o.Value.Content))
            .OrderBy(o => (o.Key.Namespace, o.Key.Name))
            .Select(o => (JsonNode)As(o.Value.Content, group, version))
            .ToList();
        var start = int.TryParse(query["continue"], CultureInfo.InvariantCulture, out var at) ? at : 0;
        var limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var most) ? Math.Min(most, 2) : 1000;   // short pages, so that they are many
        var metadata = new JsonObject { ["resourceVersion"] = "1", ["continue"] = start + limit < matching.Count ? (start + limit).ToString(CultureInfo.InvariantCulture) : "" };
        return (200, new JsonObject { ["kind"] = "List", ["metadata"] = metadata, ["items"] = new JsonArray([.. matching.Skip(start).Take(limit)]) });
    }

    private static bool Selects(string selector, JsonObject content) => selector.Split(',', StringSplitOptions.RemoveEmptyEntries).All(term =>
    {
        var (key, value) = term.Split('=') is [var k, var v] ? (k, v) : (term, null);
        return (content["metadata"]!["labels"] as JsonObject)?[key] is { } label && (value is null || (string?)label == value);
    });

    private (int, JsonNode) Object(ManagementCall call, IQueryCollection query, (string Group, string Plural, string Namespace, string Name) key, string version, string? part)
    {
        var there = _objects.GetValueOrDefault(key);
        switch (call.Method)
        {
            case "GET":
                return there is null ? NotFound(key.Plural, key.Name) : (200, As(there.Content, key.Group, version));
            case "DELETE":
                if (there is null)
                {
                    return NotFound(key.Plural, key.Name);
                }

                if (there.Content["metadata"]!["finalizers"] is JsonArray { Count: > 0 })
                {
                    there.Content["metadata"]!["deletionTimestamp"] ??= Now();
                }
                else
                {
                    _objects.Remove(key);
                }

                return (200, As(there.Content, key.Group, version));
            case "PATCH":
                return Apply(call, query, key, version, part);
            default:
                return Refuse(405, "MethodNotAllowed", "no");
        }
    }

    private (int, JsonNode) Apply(ManagementCall call, IQueryCollection query, (string Group, string Plural, string Namespace, string Name) key, string version, string? part)
    {
        if (key.Namespace.Length > 0 && !_objects.ContainsKey(("", "namespaces", "", key.Namespace)))
        {
            return NotFound("namespaces", key.Namespace);
        }

        var body = (JsonObject)JsonNode.Parse(call.Body)!;
        var there = _objects.GetValueOrDefault(key);
        var given = (JsonObject)body["metadata"]!;
        if (there is null && part is not null)
        {
            return NotFound(key.Plural, key.Name);
        }

        foreach (var fixedField in new[] { "uid", "resourceVersion" })
        {
            if (given[fixedField] is { } wanted && (string?)wanted != (string?)there?.Content["metadata"]![fixedField])
            {
                return Refuse(409, "Conflict", $"Operation cannot be fulfilled on {key.Plural} \"{key.Name}\": the object has been modified; please apply your changes to the latest version and try again");
            }

            given.Remove(fixedField);
        }

        var stored = there is null ? new Stored(Born(key.Name, key.Namespace)) : new Stored((JsonObject)there.Content.DeepClone(), there.Managed);
        var manager = $"{query["fieldManager"]}{(part is null ? "" : $"/{part}")}";
        var applied = new JsonObject(body.Where(f => part is null ? f.Key is not "status" : f.Key == part).Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone())));
        var before = stored.Content["spec"]?.ToJsonString();
        if (stored.Managed.GetValueOrDefault(manager) is { } last)
        {
            Drop(stored.Content, last, applied, [.. stored.Managed.Where(m => m.Key != manager).Select(m => (JsonNode?)m.Value)]);
        }

        Merge(stored.Content, applied);
        var metadata = (JsonObject)stored.Content["metadata"]!;
        metadata["resourceVersion"] = Next();
        if (stored.Content["spec"]?.ToJsonString() != before)
        {
            metadata["generation"] = ((long?)metadata["generation"] ?? 0) + 1;
        }

        if (query["dryRun"] != "All")
        {
            stored.Managed = new(stored.Managed) { [manager] = applied };
            _objects[key] = stored;
            if (metadata["deletionTimestamp"] is not null && metadata["finalizers"] is not JsonArray { Count: > 0 })
            {
                _objects.Remove(key);
            }
        }

        return (there is null ? 201 : 200, As(stored.Content, key.Group, version));
    }

    /// <summary>The one merge patch that controllers send: finalizers go.</summary>
    private (int, JsonNode) Unfinish(ManagementCall call)
    {
        var parts = call.Path.Trim('/').Split('/');
        var key = (parts[1], parts[5], parts[4], parts[6]);
        var metadata = (JsonObject)_objects[key].Content["metadata"]!;
        metadata.Remove("finalizers");
        if (metadata["deletionTimestamp"] is not null)
        {
            _objects.Remove(key);
        }

        return (200, new JsonObject());
    }

    private JsonObject Born(string name, string ns) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = ns.Length == 0 ? null : ns,
            ["uid"] = Guid.NewGuid().ToString(),
            ["creationTimestamp"] = Now(),
            ["resourceVersion"] = Next(),
            ["generation"] = 1L,
        },
    };

    private static JsonObject As(JsonObject content, string group, string version)
    {
        var copy = (JsonObject)content.DeepClone();
        copy["apiVersion"] = group.Length == 0 ? version : $"{group}/{version}";
        return copy;
    }

    /// <summary>Takes away what a manager gave before and gives no more, unless somebody else gives it too.</summary>
    private static void Drop(JsonObject content, JsonObject last, JsonObject now, IReadOnlyList<JsonNode?> others)
    {
        foreach (var (field, value) in last)
        {
            var theirs = others.Select(o => (o as JsonObject)?[field]).Where(o => o is not null).ToList();
            if (!now.ContainsKey(field))
            {
                if (theirs.Count == 0)
                {
                    content.Remove(field);
                }
            }
            else if (value is JsonObject inner && now[field] is JsonObject stays && content[field] is JsonObject at)
            {
                Drop(at, inner, stays, theirs);
            }
            else if (ListsByName.Contains(field) && value is JsonArray were && now[field] is JsonArray are && content[field] is JsonArray list)
            {
                foreach (var item in were.OfType<JsonObject>())
                {
                    var name = (string?)item["name"];
                    if (Named(list, name) is { } present)
                    {
                        if (Named(are, name) is { } still)
                        {
                            Drop(present, item, still, [.. theirs.Select(t => (JsonNode?)Named(t as JsonArray, name))]);
                        }
                        else if (theirs.TrueForAll(t => Named(t as JsonArray, name) is null))
                        {
                            list.Remove(present);
                        }
                    }
                }
            }
        }
    }

    private static void Merge(JsonObject content, JsonObject applied)
    {
        foreach (var (field, value) in applied)
        {
            if (value is JsonObject inner && content[field] is JsonObject at)
            {
                Merge(at, inner);
            }
            else if (ListsByName.Contains(field) && value is JsonArray items && content[field] is JsonArray list && items.OfType<JsonObject>().All(i => i.ContainsKey("name")))
            {
                foreach (var item in items.OfType<JsonObject>())
                {
                    if (Named(list, (string?)item["name"]) is { } present)
                    {
                        Merge(present, item);
                    }
                    else
                    {
                        list.Add(item.DeepClone());
                    }
                }
            }
            else
            {
                content[field] = value?.DeepClone();
            }
        }
    }

    private static JsonObject? Named(JsonArray? list, string? name) => list?.OfType<JsonObject>().FirstOrDefault(i => (string?)i["name"] == name);

    private string Next() => (++_version).ToString(CultureInfo.InvariantCulture);

    private string Now() => _time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static (int, JsonNode) NotFound(string plural, string name)
    {
        var (status, body) = Refuse(404, "NotFound", $"{plural} \"{name}\" not found");
        body["details"] = new JsonObject { ["name"] = name, ["kind"] = plural };
        return (status, body);
    }

    private static (int, JsonNode) Refuse(int status, string reason, string message) => (status, JsonNode.Parse(ManagementFault.Refusal(status, reason, message).Body)!);

    private sealed class Stored(JsonObject content, Dictionary<string, JsonObject>? managed = null)
    {
        public JsonObject Content { get; } = content;

        public Dictionary<string, JsonObject> Managed { get; set; } = managed ?? [];
    }
}
