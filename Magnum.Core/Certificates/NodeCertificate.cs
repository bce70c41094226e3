namespace Magnum.Core.Certificates;

/// <summary>How far a node has followed its cluster's CAs, by its own word.</summary>
public sealed class NodeCertificate
{
    public long Id { get; internal set; }

    public Guid ClusterUuid { get; internal set; }

    /// <summary>The node's name, which is its server's.</summary>
    public string NodeName { get; internal set; } = "";

    /// <summary>The <see cref="CaPhase.Token"/> that it has put into effect.</summary>
    public string Applied { get; internal set; } = "";

    /// <summary>When it last reported, give or take <see cref="NodeCertificateService.SeenPrecision"/>.</summary>
    public DateTimeOffset SeenAt { get; internal set; }
}
