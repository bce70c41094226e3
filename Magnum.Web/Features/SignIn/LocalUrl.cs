namespace Magnum.Web.Features.SignIn;

/// <summary>Addresses to go back to: only ours.</summary>
internal static class LocalUrl
{
    /// <summary>The address when it is a path of this site, else the front page.</summary>
    public static string Of(string? url) =>
        url is ['/', ..] && !(url.Length > 1 && url[1] is '/' or '\\') && !url.Any(char.IsControl) ? url : "/";
}
