using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Magnum.Core.Clusters;
using Magnum.Tests.Support;
using Magnum.Web.Api;

namespace Magnum.Tests.Web.Api;

/// <summary>
/// Requests that nobody would send on purpose, at every route. The same seed sends the same ones; <c>MAGNUM_FUZZ_SEED</c> and
/// <c>MAGNUM_FUZZ_REQUESTS</c> choose others and more.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    /// <summary>In the name of everything that belongs to somebody else.</summary>
    private const string Foreign = "foreign-9f3b";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ApiWorld _world = new(("Api:MaxBodyBytes", "65536"));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task WhateverIsSent_TheAnswerIsMagnumsAndNobodyElsesBusiness()
    {
        var seed = Number("MAGNUM_FUZZ_SEED", 20261125);
        var requests = Number("MAGNUM_FUZZ_REQUESTS", 3000);
        var hostile = await PlantAsync();
        var generation = (await _world.Core.LoadAsync(hostile.Foreign)).Generation;
        var routes = _world.Routes;
        var reached = new HashSet<string>();
        var statuses = new SortedDictionary<int, int>();
        for (var i = 0; i < requests; i++)
        {
            if (i % 50 == 0)
            {
                await _world.Core.FinishAsync(hostile.Own, ClusterStatus.CreateComplete);   // or it would soon be in deletion for good
            }

            // A seed of its own for each: one is sent again without those before it.
            var random = new Random(unchecked((seed * 397) ^ (i * 1_000_003)));
            var route = routes[i % routes.Count];
            using var request = hostile.Make(random, route);
            var shown = await ShowAsync(request);
            var because = $"MAGNUM_FUZZ_SEED={seed}, request {i}: {shown}";

            var answer = await SendAsync(request, because);

            Check(answer, because);
            reached.Add(route.Operation);
            statuses[(int)answer.Status] = statuses.GetValueOrDefault((int)answer.Status) + 1;
        }

        // All of them, and not all refused for the same reason: else this would prove nothing.
        Assert.Equal(routes.Count, requests < routes.Count ? routes.Count : reached.Count);
        Assert.Empty(new[] { 200, 202, 400, 401, 404, 406, 415 }.Except(statuses.Keys));
        Assert.Equal(generation, (await _world.Core.LoadAsync(hostile.Foreign)).Generation);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    private static void Check(ApiAnswer answer, string because)
    {
        Assert.True((int)answer.Status < 500, $"{because}\nanswered {(int)answer.Status} {answer.Text}");
        Assert.False(answer.Text.Contains(Foreign, StringComparison.Ordinal), $"{because}\ntold of another project: {answer.Text}");
        Assert.Matches("^req-[0-9a-f-]{36}$", answer.Header("X-OpenStack-Request-Id"));
        if (answer.Message.RequestMessage!.Method == HttpMethod.Head)
        {
            Assert.Equal("", answer.Text);
            return;
        }

        if ((int)answer.Status < 400)
        {
            return;
        }

        Assert.True(answer.Header("Content-Type") == "application/json", $"{because}\nanswered {answer.Header("Content-Type")} {answer.Text}");
        if (answer.Status == HttpStatusCode.Unauthorized)
        {
            Assert.Equal(401, answer.Json.GetProperty("error").GetProperty("code").GetInt32());
            return;
        }

        var error = answer.Error;
        Assert.False(string.IsNullOrEmpty(error.GetProperty("title").GetString()), $"{because}\nhas no title: {answer.Text}");
        if (error.GetProperty("code").GetString() != "magnum.microversion-unsupported")
        {
            Assert.True(error.GetProperty("status").GetInt32() == (int)answer.Status, $"{because}\nsays another status: {answer.Text}");
            Assert.True(error.TryGetProperty("detail", out _) && error.GetProperty("links").ValueKind == JsonValueKind.Array, answer.Text);
        }
    }

    private async Task<ApiAnswer> SendAsync(HttpRequestMessage request, string because)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        try
        {
            using var response = await _world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);

            // A stream has no end, and it is no error that it has none.
            var text = response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "" : await response.Content.ReadAsStringAsync(patience.Token);
            return new ApiAnswer(response.StatusCode, text, response);
        }
        catch (OperationCanceledException) when (!Ct.IsCancellationRequested)
        {
            throw new UnreachableException($"{because}\nwas not answered within {Patience}");
        }
    }

    private static async Task<string> ShowAsync(HttpRequestMessage request)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(Ct);
        return $"{request.Method} {request.RequestUri} {string.Join(", ", request.Headers.Select(h => $"{h.Key}: {string.Join(' ', h.Value)}"))} {body[..Math.Min(body.Length, 1000)]}";
    }

    /// <summary>Something of one's own to aim at, and something of somebody else's that must not be seen.</summary>
    private async Task<FuzzRequests> PlantAsync()
    {
        var stranger = TestCaller.Member("alt", "alt-user");
        var theirTemplate = await _world.Core.AddTemplateAsync(stranger, RequestWorld.Spec($"{Foreign}-template") with { Labels = new Dictionary<string, string> { ["owner"] = Foreign } });
        var theirs = await _world.Core.AddClusterAsync(
            ClusterStatus.CreateComplete, stranger, new NewCluster { Name = $"{Foreign}-cluster", ClusterTemplateId = theirTemplate.Uuid.ToString() });
        var own = await _world.Core.AddClusterAsync();
        await _world.SendAsync("POST", "/v1/quotas", new { project_id = "demo", hard_limit = 100_000 }, token: "admin");
        return new FuzzRequests(own.Uuid, own.ClusterTemplateId, theirs.Uuid, theirTemplate.Uuid);
    }
}

