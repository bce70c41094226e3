using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Keystone;

/// <summary>Keystone's doors share its shape of errors, and its rule that a change needs what the handler says, not a member's role.</summary>
internal abstract class KeystoneApi(Cloud cloud) : ServiceApi(cloud)
{
    protected const string Root = "/identity/v3";

    protected override string Service => "keystone";

    protected IdentityService Identity => Cloud.Identity;

    protected IdentityState State => Cloud.State.Identity;

    protected string Self(string path) => $"{Cloud.BaseUrl}identity/v3/{path}";

    protected JsonObject Links(string path) => new() { ["self"] = Self(path) };

    protected JsonObject List(string key, IEnumerable<JsonObject> items, ApiRequest request) => new()
    {
        [key] = items.Filter(request.Http.Request.Query).ToJson(),
        ["links"] = new JsonObject { ["next"] = null, ["self"] = Self(key), ["previous"] = null },
        ["truncated"] = false,
    };

    protected override JsonObject Describe(ApiFault fault) => new()
    {
        ["error"] = new JsonObject { ["code"] = fault.Status, ["message"] = fault.Message, ["title"] = ApiFault.TitleOf(fault.Status) },
    };

    /// <summary>A change, open to whom the handler lets in.</summary>
    protected void Change(IEndpointRouteBuilder app, string method, string path, Func<ApiRequest, ApiAnswer> handler) => On(app, method, Root + path, handler);

    protected void Read(IEndpointRouteBuilder app, string path, Func<ApiRequest, ApiAnswer> handler) => Get(app, Root + path, handler);

    protected static ApiFault Missing(string kind, string id) => ApiFault.NotFound($"Could not find {kind}: {id}.");

    protected static void RequireAdminOf(ApiRequest request, string domainId, string action)
    {
        if (!request.Session.Administers(domainId))
        {
            throw Denied(action);
        }
    }

    protected static ApiFault Denied(string action) => ApiFault.Forbidden($"You are not authorized to perform the requested action: identity:{action}.");
}
