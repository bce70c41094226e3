using Microsoft.Net.Http.Headers;

namespace Magnum.Web.Api.Http;

/// <summary>The address under which a caller reached us: links begin with it.</summary>
internal static class BaseAddress
{
    /// <summary>Scheme, host and prefix, without a trailing slash.</summary>
    /// <param name="trustForwarded">Whether a proxy in front says it.</param>
    public static string Of(HttpRequest request, bool trustForwarded)
    {
        var scheme = request.Scheme;
        var host = request.Host.HasValue ? request.Host.ToUriComponent() : "localhost";
        if (!trustForwarded)
        {
            return $"{scheme}://{host}";
        }

        var prefix = First(request.Headers["X-Forwarded-Prefix"]) ?? "";
        scheme = First(request.Headers["X-Forwarded-Proto"]) ?? scheme;
        host = First(request.Headers["X-Forwarded-Host"]) ?? host;
        if (First(request.Headers["Forwarded"]) is { } forwarded)
        {
            foreach (var pair in forwarded.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                if (NameValueHeaderValue.TryParse(pair, out var parsed))
                {
                    var value = HeaderUtilities.RemoveQuotes(parsed.Value).ToString();
                    scheme = parsed.Name.Equals("proto", StringComparison.OrdinalIgnoreCase) ? value : scheme;
                    host = parsed.Name.Equals("host", StringComparison.OrdinalIgnoreCase) ? value : host;
                }
            }
        }

        return $"{scheme}://{host}{(prefix.Length > 0 ? "/" + prefix.Trim('/') : "")}";
    }

    /// <summary>With several proxies the first value is the one that the caller used.</summary>
    private static string? First(string? header) =>
        header?.Split(',', StringSplitOptions.TrimEntries)[0] is { Length: > 0 } value ? value : null;
}