/// <summary>Makes requests that are wrong in one way or several, or just right.</summary>
internal sealed class FuzzRequests(Guid own, Guid ownTemplate, Guid foreign, Guid foreignTemplate)
{
    public Guid Own => own;

    public Guid Foreign => foreign;

    private static readonly string[] Texts =
    [
        "", " ", "\0", "a\0b", "\n", "\r\nX-Injected: 1", "null", "None", "True", "0", "-1", "1e999", "NaN", "9999999999999999999999", "'", "\"", "' OR 1=1 --", "%", "_", "%00", "%25",
        "../../etc/passwd", "..\\..", "{}", "[]", "{{7*7}}", "${jndi:ldap://x}", "<script>", "\u202e", "\ufeff", "\u0130", "💩", "e\u0301", "Ω≈ç", "\ud83d", new('a', 300), new('a', 5000), "detail", "blue", "k8s",
        "Cluster", "default-worker", "00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}", "(1)", "+1", "0x10", "1_000", "١٢", "latest",
    ];

    private static readonly string[] Numbers =
        ["0", "-0", "1", "-1", "1.5", "1e400", "-1e400", "1e-400", "2147483648", "-2147483649", "9223372036854775808", "123456789012345678901234567890", "0.1e1", "1E2"];

    private static readonly string[] Versions =
    [
        "container-infra 1.1", "container-infra 1.6", "container-infra 1.7", "container-infra 1.8", "container-infra 1.9", "container-infra 1.12", "container-infra 1.14",
        "container-infra latest", "x LATEST", "container-infra 1.15", "container-infra 1.0", "container-infra 2.1", "1.9", "container-infra", "container-infra 1.-1", "container-infra 1.١",
        "container-infra 01.09", "container-infra 1.99999999999999999999999999", "compute 2.1", "container-infra 1.9, container-infra 1.10", "",
    ];

