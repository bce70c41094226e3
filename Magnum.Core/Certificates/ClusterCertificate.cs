namespace Magnum.Core.Certificates;

/// <summary>What a key pair is for.</summary>
public enum CertificatePurpose
{
    /// <summary>The cluster's CA (<c>kubernetes</c>).</summary>
    Ca,
    EtcdCa,

    /// <summary>CA of the aggregation layer.</summary>
    FrontProxyCa,

    /// <summary>Magnum's own client certificate.</summary>
    Client,

    /// <summary>Key pair of service accounts; the public key stands in the certificate column.</summary>
    ServiceAccount,
}

/// <summary>Where a CA stands in a rotation. Whatever is no CA is always current.</summary>
public enum CertificateRole
{
    /// <summary>Signs.</summary>
    Current,

    /// <summary>Made and trusted, does not sign yet.</summary>
    Next,

    /// <summary>Still trusted, signs no more.</summary>
    Previous,

    /// <summary>Trusted no more, kept until every node knows that.</summary>
    Retired,
}

/// <summary>A certificate with its protected private key.</summary>
public sealed class ClusterCertificate
{
    public long Id { get; internal set; }

    public Guid Uuid { get; internal set; }

    public Guid ClusterUuid { get; internal set; }

    public CertificatePurpose Purpose { get; internal set; }

    public CertificateRole Role { get; internal set; }

    /// <summary>From 1, one more with each rotation.</summary>
    public int Generation { get; internal set; } = 1;

    /// <summary>PEM with LF, without a trailing newline.</summary>
    public string Certificate { get; internal set; } = "";

    /// <summary>PKCS#8 PEM, protected by <see cref="Credentials.ISecretProtector"/>.</summary>
    public string PrivateKey { get; internal set; } = "";

    public DateTimeOffset NotAfter { get; internal set; }

    public DateTimeOffset CreatedAt { get; internal set; }
}
