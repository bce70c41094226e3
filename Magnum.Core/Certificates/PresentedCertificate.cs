using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Magnum.Core.Certificates;

/// <summary>A certificate that somebody shows us.</summary>
internal sealed class PresentedCertificate : IDisposable
{
    private static readonly string[] Granted = [Oids.KeyUsage, Oids.ExtendedKeyUsage, Oids.SubjectAltName];

    private readonly X509Certificate2 _certificate;

    private PresentedCertificate(X509Certificate2 certificate) => _certificate = certificate;

    public X500DistinguishedName Subject => _certificate.SubjectName;

    /// <summary>Null when it cannot be read.</summary>
    public static PresentedCertificate? Parse(string pem)
    {
        try
        {
            return new PresentedCertificate(X509Certificate2.CreateFromPem(pem));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether this CA has signed it for a node, and it is valid now.</summary>
    public bool IsNodes(KeyMaterial ca, DateTimeOffset now)
    {
        using var authority = X509Certificate2.CreateFromPem(ca.Certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        return chain.Build(_certificate) && NodeSerial.IsOf(ca, _certificate.SerialNumberBytes.Span);
    }

    /// <summary>Whether who holds the key has signed this, as <c>openssl dgst -sha256 -sign</c> does.</summary>
    /// <param name="signature">In base64.</param>
    public bool HasSigned(ReadOnlySpan<byte> data, string signature)
    {
        var bytes = new byte[signature.Length];
        if (!Convert.TryFromBase64String(signature, bytes, out var length))
        {
            return false;
        }

        try
        {
            using var rsa = _certificate.GetRSAPublicKey();
            using var ecdsa = _certificate.GetECDsaPublicKey();
            return rsa?.VerifyData(data, bytes.AsSpan(0, length), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                ?? ecdsa?.VerifyData(data, bytes.AsSpan(0, length), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                ?? false;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>What a request wants otherwise than this certificate has it; null when it asks for the same.</summary>
    public string? DifferenceTo(SigningRequest request)
    {
        if (!request.Subject.RawData.AsSpan().SequenceEqual(_certificate.SubjectName.RawData))
        {
            return "subject";
        }

        return Array.Find(Granted, oid => !Find(request.Extensions, oid).AsSpan().SequenceEqual(Find(_certificate.Extensions, oid))) switch
        {
            null => null,
            Oids.SubjectAltName => "subjectAltName",
            Oids.KeyUsage => "keyUsage",
            _ => "extendedKeyUsage",
        };
    }

    public void Dispose() => _certificate.Dispose();

    private static byte[]? Find(IEnumerable<X509Extension> extensions, string oid) => extensions.FirstOrDefault(e => e.Oid?.Value == oid)?.RawData;
}