    private static readonly string[] Types =
        ["application/json", "application/json; charset=utf-8", "application/json-patch+json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "*/*", ""];

    private static readonly string[] Accepts =
        ["*/*", "application/json", "text/html", "text/event-stream", "application/json;q=0", "text/event-stream;q=0.1, */*", ";;;", "a", "application/json; v=\"", ""];

    private static readonly string[] Methods = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "TRACE", "QUERY"];

    private static readonly string[] Tokens = ["reader", "node", "", "unknown", "demo, demo", new('t', 10_000)];

    private static readonly string[] Conditions = ["*", "\"x\"", "W/\"x\"", "x", "\"", ",,,", "\"a\", \"b\", *", new('"', 400)];

    private static readonly string[] Names =
        ["limit", "marker", "sort_key", "sort_dir", "role", "rollback", "all_tenants", "project_id", "type", "ca_cert_type", "level", "source", "detail", "Limit", "", "%00", "limit[]", "a b"];

    private static readonly string[] Paths =
        ["/node_count", "/labels", "/labels/a", "/name", "/tags", "/health_status", "/health_status_reason", "/links", "/", "//", "", "node_count", "/labels/~1", "/min_node_count", "/node_taints", "/status", "/x/y/z", "/faults"];

    public HttpRequestMessage Make(Random random, ServedRoute route)
    {
        var method = Sometimes(random, 20) ? Pick(random, Methods) : route.Method;

        // A null in the path never gets as far as Magnum: servers refuse it.
        var path = PathOf(random, route.Path).Replace("%00", "%01", StringComparison.Ordinal);
        var uri = new Uri($"http://127.0.0.1:9511{path}{QueryOf(random, route.Route)}");
        var request = new HttpRequestMessage(new HttpMethod(method), uri);
        Add(request, "X-Auth-Token", Sometimes(random, 8) ? Pick(random, Tokens) : ForAdministrators(route) && Sometimes(random, 2) ? "admin" : "demo");
        if (!Sometimes(random, 10))
        {
            Add(request, "OpenStack-API-Version", Sometimes(random, 6) ? Pick(random, Versions) : "container-infra 1.14");
        }

        if (Sometimes(random, 8))
        {
            Add(request, "Accept", Pick(random, Accepts));
        }

        if (Sometimes(random, 8))
        {
            Add(request, Pick(random, "If-Match", "If-None-Match"), Pick(random, Conditions));
        }

        if (Sometimes(random, 8))
        {
            Add(request, Pick(random, "Idempotency-Key", "Last-Event-ID", "X-OpenStack-Request-Id", "X-Forwarded-Host", "Forwarded"), Pick(random, Texts));
        }

        if (route.Route.Body is not null || Sometimes(random, 20))
        {
            request.Content = new ByteArrayContent(BodyOf(random, route.Route));
            if (!MediaTypeHeaderValue.TryParse(Sometimes(random, 15) ? Pick(random, Types) : Types[0], out var type))
            {
                type = null;
            }

            request.Content.Headers.ContentType = type;
        }

        return request;
    }

    /// <summary>What shows an administrator nothing of the planted cluster, which he may see.</summary>
    private static bool ForAdministrators(ServedRoute route) => route.Path.Contains("/quotas", StringComparison.Ordinal) || route.Path.EndsWith("/mservices", StringComparison.Ordinal);

    /// <summary>Headers that the client's library would not let out are not what this is about.</summary>
    private static void Add(HttpRequestMessage request, string name, string value)
    {
        if (!value.AsSpan().ContainsAny('\r', '\n', '\0') && value.Length > 0)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private string PathOf(Random random, string template)
    {
        var path = new StringBuilder();
        foreach (var part in template.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path.Append('/').Append(part.StartsWith('{') ? Escape(Ident(random, part)) : part);
        }

        path.Append(path.Length == 0 ? "/" : "");
        return Sometimes(random, 30) ? $"{path}{Pick(random, "/", "//", "/.", "/..", "/%2e%2e", "/%2f", "/detail", ";x=1", "/%ff%fe")}" : path.ToString();
    }

    private string Ident(Random random, string parameter) => random.Next(10) switch
    {
        < 4 => parameter == "{resource}" ? "Cluster" : parameter == "{project}" ? "demo" : own.ToString(),
        4 => ownTemplate.ToString("N"),
        5 => foreign.ToString(),
        6 => foreignTemplate.ToString().ToUpperInvariant(),
        7 => "alt",
        _ => Pick(random, Texts) is { Length: > 0 } text ? text : "x",
    };

    private string QueryOf(Random random, ApiRoute route)
    {
        string[] taken = [.. route.Query, .. route.NewerQuery.Keys];
        if (!Sometimes(random, taken.Length > 0 ? 2 : 15))
        {
            return "";
        }

        var query = new StringBuilder();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var name = taken.Length > 0 && !Sometimes(random, 6) ? Pick(random, taken) : Pick(random, Names);
            var value = random.Next(5) switch
            {
                0 => own.ToString(),
                1 => foreign.ToString(),
                2 => Pick(random, "1", "2", "asc", "desc", "name", "created_at", "sequence", "ERROR,info", "HEAT", "true", "worker", "alt", "cluster"),
                _ => Pick(random, Texts),
            };
            query.Append(query.Length == 0 ? '?' : '&').Append(name.Contains('%', StringComparison.Ordinal) ? name : Escape(name)).Append('=').Append(Escape(value));
        }

        return query.ToString();
    }

    private byte[] BodyOf(Random random, ApiRoute route)
    {
        var text = route.Input is { } fields && !Sometimes(random, 8) ? Object(random, [.. fields.Fields.Select(f => f.Name)])
            : route.Body == "patch" && !Sometimes(random, 8) ? Patch(random)
            : Value(random, 3);
        var bytes = Encoding.UTF8.GetBytes(text);
        switch (random.Next(25))
        {
            case 0:
                return bytes[..random.Next(bytes.Length + 1)];   // cut off
            case 1:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            case 2:
                return [0xef, 0xbb, 0xbf, .. bytes];
            case 3:
                return Encoding.Unicode.GetBytes(text);
            case 4:
                return [.. bytes, .. "}]"u8];
            case 5:
                return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Pick(random, "[", "{\"a\":"), random.Next(10, 3000))));
            default:
                return bytes;
        }
    }

    private string Object(Random random, string[] names)
    {
        var members = new List<string>();
        if (names.Contains("cluster_template_id") && !Sometimes(random, 6))
        {
            members.Add($"\"cluster_template_id\": \"{Pick(random, ownTemplate.ToString(), ownTemplate.ToString(), foreignTemplate.ToString())}\"");
        }

        if (names.Contains("image_id") && !Sometimes(random, 6))
        {
            members.Add("\"image_id\": \"ubuntu\", \"coe\": \"kubernetes\", \"external_network_id\": \"public\", \"flavor_id\": \"m1.small\"");
        }

        if (names.Contains("cluster_uuid") && !Sometimes(random, 4))
        {
            members.Add($"\"cluster_uuid\": \"{Pick(random, own.ToString(), foreign.ToString(), "blue")}\"");
        }

        if (names.Contains("nodes_to_remove") && !Sometimes(random, 4))
        {
            members.Add("\"node_count\": 4");
        }

        if (names.Contains("hostcluster_id") && Sometimes(random, 2))
        {
            members.Add($"\"hostcluster_id\": \"{Pick(random, own.ToString(), foreign.ToString())}\", \"properties\": {{\"dns-zone\": \"x\"}}");
        }

        for (var i = random.Next(4); i > 0; i--)
        {
            var name = Sometimes(random, 12) ? Pick(random, Texts) : Pick(random, names);
            members.Add($"{Quote(name)}: {(Sometimes(random, 2) ? Value(random, 2) : Plausible(random, name))}");
        }

        return $"{{{string.Join(", ", members)}}}";
    }

    private string Patch(Random random)
    {
        var operations = Enumerable.Range(0, random.Next(4)).Select(_ => Sometimes(random, 10) ? Value(random, 2)
            : Sometimes(random, 3) ? $"{{\"op\": \"replace\", \"path\": {Pick(random, "\"/node_count\", \"value\": 7", "\"/tags\", \"value\": \"t\"", "\"/health_status\", \"value\": \"HEALTHY\"")}}}"
            : $"{{\"op\": {Quote(Pick(random, "replace", "replace", "add", "remove", "test", "move", ""))}, \"path\": {Quote(Sometimes(random, 5) ? Pick(random, Texts) : Pick(random, Paths))}"
                + (Sometimes(random, 6) ? "}" : $", \"value\": {Literal(random)}}}"));
        return $"[{string.Join(", ", operations)}]";
    }

    /// <summary>What might well be meant: else nearly everything would be refused by the first look.</summary>
    private static string Plausible(Random random, string name) => name switch
    {
        "name" => Quote(Pick(random, "one", "two", "three")),
        "labels" or "node_labels" => Pick(random, "{}", "{\"a\": \"b\"}", "{\"kube_tag\": \"v1.31.1\"}"),
        "nodegroup" => "\"default-worker\"",
        "csr" => "\"-----BEGIN CERTIFICATE REQUEST-----\\nAAAA\\n-----END CERTIFICATE REQUEST-----\"",
        "project_id" => "\"demo\"",
        "flavor_id" or "master_flavor_id" => "\"m1.small\"",
        _ when name.Contains("count", StringComparison.Ordinal) || name.EndsWith("_size", StringComparison.Ordinal) || name is "hard_limit" or "create_timeout" =>
            Pick(random, "0", "1", "3", "\"5\"", "1000000"),
        _ when name.EndsWith("abled", StringComparison.Ordinal) || name is "public" or "hidden" or "merge_labels" => Pick(random, "true", "false", "\"True\""),
        _ => "null",
    };

    private static string Literal(Random random) => Sometimes(random, 3)
        ? Quote(Pick(random, "{'a': 'b'}", "{'a': }", "[{'key': 'k', 'effect': 'NoSchedule'}]", "{\"a\": 1}", "((((", "{'a': {'b': ['c']}}", "'\\x41'", "{'\\ud800': 1}", "[" + new string('[', 500), "1e999", "{1: 2}", "-" + new string('9', 400)))
        : Value(random, 2);

    private static string Value(Random random, int depth) => random.Next(depth > 0 ? 9 : 6) switch
    {
        0 => "null",
        1 => Pick(random, "true", "false"),
        2 => Pick(random, Numbers),
        3 or 4 or 5 => Quote(Pick(random, Texts)),
        6 => $"[{string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1)))}]",
        7 => $"{{{string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => $"{Quote(Pick(random, Texts))}: {Value(random, depth - 1)}"))}}}",
        _ => "{\"a\": 1, \"a\": 2}",
    };

    /// <summary>JSON's quoting; of half a character its escape, which is JSON and no text.</summary>
    private static string Quote(string text) => text.Contains('\ud83d', StringComparison.Ordinal) && text.Length == 1 ? "\"\\ud83d\"" : JsonSerializer.Serialize(text);

    private static string Escape(string text) => text == "\ud83d" ? "%ED%A0%BD" : Uri.EscapeDataString(text);

    private static bool Sometimes(Random random, int oneIn) => random.Next(oneIn) == 0;

    private static T Pick<T>(Random random, params ReadOnlySpan<T> from) => from[random.Next(from.Length)];
}
