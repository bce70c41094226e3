using System.Security.Cryptography.X509Certificates;

namespace Magnum.Tests.Support;

/// <summary>Who has signed a certificate.</summary>
internal static class CertificateChain
{
    /// <param name="at">When it has to be valid; null: now.</param>
    public static bool IsSignedBy(this X509Certificate2 certificate, X509Certificate2 authority, DateTime? at = null)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (at is { } time)
        {
            chain.ChainPolicy.VerificationTime = time;
        }

        return chain.Build(certificate);
    }

    /// <summary>The same of PEM; valid a day after it begins to be, whatever clock it was made by.</summary>
    public static bool IsSignedBy(string pem, string authorityPem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        using var authority = X509Certificate2.CreateFromPem(authorityPem);
        return certificate.IsSignedBy(authority, certificate.NotBefore.AddHours(25));
    }
}
