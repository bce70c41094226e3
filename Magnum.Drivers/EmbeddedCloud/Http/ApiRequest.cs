using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Keystone;
using Microsoft.AspNetCore.Http;

namespace Magnum.Drivers.EmbeddedCloud.Http;

/// <summary>A request as the services see it.</summary>
internal sealed class ApiRequest(HttpContext http, JsonNode? body, Session? session)
{
    public HttpContext Http { get; } = http;

    /// <summary>Who asks; 401 when the route is open and nobody did.</summary>
    public Session Session => session ?? throw ApiFault.Unauthorized();

    public bool IsAdmin => Session.IsAdmin;

    /// <summary>The project of the token; 403 when it has none.</summary>
    public string ProjectId => Session.Project?.Id ?? throw ApiFault.Forbidden("The token is not scoped to a project.");

    public JsonObject Body => body as JsonObject ?? throw ApiFault.BadRequest("The request body must be a JSON object.");

    public JsonNode? RawBody => body;

    /// <summary>The object under the key that the service wraps its bodies in.</summary>
    public JsonObject Wrapped(string key) =>
        Body[key] as JsonObject ?? throw ApiFault.BadRequest($"Invalid input: the body must hold an object '{key}'.");

    public string Route(string name) => (string)Http.Request.RouteValues[name]!;

    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;

    public bool QueryFlag(string name) => ((JsonNode?)Query(name)).Flag() ?? false;

    public IReadOnlyList<string> QueryAll(string name) => [.. Http.Request.Query[name].OfType<string>()];

    public string? Header(string name) => Http.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>Refuses those who may only read.</summary>
    public void RequireWriter()
    {
        if (!Session.Roles.Any(r => r.Name is "member" or "admin"))
        {
            throw ApiFault.Forbidden("You are not authorized to perform the requested action: the role member is needed.");
        }
    }

    public void RequireAdmin()
    {
        if (!IsAdmin)
        {
            throw ApiFault.Forbidden("You are not authorized to perform the requested action: the role admin is needed.");
        }
    }
}
