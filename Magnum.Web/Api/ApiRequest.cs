using Magnum.Core.Errors;
using Magnum.Core.Policies;
using Magnum.Web.Api.Input;
using Microsoft.AspNetCore.Http.Features;

namespace Magnum.Web.Api;

/// <summary>A request on its way through the API; endpoints take it as a parameter.</summary>
internal sealed class ApiRequest(HttpContext http, string requestId)
{
    /// <summary>The request itself.</summary>
    public HttpContext Http { get; } = http;

    /// <summary><c>req-&lt;uuid&gt;</c>.</summary>
    public string RequestId { get; } = requestId;

    /// <summary>Who asks; set before any route that is not public.</summary>
    public Caller Caller { get; set; } = null!;

    /// <summary>The version at which it is served.</summary>
    public Microversion Version { get; set; } = Microversion.Minimum;

    /// <summary>The body as values of JSON (<see cref="Input.JsonValues"/>), where the route takes one.</summary>
    public object? Body { get; set; }

    /// <summary>Whether a stream of events is asked for, of a route that has one.</summary>
    public bool WantsStream { get; set; }

    /// <summary>Scheme, host and prefix of links, without a trailing slash.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>The largest page.</summary>
    public required int MaxLimit { get; init; }

    /// <summary>A query parameter; null when it is not there.</summary>
    /// <returns>The refusal when it is there more than once.</returns>
    public MagnumError? One(string parameter, out string? value)
    {
        var values = Http.Request.Query[parameter];
        value = values.Count > 0 ? values[^1] : null;
        return values.Count > 1 ? InputError.Field(parameter, values.ToString(), "Value should be given once") : null;
    }

    /// <summary>A query parameter that is a boolean; false when it is not there.</summary>
    public MagnumError? Boolean(string parameter, out bool value)
    {
        value = false;
        if (One(parameter, out var text) is { } refused)
        {
            return refused;
        }

        var read = text is null ? false : BooleanType.Of(text);
        value = read is true;
        return read is null ? InputError.Field(parameter, text, "Value should be a boolean") : null;
    }

    /// <summary>The request of this context.</summary>
    public static ApiRequest Of(HttpContext http) => http.Features.GetRequiredFeature<ApiRequest>();

    /// <summary>How endpoints get it.</summary>
    public static ValueTask<ApiRequest?> BindAsync(HttpContext context) => ValueTask.FromResult<ApiRequest?>(Of(context));
}
