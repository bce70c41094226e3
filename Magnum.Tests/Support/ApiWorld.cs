using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Magnum.Core.Policies;
using Magnum.Web.Api;
using Magnum.Web.Api.Description;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Magnum.Tests.Support;

/// <summary>An answer of the API.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, string Text, HttpResponseMessage Message)
{
    /// <summary>The body; fails when it is no JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>The one error.</summary>
    public JsonElement Error => Json.GetProperty("errors").EnumerateArray().Single();

    public string Detail => Error.GetProperty("detail").GetString()!;

    public string? Header(string name) =>
        Message.Headers.TryGetValues(name, out var values) || Message.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;
}

/// <summary>A route that the host has.</summary>
/// <param name="Method">In capitals.</param>
/// <param name="Path">As the API's description spells it.</param>
internal sealed record ServedRoute(string Method, string Path, ApiRoute Route)
{
    public string Operation => $"{Method} {Path}";
}

/// <summary>The REST API on a test server, over Core on a real database and a cloud of fakes. The token <c>demo</c> is the caller of that name, and so on.</summary>
internal sealed class ApiWorld : IDisposable
{
    private readonly WebApplication _host;
    private readonly HttpClient _client;
    private readonly bool _ownsCore;

    public ApiWorld(params IEnumerable<(string Key, string Value)> settings)
        : this(new RequestWorld(), null, settings) => _ownsCore = true;

    /// <summary>On a world that a page stands on too; it stays the caller's.</summary>
    public ApiWorld(RequestWorld core, Action<IServiceCollection>? configure = null)
        : this(core, configure, [])
    {
    }

    private ApiWorld(RequestWorld core, Action<IServiceCollection>? configure, IEnumerable<(string Key, string Value)> settings)
    {
        Core = core;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.Logging.ClearProviders().AddProvider(Log);
        Core.AddTo(builder.Services);
        configure?.Invoke(builder.Services);
        builder.Services.AddMagnumApi(builder.Configuration);
        _host = builder.Build();
        var branch = new ApplicationBuilder(_host.Services);
        branch.UseMagnumApi();
        _host.Run(branch.Build());
        _host.Start();
        _client = _host.GetTestServer().CreateClient();
        _client.BaseAddress = new Uri("http://127.0.0.1:9511");
        foreach (var (name, caller) in new[]
                 {
                     ("demo", TestCaller.Member()), ("reader", TestCaller.Reader()), ("admin", TestCaller.Admin()), ("alt", TestCaller.Member("alt", "alt-user")),
                     ("node", TestCaller.Node()),
                 })
        {
            Callers[name] = caller;
        }

        Core.Identity.Validate = token =>
        {
            Interlocked.Increment(ref _validations);
            return Task.FromResult(Callers.TryGetValue(token, out var caller) ? caller.Token with { Token = token } : null);
        };
    }

    private int _validations;

    public RequestWorld Core { get; }

    /// <summary>For what <see cref="SendAsync"/> cannot do.</summary>
    public HttpClient Client => _client;

    /// <summary>The host's services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Every route, in one order.</summary>
    public IReadOnlyList<ServedRoute> Routes =>
    [
        .. from endpoint in Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           let route = endpoint.Metadata.GetMetadata<ApiRoute>()
           where route is not null
           from method in endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
           let path = OpenApiDocument.PathOf(endpoint.RoutePattern)
           orderby path, method
           select new ServedRoute(method, path, route),
    ];

    public CollectedLog Log { get; } = new();

    /// <summary>Who stands behind which token.</summary>
    public Dictionary<string, Caller> Callers { get; } = [];

    /// <summary>How often Keystone was asked about a token.</summary>
    public int Validations => _validations;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="body">Sent as it is when it is text, else as JSON.</param>
    /// <param name="token">Null: none.</param>
    /// <param name="version">The header's value; a bare <c>1.N</c> gets the service's name.</param>
    public async Task<ApiAnswer> SendAsync(
        string method, string path, object? body = null, string? token = "demo", string? version = "1.14", string contentType = "application/json",
        params IEnumerable<(string Name, string Value)> headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body switch
            {
                byte[] bytes => bytes,
                string text => Encoding.UTF8.GetBytes(text),
                _ => JsonSerializer.SerializeToUtf8Bytes(body),
            });
            request.Content.Headers.ContentType = contentType.Length > 0 ? MediaTypeHeaderValue.Parse(contentType) : null;
        }

        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Auth-Token", token);
        }

        if (version is not null)
        {
            request.Headers.TryAddWithoutValidation("OpenStack-API-Version", version.StartsWith("1.", StringComparison.Ordinal) ? $"container-infra {version}" : version);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await _client.SendAsync(request, Ct);
        Assert.False(response.StatusCode == HttpStatusCode.InternalServerError, string.Join('\n', Log.Lines));   // never right, whatever was sent
        return new ApiAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(Ct), response);
    }

    /// <summary>Opens a stream of server-sent events; its end is the answer's, or the closing of what is returned.</summary>
    public async Task<StreamReader> OpenAsync(string path, string token = "demo", params IEnumerable<(string Name, string Value)> headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers.Prepend(("Accept", "text/event-stream")).Prepend(("X-Auth-Token", token)))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        return new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
    }

    public Task<ApiAnswer> GetAsync(string path, string? token = "demo", string? version = "1.14") => SendAsync("GET", path, null, token, version);

    public void Dispose()
    {
        _client.Dispose();
        ((IDisposable)_host).Dispose();
        if (_ownsCore)
        {
            Core.Dispose();
        }
    }
}
