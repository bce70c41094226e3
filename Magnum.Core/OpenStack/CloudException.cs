namespace Magnum.Core.OpenStack;

/// <summary>What kind of trouble a cloud service is in, which decides whether trying again can help.</summary>
public enum CloudFault
{
    /// <summary>No answer: refused, reset, name not resolved, TLS failed, timed out.</summary>
    Unreachable,

    /// <summary>401: the credential is not, or no longer, valid.</summary>
    Unauthorized,

    /// <summary>403: the credential is valid and not allowed.</summary>
    Forbidden,

    /// <summary>404 where an answer was needed.</summary>
    NotFound,

    /// <summary>409: something is in the way, or in progress.</summary>
    Conflict,

    /// <summary>400 and other refusals of what was sent.</summary>
    Invalid,

    /// <summary>413 or 429, or a quota text: a limit of the cloud.</summary>
    OverLimit,

    /// <summary>5xx.</summary>
    ServerError,

    /// <summary>An answer that could not be understood.</summary>
    Malformed,

    /// <summary>The catalog has no endpoint for the service in this region and interface.</summary>
    NoEndpoint,
}

/// <summary>A call to an OpenStack service failed.</summary>
/// <param name="service">The service type, such as <c>orchestration</c>.</param>
/// <param name="fault">What kind of failure.</param>
/// <param name="message">A sentence for people; the service's own words where it gave any.</param>
public sealed class CloudException(string service, CloudFault fault, string message, Exception? inner = null)
    : Exception(PublicText.Clean(message), inner)
{
    /// <summary>The service type, such as <c>orchestration</c>.</summary>
    public string Service { get; } = service;

    /// <summary>What kind of failure.</summary>
    public CloudFault Fault { get; } = fault;

    /// <summary>The HTTP status, when there was an answer.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The service's request id (<c>X-Openstack-Request-Id</c>), when it gave one.</summary>
    public string? RequestId { get; init; }

    /// <summary>How long the service asked to wait (<c>Retry-After</c>).</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the same call may succeed later with nothing changed by people.</summary>
    public bool IsTransient => Fault is CloudFault.Unreachable or CloudFault.ServerError or CloudFault.Malformed
        || StatusCode is 429 or 408 || RetryAfter is not null;
}
