namespace Magnum.Core.Errors;

/// <summary>What a caller can act on. The REST API alone turns it into a status, the dashboard into a message.</summary>
/// <param name="Detail">The whole sentence, naming the field or resource.</param>
public abstract record MagnumError(string Detail)
{
    /// <summary>The field that is at fault, in the API's spelling, when one is.</summary>
    public string? Field { get; init; }

    /// <summary>400.</summary>
    public sealed record Invalid(string Detail) : MagnumError(Detail);

    /// <summary>403: policy, quota or a foreign thing that may be known to exist.</summary>
    public sealed record Forbidden(string Detail) : MagnumError(Detail);

    /// <summary>403: the project has as many as it may.</summary>
    public sealed record OverQuota(string Detail) : MagnumError(Detail);

    /// <summary>404.</summary>
    public sealed record NotFound(string Detail) : MagnumError(Detail);

    /// <summary>409: ambiguous, taken, or changed by somebody else meanwhile.</summary>
    public sealed record Conflict(string Detail) : MagnumError(Detail);

    /// <summary>412: not what the caller took it for.</summary>
    public sealed record Stale(string Detail) : MagnumError(Detail);

    /// <summary>422: a key that stands for one request came with another one.</summary>
    public sealed record KeyReused(string Detail) : MagnumError(Detail);

    /// <summary>400 on Magnum's API: not in this state.</summary>
    public sealed record WrongState(string Detail) : MagnumError(Detail);

    /// <summary>400: the driver or engine cannot do it.</summary>
    public sealed record Unsupported(string Detail) : MagnumError(Detail);

    /// <summary>503: the cloud did not answer.</summary>
    public sealed record Unavailable(string Detail) : MagnumError(Detail);
}
