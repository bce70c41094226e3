using System.Text.Json;
using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Keystone;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Http;

/// <summary>A service's doors: reads the request, finds out who asks, lets the handler work alone on the state, and has the state written before a change is answered.</summary>
internal abstract class ServiceApi(Cloud cloud)
{
    protected Cloud Cloud { get; } = cloud;

    /// <summary>The service's project name, by which scenarios speak of it: <c>keystone</c>, <c>heat</c>.</summary>
    protected abstract string Service { get; }

    public abstract void Map(IEndpointRouteBuilder app);

    /// <summary>The body of a refusal in this service's own shape.</summary>
    protected abstract JsonObject Describe(ApiFault fault);

    /// <summary>Headers that every answer of the service carries.</summary>
    protected virtual void Decorate(HttpContext http)
    {
    }

    protected void Get(IEndpointRouteBuilder app, string pattern, Func<ApiRequest, ApiAnswer> handler) => On(app, "GET", pattern, handler);

    /// <summary>Version documents and the like, for which nobody needs a token.</summary>
    protected void Open(IEndpointRouteBuilder app, string pattern, Func<ApiRequest, ApiAnswer> handler) => On(app, "GET", pattern, handler, open: true);

    /// <summary>A change: refused to those who may only read.</summary>
    protected void Post(IEndpointRouteBuilder app, string pattern, Func<ApiRequest, ApiAnswer> handler) => On(app, "POST", pattern, Writing(handler));

    protected void Put(IEndpointRouteBuilder app, string pattern, Func<ApiRequest, ApiAnswer> handler) => On(app, "PUT", pattern, Writing(handler));

    protected void Patch(IEndpointRouteBuilder app, string pattern, Func<ApiRequest, ApiAnswer> handler) => On(app, "PATCH", pattern, Writing(handler));

    protected void Delete(IEndpointRouteBuilder app, string pattern, Func<ApiRequest, ApiAnswer> handler) => On(app, "DELETE", pattern, Writing(handler));

    protected void On(IEndpointRouteBuilder app, string method, string pattern, Func<ApiRequest, ApiAnswer> handler, bool open = false, bool saves = true) =>
        app.MapMethods(pattern, [method], http => ServeAsync(http, handler, open, saves && method is not "GET" and not "HEAD"));

    /// <summary>The tail of every service's routes: a 404 in its own shape.</summary>
    protected void NotFoundUnder(IEndpointRouteBuilder app, string prefix) =>
        app.Map(prefix + "/{**rest}", http => ServeAsync(http, _ => throw ApiFault.NotFound("The resource could not be found."), open: true, saves: false));

    private static Func<ApiRequest, ApiAnswer> Writing(Func<ApiRequest, ApiAnswer> handler) => request =>
    {
        request.RequireWriter();
        return handler(request);
    };

    private static async Task<JsonNode?> ReadBodyAsync(HttpContext http)
    {
        if (http.Request.ContentLength is 0 or null && !http.Request.Headers.TransferEncoding.ToString().Contains("chunked", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        using var reader = new StreamReader(http.Request.Body);
        var text = await reader.ReadToEndAsync(http.RequestAborted);
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            throw ApiFault.BadRequest("The server could not comply with the request since it is either malformed or otherwise incorrect: the body is not JSON.");
        }
    }

    private async Task ServeAsync(HttpContext http, Func<ApiRequest, ApiAnswer> handler, bool open, bool saves)
    {
        var requestId = "req-" + Ids.New();
        http.Response.Headers["x-openstack-request-id"] = requestId;
        http.Items["request-id"] = requestId;
        ApiAnswer answer;
        try
        {
            await Cloud.Scenarios.DelayAsync(Service, http.RequestAborted);
            var body = await ReadBodyAsync(http);
            lock (Cloud.Gate)
            {
                Cloud.Scenarios.ThrowIfOut(Service);
                answer = handler(new ApiRequest(http, body, Authenticate(http, open)));
            }

            if (saves)
            {
                Cloud.Touch();
                await Cloud.SaveAsync(http.RequestAborted);
            }
        }
        catch (ApiFault fault)
        {
            answer = new ApiAnswer(fault.Status, Describe(fault));
            if (fault.Status is 401)
            {
                answer = answer.With("WWW-Authenticate", $"Keystone uri=\"{Cloud.BaseUrl}identity\"");
            }
        }

        await WriteAsync(http, answer);
    }

    private Session? Authenticate(HttpContext http, bool open)
    {
        var token = http.Request.Headers["X-Auth-Token"].ToString();
        return open && token.Length == 0 ? null
            : Cloud.Identity.FindSession(token) ?? (open ? null : throw ApiFault.Unauthorized());
    }

    private async Task WriteAsync(HttpContext http, ApiAnswer answer)
    {
        http.Response.StatusCode = answer.Status;
        http.Response.Headers.Vary = "X-Auth-Token";
        Decorate(http);
        foreach (var (name, value) in answer.Headers)
        {
            http.Response.Headers[name] = value;
        }

        if (answer.Body is null || http.Request.Method is "HEAD")
        {
            return;
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(answer.Body.Write(), http.RequestAborted);
    }
}
