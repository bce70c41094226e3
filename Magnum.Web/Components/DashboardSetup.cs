using System.Globalization;
using Magnum.Core.Sessions;
using Magnum.Web.Components.Notices;
using Magnum.Web.Components.Parts;
using Magnum.Web.Features.SignIn;
using Magnum.Web.Hubs;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor;
using MudBlazor.Services;

namespace Magnum.Web.Components;

/// <summary>Composes the dashboard.</summary>
internal static class DashboardSetup
{
    /// <summary>Adds pages, sign-in and the progress hub.</summary>
    public static IServiceCollection AddMagnumDashboard(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddLocalization();
        services.AddMudServices(o =>
        {
            o.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomRight;
            o.SnackbarConfiguration.PreventDuplicates = true;
            o.SnackbarConfiguration.ShowTransitionDuration = 150;
        });
        services.AddScoped<Drafts>();
        services.AddScoped<NoticeList>();
        services.AddScoped<SnackbarService>();
        services.AddScoped<ISnackbar, NoticeSnackbar>();   // the last one counts
        services.AddMudLocalization();
        services.AddAuthentication(SessionAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, SessionAuthentication>(SessionAuthentication.SchemeName, null);
        services.AddAuthorization();
        services.AddCascadingAuthenticationState();
        services.AddAntiforgery(o => o.Cookie.Name = "magnum.antiforgery");
        services.AddSignalR();
        services.AddSingleton<SignInThrottle>();
        services.AddScoped<AuthenticationStateProvider, SessionRevalidation>();
        services.AddScoped<IDashboardUser, DashboardUser>();
        services.AddScoped<SignInAgain>();
        services.AddScoped<Permissions>();
        services.AddScoped<HubCallers>();
        services.AddOptions<DashboardOptions>().BindConfiguration("Dashboard").ValidateOnStart()
            .Validate(
                o => o.Regions.Values.All(r => Uri.TryCreate(r, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"),
                "Dashboard:Regions has to give each region the address of its dashboard, such as https://magnum.two.example.com.");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SessionService>();
        services.AddSingleton<ProjectNames>();
        services.AddSingleton<CloudChoicesLoader>();
        return services;
    }

    /// <summary>Adds the dashboard's pipeline and endpoints to the listener that this is called for.</summary>
    public static WebApplication MapMagnumDashboard(this WebApplication app)
    {
        app.UseRequestLocalization(o =>
        {
            CultureInfo[] cultures = [.. SessionEndpoints.Cultures.Select(c => new CultureInfo(c))];
            o.DefaultRequestCulture = new(cultures[0]);
            o.SupportedCultures = cultures;
            o.SupportedUICultures = cultures;
        });
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapSession();
        app.MapHub<ProgressHub>("/hubs/progress");
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        return app;
    }
}
