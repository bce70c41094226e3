using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Magnum.Bench;

/// <summary>
/// Keystone and Heat with nothing behind them: tens of thousands of stacks in progress, which end when they are told to. It costs so
/// little that what is measured is Magnum.
/// </summary>
internal sealed class StubCloud : IAsyncDisposable
{
    public const string ProjectId = "3aa19ccec5ccaee6b97a600f106b300b";
    public const string UserId = "9fe1d3c3a5d64a70a2b8c4d5e6f70819";

    private readonly WebApplication _app;
    private readonly List<Row> _stacks;
    private readonly Dictionary<string, Row> _byId;
    private readonly ConcurrentDictionary<string, bool> _complete = new();

    private StubCloud(WebApplication app, List<Row> stacks)
    {
        (_app, _stacks) = (app, stacks);
        _byId = stacks.ToDictionary(s => s.StackId);
    }

    /// <summary>Keystone's address.</summary>
    public string AuthUrl => $"{Address}/identity/v3";

    private string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<StubCloud> StartAsync(List<Row> stacks)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var cloud = new StubCloud(builder.Build(), stacks);
        cloud.Map();
        await cloud._app.StartAsync();
        return cloud;
    }

    /// <summary>The stack is CREATE_COMPLETE from now on.</summary>
    public void Complete(Row row) => _complete[row.StackId] = true;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map()
    {
        _app.MapPost("/identity/v3/auth/tokens", (HttpContext context) =>
        {
            context.Response.Headers["X-Subject-Token"] = Guid.NewGuid().ToString("N");
            return Results.Json(Token(), statusCode: 201);
        });
        _app.MapGet("/identity/v3/auth/tokens", () => Results.Json(Token()));
        _app.MapGet("/heat/v1/{project}/stacks", (int? limit, string? marker, string? status) =>
        {
            var from = marker is null ? 0 : _byId[marker].Number + 1;
            return Results.Json(new
            {
                stacks = _stacks.Skip(from).Where(s => status is null || !_complete.ContainsKey(s.StackId)).Take(limit ?? 1000).Select(s => Brief(s)).ToList(),
            });
        });
        _app.MapGet("/heat/v1/{project}/stacks/{id}", (string id) => Show(id));
        _app.MapGet("/heat/v1/{project}/stacks/{name}/{id}", (string name, string id) => Show(id));
        _app.MapGet("/heat/v1/{project}/stacks/{name}/{id}/resources", () => Results.Json(new { resources = Array.Empty<object>() }));
        _app.MapGet("/heat/v1/{project}/stacks/{name}/{id}/events", () => Results.Json(new { events = Array.Empty<object>() }));
    }

    private IResult Show(string id)
    {
        if (!_byId.TryGetValue(id, out var row))
        {
            return Results.NotFound();
        }

        var stack = Brief(row);
        stack["parameters"] = new Dictionary<string, string> { ["magnum_generation"] = row.OperationUuid.ToString(), ["apiserver_port"] = "6443" };
        stack["outputs"] = new[] { new { output_key = "api_address", output_value = "172.24.4.20" } };
        return Results.Json(new { stack });
    }

    private Dictionary<string, object> Brief(Row row) => new()
    {
        ["id"] = row.StackId,
        ["stack_name"] = row.Name,
        ["stack_status"] = _complete.ContainsKey(row.StackId) ? "CREATE_COMPLETE" : "CREATE_IN_PROGRESS",
        ["stack_status_reason"] = "",
        ["creation_time"] = "2026-01-01T00:00:00Z",
        ["tags"] = new[] { "magnum", row.ClusterUuid.ToString() },
    };

    private object Token()
    {
        var domain = new { id = "default", name = "Default" };
        object Service(string type, string path) => new
        {
            id = type,
            type,
            name = type,
            endpoints = new[] { new { id = type, @interface = "public", region = "RegionOne", region_id = "RegionOne", url = $"{Address}{path}" } },
        };
        return new
        {
            token = new
            {
                methods = new[] { "password" },
                user = new { id = UserId, name = "demo", domain },
                project = new { id = ProjectId, name = "demo", domain },
                roles = new[] { new { id = "member", name = "member" }, new { id = "admin", name = "admin" } },
                issued_at = TimeProvider.System.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                expires_at = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(12).ToString("O", CultureInfo.InvariantCulture),
                catalog = new[] { Service("identity", "/identity"), Service("orchestration", $"/heat/v1/{ProjectId}") },
            },
        };
    }

    /// <summary>A cluster in progress with its stack.</summary>
    internal sealed record Row(int Number, Guid ClusterUuid, Guid OperationUuid, string StackId, string Name);
}
