namespace Magnum.Web.Features.SignIn;

/// <summary>The cookies of the dashboard: the session's secret, and what is remembered for the next sign-in.</summary>
internal static class SessionCookie
{
    private const string Name = "magnum.session";
    private const string DomainName = "magnum.domain";
    private const string ProjectName = "magnum.project";

    /// <summary>The session's secret, if the browser has one.</summary>
    public static string? Read(HttpRequest request) => request.Cookies[Name] is { Length: > 20 and < 100 } secret ? secret : null;

    /// <summary>Gives the browser a session's secret; it lasts until the browser is closed.</summary>
    public static void Write(HttpContext context, string secret) => context.Response.Cookies.Append(Name, secret, Options(context, null));

    /// <summary>Takes it away.</summary>
    public static void Clear(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context, null));

    /// <summary>The domain of the last sign-in.</summary>
    public static string ReadDomain(HttpRequest request) => request.Cookies[DomainName] is { Length: > 0 and <= 64 } domain ? domain : "Default";

    /// <summary>The id of the project that was used last.</summary>
    public static string? ReadProject(HttpRequest request) => request.Cookies[ProjectName] is { Length: > 0 and <= 64 } project ? project : null;

    /// <summary>Remembers domain and project.</summary>
    public static void Remember(HttpContext context, string? domain, string? projectId)
    {
        if (domain is { Length: > 0 and <= 64 })
        {
            context.Response.Cookies.Append(DomainName, domain, Options(context, TimeSpan.FromDays(365)));
        }

        if (projectId is not null)
        {
            context.Response.Cookies.Append(ProjectName, projectId, Options(context, TimeSpan.FromDays(365)));
        }
    }

    private static CookieOptions Options(HttpContext context, TimeSpan? age) => new()
    {
        HttpOnly = age is null,   // the remembered project may be changed by the page
        IsEssential = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        Path = "/",
        MaxAge = age,
    };
}
