using Hangfire;
using Hangfire.Dashboard;

namespace Magnum.Web.Background;

/// <summary>Hangfire's own pages, for administrators signed in to the dashboard.</summary>
internal static class JobsDashboard
{
    /// <summary>Where they are, beside the dashboard.</summary>
    public const string Path = "/jobs";

    public static void MapJobsDashboard(this WebApplication app) =>
        app.MapHangfireDashboard(Path, new DashboardOptions
        {
            Authorization = [new AdministratorsOnly()],
            IsReadOnlyFunc = _ => true,
            AppPath = "/",
            DashboardTitle = "Magnum jobs",
            DisplayStorageConnectionString = false,
        });

    private sealed class AdministratorsOnly : IDashboardAuthorizationFilter
    {
        public bool Authorize(DashboardContext context) => context.GetHttpContext().User.IsInRole("admin");
    }
}
