using System.Globalization;
using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Http;

namespace Magnum.Drivers.EmbeddedCloud.Nova;

/// <summary>What both halves of Nova's API share: its errors and microversions.</summary>
internal abstract class NovaApi(Cloud cloud) : ServiceApi(cloud)
{
    protected const string Root = "/compute/v2.1";
    protected const int MaxMinor = 90;

    protected override string Service => "nova";

    protected ComputeJson Json { get; } = new(cloud);

    protected override JsonObject Describe(ApiFault fault) => fault.Status is 401
        ? new JsonObject { ["error"] = new JsonObject { ["code"] = 401, ["title"] = "Unauthorized", ["message"] = fault.Message } }
        : new JsonObject { [NameOf(fault.Status)] = new JsonObject { ["code"] = fault.Status, ["message"] = fault.Message } };

    protected override void Decorate(HttpContext http)
    {
        var version = $"2.{Minor(http)}";
        http.Response.Headers["OpenStack-API-Version"] = "compute " + version;
        http.Response.Headers["X-OpenStack-Nova-API-Version"] = version;
        http.Response.Headers.Vary = "OpenStack-API-Version, X-OpenStack-Nova-API-Version";
        http.Response.Headers["x-compute-request-id"] = (string?)http.Items["request-id"];
    }

    /// <summary>The microversion as a number that compares: 2.9 is 2.09, 2.10 is 2.10.</summary>
    protected static double Version(ApiRequest request) => 2 + (Minor(request.Http) / 100.0);

    private static int Minor(HttpContext http)
    {
        var header = http.Request.Headers["OpenStack-API-Version"].ToString();
        var text = header.StartsWith("compute ", StringComparison.Ordinal) ? header[8..].Trim() : http.Request.Headers["X-OpenStack-Nova-API-Version"].ToString();
        return text is "latest" ? MaxMinor
            : text.StartsWith("2.", StringComparison.Ordinal) && int.TryParse(text.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var minor) ? Math.Min(minor, MaxMinor)
            : 1;
    }

    private static string NameOf(int status) => status switch
    {
        400 => "badRequest",
        403 => "forbidden",
        404 => "itemNotFound",
        409 => "conflictingRequest",
        413 => "overLimit",
        503 => "serviceUnavailable",
        _ => "computeFault",
    };
}
