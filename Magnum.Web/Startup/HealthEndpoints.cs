using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Magnum.Web.Startup;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: what it needs answers too; on both listeners, without a token.</summary>
internal static class HealthEndpoints
{
    public static void UseMagnumHealth(this IApplicationBuilder app)
    {
        app.UseHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        app.UseHealthChecks("/readyz", new HealthCheckOptions { ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(
            context.Response.Body,
            new Dictionary<string, object>
            {
                ["status"] = report.Status.ToString(),
                ["checks"] = report.Entries.ToDictionary(e => e.Key, e => new { status = e.Value.Status.ToString(), description = e.Value.Description }),
            },
            cancellationToken: context.RequestAborted);
    }
}
