using Magnum.Web.Api;

namespace Magnum.Web.Startup;

/// <summary>
/// Keeps the two doors apart by the port a request came in on. The API's pipeline has routes of its own, so that no page can
/// answer there and no API route on the dashboard's port.
/// </summary>
internal static class ApiListener
{
    public static void UseApiListener(this WebApplication app, MagnumOptions options)
    {
        var roles = options.ParseRoles();
        if (!roles.HasFlag(MagnumRoles.Api))
        {
            return;
        }

        var branch = new ApplicationBuilder(app.Services);
        branch.UseMagnumHealth();
        branch.UseMagnumApi();
        var api = branch.Build();
        var port = options.Api.Port;
        // A test server has no ports: with the API as its only role everything is the API's.
        app.Use(next => context =>
            !roles.HasFlag(MagnumRoles.Web) || context.Connection.LocalPort == port ? api(context) : next(context));
    }
}
