using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Magnum.Core.Certificates;
using Magnum.Core.Errors;

namespace Magnum.Tests.Support.Conductor;

/// <summary>A node with its kubelet's certificate, which does with it what the script on a real one does.</summary>
internal sealed class FakeNode : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _subject;

    /// <param name="organization">In the subject; a kubelet's says that it is a node.</param>
    /// <param name="forNode">Whether the CA takes it for a node's.</param>
    public FakeNode(
        Guid cluster, string name, KeyMaterial ca, DateTimeOffset now, bool forNode = true, string? commonName = null, string? organization = "system:nodes", int days = 365)
    {
        (Cluster, Name) = (cluster, name);
        _subject = $"{(organization is null ? "" : $"O={organization}, ")}CN={commonName ?? $"system:node:{name}"}";
        Certificate = CertificateAuthority.Sign(ca, SigningRequest.Parse(Csr()).Value!, new CertificateOptions { TermOfValidity = days }, now, forNode).Value!;
    }

    public Guid Cluster { get; }

    public string Name { get; }

    /// <summary>Its kubelet's, as PEM.</summary>
    public string Certificate { get; set; }

    /// <summary>The phase that it has put into effect.</summary>
    public string Applied { get; set; } = "";

    /// <summary>The bundles that it trusts.</summary>
    public IReadOnlyDictionary<CaType, string> Trusts { get; private set; } = new Dictionary<CaType, string>();

    /// <summary>What it does next on being told, in order.</summary>
    public List<string> History { get; } = [];

    /// <summary>Asks, does what it is told, and says so at once.</summary>
    public async Task<Result<NodeInstructions>> FollowAsync(NodeCertificateService door, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var told = await door.ReportAsync(Cluster.ToString(), Report(now), cancellationToken);
        if (told.Value is not { } instructions)
        {
            return told;
        }

        var changed = Applied != instructions.Phase;
        Trusts = instructions.Authorities;
        if (instructions.Renew && !IsSignedBy(Trusts[CaType.Kubernetes].Split("\n-----BEGIN")[0]))
        {
            Certificate = (await door.RenewAsync(Cluster.ToString(), Renewal(), cancellationToken)).Value ?? throw new InvalidOperationException("The renewal was refused.");
        }

        Applied = instructions.Phase;
        if (!changed)
        {
            return told;
        }

        History.Add(Applied);
        return await door.ReportAsync(Cluster.ToString(), Report(now), cancellationToken);
    }

    /// <param name="applied">Null: what it has put into effect.</param>
    public NodeReport Report(DateTimeOffset at, string? applied = null, string? cluster = null)
    {
        var time = at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return new NodeReport(Certificate, time, applied ?? Applied, Sign($"{cluster ?? Cluster.ToString()}\n{time}\n{applied ?? Applied}"));
    }

    public NodeRenewal Renewal(string? csr = null)
    {
        csr ??= Csr();
        return new NodeRenewal(CaType.Kubernetes, Certificate, csr, Sign(csr));
    }

    /// <param name="subject">Null: its own.</param>
    public string Csr(string? subject = null, string? address = "10.0.0.9", string usage = "1.3.6.1.5.5.7.3.1")
    {
        var request = new CertificateRequest(subject ?? _subject, _key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Name);
        if (address is not null)
        {
            names.AddIpAddress(System.Net.IPAddress.Parse(address));
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: false));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2"), new Oid(usage)], critical: false));
        return request.CreateSigningRequestPem();
    }

    public string Sign(string text) => Convert.ToBase64String(_key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    /// <summary>Whether its certificate is this CA's.</summary>
    public bool IsSignedBy(string caPem) => CertificateChain.IsSignedBy(Certificate, caPem);

    public void Dispose() => _key.Dispose();
}
