using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Magnum.Core.Errors;

namespace Magnum.Core.Certificates;

/// <summary>Makes CAs and signs with them. Pure: keys in, certificates out.</summary>
internal static class CertificateAuthority
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>A CA of its own: <c>CN=name</c>, may sign end certificates only.</summary>
    public static KeyMaterial CreateCa(string commonName, CertificateOptions options, DateTimeOffset now)
    {
        using var key = RSA.Create(options.RsaKeySize);
        var request = new CertificateRequest(CommonName(commonName), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        var subjectKey = new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
        request.CertificateExtensions.Add(subjectKey);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(subjectKey));
        var notAfter = now.AddDays(options.TermOfValidity);
        using var certificate = request.Create(
            request.SubjectName, X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1), now.AddDays(-1), notAfter, NewSerial());
        return new KeyMaterial(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), notAfter);
    }

    /// <summary>Magnum's own client certificate, or one for a kubeconfig: <c>O=system:masters, CN=admin</c>, signed by the cluster's CA.</summary>
    public static KeyMaterial CreateClient(KeyMaterial ca, CertificateOptions options, DateTimeOffset now)
    {
        using var key = RSA.Create(options.RsaKeySize);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName("admin");
        subject.AddOrganizationName("system:masters");
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var (pem, notAfter) = Issue(request, ca, now.AddDays(options.TermOfValidity), now);
        return new KeyMaterial(pem, key.ExportPkcs8PrivateKeyPem(), notAfter);
    }

    /// <summary>A key pair without a certificate, by which service account tokens are signed.</summary>
    public static KeyMaterial CreateKeyPair(CertificateOptions options)
    {
        using var key = RSA.Create(options.RsaKeySize);
        return new KeyMaterial(key.ExportSubjectPublicKeyInfoPem(), key.ExportPkcs8PrivateKeyPem(), DateTimeOffset.MaxValue);
    }

    /// <summary>Signs a request that was read and filtered.</summary>
    /// <param name="forNode">Whether a node of the cluster asked: its certificate may be renewed by whoever holds it.</param>
    /// <param name="life">How long it lasts; null: as long as the options say.</param>
    public static Result<string> Sign(KeyMaterial ca, SigningRequest csr, CertificateOptions options, DateTimeOffset now, bool forNode = false, TimeSpan? life = null)
    {
        var request = new CertificateRequest(csr.Subject, csr.PublicKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        foreach (var extension in csr.Extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        if (!csr.Extensions.Any(e => e.Oid?.Value == Oids.SubjectKeyIdentifier))
        {
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(csr.PublicKey, critical: false));
        }

        return Issue(request, ca, life is { } term ? now + term : now.AddDays(options.TermOfValidity), now, forNode ? NodeSerial.New(ca) : null).Pem;
    }

    private static (string Pem, DateTimeOffset NotAfter) Issue(
        CertificateRequest request, KeyMaterial ca, DateTimeOffset wanted, DateTimeOffset now, byte[]? serial = null)
    {
        using var issuer = X509Certificate2.CreateFromPem(ca.Certificate);
        using var key = RSA.Create();
        key.ImportFromPem(ca.PrivateKey);
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var notAfter = wanted < ca.NotAfter ? wanted : ca.NotAfter;   // a certificate that outlives its CA is worth nothing and confuses
        using var certificate = request.Create(
            issuer.SubjectName, X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1), now.AddDays(-1), notAfter, serial ?? NewSerial());
        return (certificate.ExportCertificatePem(), notAfter);
    }

    private static X500DistinguishedName CommonName(string name)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        return subject.Build();
    }

    /// <summary>128 random bits, positive.</summary>
    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }
}
