namespace Magnum.Core.Idempotency;

/// <summary>The answer to a request that came with a key of its own; made in the transaction that made the thing, so that neither is without the other.</summary>
public sealed class IdempotencyRecord
{
    /// <summary>SHA-256 over project, user and key, hexadecimal.</summary>
    public string Id { get; internal set; } = "";

    /// <summary>SHA-256 over what was asked for, hexadecimal.</summary>
    public string Fingerprint { get; internal set; } = "";

    /// <summary>Of HTTP.</summary>
    public int Status { get; internal set; }

    public string Body { get; internal set; } = "";

    public string? Location { get; internal set; }

    public DateTimeOffset CreatedAt { get; internal set; }
}
