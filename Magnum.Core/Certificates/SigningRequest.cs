using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Magnum.Core.Errors;

namespace Magnum.Core.Certificates;

/// <summary>A certificate signing request as far as Magnum grants it.</summary>
/// <param name="Subject">Byte for byte as asked for.</param>
/// <param name="Extensions">What is allowed of what was asked for.</param>
internal sealed record SigningRequest(X500DistinguishedName Subject, PublicKey PublicKey, IReadOnlyList<X509Extension> Extensions)
{
    private const int SmallestRsaKey = 2048;
    private const int LongestPem = 64 * 1024;

    private const X509KeyUsageFlags AllowedUsages =
        X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.NonRepudiation;

    /// <summary>Reads and filters: a critical wish that is not allowed refuses the whole, any other one is dropped.</summary>
    public static Result<SigningRequest> Parse(string pem)
    {
        if (pem.Length > LongestPem)
        {
            return Invalid("it is too long");
        }

        CertificateRequest request;
        try
        {
            // Checks that the requester holds the key. The hash is that of a later signature, which is not made from this object.
            request = CertificateRequest.LoadSigningRequestPem(
                pem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions, RSASignaturePadding.Pkcs1);
            if (CheckKey(request.PublicKey) is { } weak)
            {
                return Invalid(weak);
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or NotSupportedException)
        {
            return Invalid(e.Message);
        }

        try
        {
            return Filter(request);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return Invalid("one of its extensions cannot be read");
        }
    }

    private static Result<SigningRequest> Filter(CertificateRequest request)
    {
        var granted = new List<X509Extension>();
        foreach (var asked in request.CertificateExtensions)
        {
            switch (asked.Oid?.Value)
            {
                case Oids.KeyUsage:
                    var usages = new X509KeyUsageExtension(asked, asked.Critical).KeyUsages;
                    if ((usages & ~AllowedUsages) != 0 && asked.Critical)
                    {
                        return NotAllowed("keyUsage");
                    }

                    if ((usages & AllowedUsages) is var left && left != 0)
                    {
                        granted.Add(new X509KeyUsageExtension(left, asked.Critical));
                    }

                    break;
                case Oids.BasicConstraints:
                    var isCa = new X509BasicConstraintsExtension(asked, asked.Critical).CertificateAuthority;
                    if (isCa && asked.Critical)
                    {
                        return NotAllowed("basicConstraints");
                    }

                    granted.Add(isCa ? new X509BasicConstraintsExtension(false, false, 0, critical: false) : asked);
                    break;
                case Oids.ExtendedKeyUsage or Oids.SubjectAltName or Oids.SubjectKeyIdentifier:
                    granted.Add(asked);
                    break;
                case var other when asked.Critical:
                    return NotAllowed(other ?? "unknown");
            }
        }

        if (granted.DistinctBy(e => e.Oid!.Value).Count() != granted.Count)
        {
            return Invalid("an extension is asked for twice");
        }

        return new SigningRequest(request.SubjectName, request.PublicKey, granted);
    }

    private static string? CheckKey(PublicKey key)
    {
        using var rsa = key.GetRSAPublicKey();
        if (rsa is not null)
        {
            return rsa.KeySize < SmallestRsaKey ? $"its RSA key is shorter than {SmallestRsaKey} bits" : null;
        }

        using var ecdsa = key.GetECDsaPublicKey();
        return ecdsa is null ? "its key is neither RSA nor ECDSA" : null;
    }

    private static MagnumError.Invalid Invalid(string why) => new MagnumError.Invalid($"Received invalid csr: {why.TrimEnd('.')}.") { Field = "csr" };

    private static MagnumError.Invalid NotAllowed(string extension) => new MagnumError.Invalid($"Extension '{extension}' not allowed") { Field = "csr" };
}
