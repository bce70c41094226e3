using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Api;

/// <summary>What Heat's doors share: errors, and finding a stack by what the path says.</summary>
internal abstract class HeatApi(Cloud cloud) : ServiceApi(cloud)
{
    protected const string Root = "/orchestration/v1/{project}";
    protected const string StackPath = Root + "/stacks/{name}/{id}";

    protected override string Service => "heat";

    protected HeatEngine Heat => Cloud.Heat;

    protected StackJson Json { get; } = new(cloud);

    protected override JsonObject Describe(ApiFault fault) => fault.Status is 401
        ? new JsonObject { ["error"] = new JsonObject { ["code"] = 401, ["title"] = "Unauthorized", ["message"] = fault.Message } }
        : new JsonObject
        {
            ["code"] = fault.Status,
            ["title"] = ApiFault.TitleOf(fault.Status),
            ["explanation"] = fault.Status switch
            {
                400 => "The server could not comply with the request since it is either malformed or otherwise incorrect.",
                403 => "Access was denied to this resource.",
                404 => "The resource could not be found.",
                409 => "There was a conflict when trying to complete your request.",
                503 => "The server is currently unavailable. Please try again at a later time.",
                _ => "The server has either erred or is incapable of performing the requested operation.",
            },
            ["error"] = new JsonObject { ["message"] = fault.Message, ["traceback"] = null, ["type"] = fault.Kind ?? (fault.Status is 403 ? "Forbidden" : "HTTP" + ApiFault.TitleOf(fault.Status).Replace(" ", "", StringComparison.Ordinal)) },
        };

    /// <summary>The project of the path, which must be the token's unless an administrator asks.</summary>
    protected static string Project(ApiRequest request)
    {
        var project = request.Route("project");
        return project == request.Session.Project?.Id || request.IsAdmin ? project : throw ApiFault.Forbidden("You are not authorized to use this project's stacks.");
    }

    /// <summary>The stack of name and id in the path; deleted ones are still told of.</summary>
    protected StackRow Find(ApiRequest request)
    {
        var project = Project(request);
        return Heat.Stacks.GetValueOrDefault(request.Route("id")) is { Vanished: false } stack && IsShown(request, stack, project) && stack.Name == request.Route("name")
            ? stack
            : throw HeatFault.NotFound("Stack", $"{request.Route("name")}/{request.Route("id")}");
    }

    /// <summary>A stack that is there, by name or by id.</summary>
    protected StackRow Lookup(ApiRequest request)
    {
        var project = Project(request);
        var wanted = request.Route("name");
        return Heat.Stacks.Values.FirstOrDefault(s => s.Id == wanted && IsShown(request, s, project) && !s.Vanished)
            ?? Heat.Stacks.Values.FirstOrDefault(s => s.ProjectId == project && s.Name == wanted && !s.IsDeleted)
            ?? throw HeatFault.NotFound("Stack", wanted);
    }

    // Heat finds any stack by its id for an administrator, whichever project the path names.
    private static bool IsShown(ApiRequest request, StackRow stack, string project) => request.IsAdmin || stack.ProjectId == project;

    protected static ResourceRow Resource(ApiRequest request, StackRow stack) =>
        stack.Live(request.Route("resource")) ?? throw HeatFault.NotFound("Resource", request.Route("resource"));

    /// <summary>Short paths lead to the full one, whatever the method.</summary>
    protected void Redirect(IEndpointRouteBuilder app, string method, string tail) => On(app, method, Root + "/stacks/{name}" + tail, r =>
    {
        var stack = Lookup(r);
        var rest = tail.Contains("{resource}", StringComparison.Ordinal) ? tail.Replace("{resource}", Uri.EscapeDataString(r.Route("resource")), StringComparison.Ordinal) : tail;
        return new ApiAnswer(302, new JsonObject { ["code"] = 302 }).With("Location", Json.Url(stack) + rest + r.Http.Request.QueryString);
    }, saves: false);
}
