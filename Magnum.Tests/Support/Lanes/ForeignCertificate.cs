using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Magnum.Tests.Support.Lanes;

/// <summary>A client's certificate that says what an administrator's says, and that no CA of the cluster's has signed.</summary>
internal static class ForeignCertificate
{
    /// <summary>Into a folder, as a client's three files.</summary>
    public static void Write(string folder, string ca)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("O=system:masters, CN=admin", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.Copy(ca, Path.Combine(folder, "ca.pem"));
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
