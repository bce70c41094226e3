using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud;
using Microsoft.Extensions.Logging.Abstractions;

namespace Magnum.Tests.Drivers.EmbeddedCloud;

/// <summary>An embedded cloud with its doors open, and somebody who knocks.</summary>
internal sealed class CloudHttp : IAsyncDisposable
{
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false });

    private CloudHttp(EmbeddedCloudServer server) => Server = server;

    public EmbeddedCloudServer Server { get; }

    public string Token { get; private set; } = "";

    public string Project { get; private set; } = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<CloudHttp> StartAsync(EmbeddedCloudOptions? options = null, string? user = "demo", string? project = "demo")
    {
        var server = await EmbeddedCloudServer.StartAsync((options ?? new EmbeddedCloudOptions { Speed = 1000 }) with { Port = 0 }, NullLoggerFactory.Instance, Ct);
        var cloud = new CloudHttp(server);
        if (user is not null)
        {
            await cloud.SignInAsync(user, project);
        }

        return cloud;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
    }

    public async Task SignInAsync(string user, string? project, string? password = null)
    {
        var auth = PasswordAuth(user, password ?? user);
        if (project is not null)
        {
            auth["scope"] = new JsonObject { ["project"] = new JsonObject { ["name"] = project, ["domain"] = new JsonObject { ["id"] = "default" } } };
        }

        var answer = await SendAsync("POST", "identity/v3/auth/tokens", new JsonObject { ["auth"] = auth });
        Assert.Equal(201, answer.Status);
        Token = answer.Headers["X-Subject-Token"];
        Project = (string?)answer.Body!["token"]!["project"]?["id"] ?? "";
    }

    public static JsonObject PasswordAuth(string user, string password, string domain = "Default") => new()
    {
        ["identity"] = new JsonObject
        {
            ["methods"] = new JsonArray("password"),
            ["password"] = new JsonObject { ["user"] = new JsonObject { ["name"] = user, ["password"] = password, ["domain"] = new JsonObject { ["name"] = domain } } },
        },
    };

    public Task<HttpAnswer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers);

    public async Task<HttpAnswer> SendAsync(string method, string path, JsonNode? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Server.BaseUrl, path));
        if (Token.Length > 0)
        {
            request.Headers.Add("X-Auth-Token", Token);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.Add(name, value);
        }

        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        var all = response.Headers.ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase);
        return new HttpAnswer((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), all);
    }

    /// <summary>Waits until the cloud itself says that the stack has come to rest.</summary>
    public async Task<JsonNode> SettledAsync(string stack)
    {
        while (true)
        {
            var answer = await GetAsync($"orchestration/v1/{Project}/stacks/{stack}");
            if (answer.Status is (int)HttpStatusCode.Found)
            {
                answer = await GetAsync(answer.Headers["Location"]);
            }

            Assert.Equal(200, answer.Status);
            if (!((string)answer.Body!["stack"]!["stack_status"]!).EndsWith("IN_PROGRESS", StringComparison.Ordinal))
            {
                return answer.Body["stack"]!;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), Ct);
        }
    }

    public Task<HttpAnswer> CreateStackAsync(string name, JsonObject? more = null)
    {
        var body = more ?? Templates.WithNode();
        body["stack_name"] = name;
        body["template"] ??= Templates.Cluster;
        return SendAsync("POST", $"orchestration/v1/{Project}/stacks", body);
    }
}

internal sealed record HttpAnswer(int Status, JsonNode? Body, IReadOnlyDictionary<string, string> Headers);
