using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Magnum.Web.Api;

/// <summary>The section <c>Api</c>: how the REST API behaves.</summary>
public sealed class MagnumApiOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Api";

    /// <summary>Items of a page at most, and without <c>limit</c>. Default 1000.</summary>
    [Range(1, 1000)]
    public int MaxLimit { get; set; } = 1000;

    /// <summary>Bytes of a request's body at most. Default 256 KiB.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 256 * 1024;

    /// <summary>Levels of nesting in a request's body at most. Default 32.</summary>
    [Range(4, 256)]
    public int MaxBodyDepth { get; set; } = 32;

    /// <summary>Take the address in links from <c>X-Forwarded-*</c> and <c>Forwarded</c>. Only behind a proxy that sets them. Default off.</summary>
    public bool TrustForwardedHeaders { get; set; }

    /// <summary>While this file exists <c>/healthcheck</c> answers 503, so that a load balancer drains the process. Default none.</summary>
    public string DrainFile { get; set; } = "";

    /// <summary>Seconds for which a token that Keystone vouched for is not asked about again: so long a revoked one may still work. Default 60.</summary>
    [Range(0, 3600)]
    public int TokenCacheSeconds { get; set; } = 60;

    /// <summary>Seconds for which a token that Keystone did not know is refused without asking. Default 5.</summary>
    [Range(0, 300)]
    public int InvalidTokenCacheSeconds { get; set; } = 5;

    /// <summary>Tokens remembered at most. Default 10000.</summary>
    [Range(16, 1_000_000)]
    public int TokenCacheSize { get; set; } = 10_000;

    /// <summary>Streams of events at one time; who comes later is answered 503. Default 1000.</summary>
    [Range(0, 100_000)]
    public int MaxEventStreams { get; set; } = 1000;
}

/// <summary>Checks the section at start.</summary>
[OptionsValidator]
internal sealed partial class MagnumApiOptionsValidator : IValidateOptions<MagnumApiOptions>;
