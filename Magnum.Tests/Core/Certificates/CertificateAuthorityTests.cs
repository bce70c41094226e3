using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Magnum.Core.Certificates;
using Magnum.Core.Errors;

namespace Magnum.Tests.Core.Certificates;

public sealed class CertificateAuthorityTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 9, 30, 0, TimeSpan.Zero);
    private static readonly CertificateOptions Options = new() { RsaKeySize = 2048 };
    private static readonly Lazy<KeyMaterial> Ca = new(() => CertificateAuthority.CreateCa("blue", Options, Now));

    public static TheoryData<string> Keys => ["rsa2048-sha256", "rsa4096-sha512", "ecdsa"];

    [Fact]
    public void CreateCa_Profile_IsAsSpecified()
    {
        using var ca = X509Certificate2.CreateFromPem(Ca.Value.Certificate);

        Assert.Equal("CN=blue", ca.Subject);
        Assert.Equal(ca.SubjectName.RawData, ca.IssuerName.RawData);
        Assert.Equal(Now.AddDays(-1).UtcDateTime, ca.NotBefore.ToUniversalTime());
        Assert.Equal(Now.AddDays(1825).UtcDateTime, ca.NotAfter.ToUniversalTime());
        Assert.Equal("sha256RSA", ca.SignatureAlgorithm.FriendlyName);
        Assert.InRange(ca.SerialNumberBytes.Length, 8, 20);
        var constraints = ca.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        Assert.True(constraints is { Critical: true, CertificateAuthority: true, HasPathLengthConstraint: true, PathLengthConstraint: 0 });
        var usage = ca.Extensions.OfType<X509KeyUsageExtension>().Single();
        Assert.True(usage is { Critical: true, KeyUsages: X509KeyUsageFlags.KeyCertSign });
        Assert.Single(ca.Extensions.OfType<X509SubjectKeyIdentifierExtension>());
        Assert.Single(ca.Extensions.OfType<X509AuthorityKeyIdentifierExtension>());
        Assert.Matches(@"\A-----BEGIN CERTIFICATE-----\n[^\r]*\n-----END CERTIFICATE-----\z", Ca.Value.Certificate);
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----\n", Ca.Value.PrivateKey, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(242)]
    public void CreateCa_LongName_IsKept(int length)
    {
        using var ca = X509Certificate2.CreateFromPem(CertificateAuthority.CreateCa(new string('x', length), Options, Now).Certificate);

        Assert.Equal($"CN={new string('x', length)}", ca.Subject);
    }

    [Fact]
    public void CreateClient_IsAnAdministratorsClientCertificateOfTheCa()
    {
        using var client = X509Certificate2.CreateFromPem(CertificateAuthority.CreateClient(Ca.Value, Options, Now).Certificate);

        Assert.Equal("CN=admin, O=system:masters", client.Subject);
        Assert.Equal("1.3.6.1.5.5.7.3.2", client.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages[0].Value);
        Assert.False(client.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        AssertChains(client);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Sign_RequestOfAClient_CopiesTheSubjectByteForByteAndAddsOnlyKeyIdentifiers(string kind)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName("admin");
        subject.AddOrganizationName("system:masters");
        subject.AddOrganizationalUnitName("terraform");
        var request = Request(kind, subject.Build());

        using var signed = X509Certificate2.CreateFromPem(Sign(request.CreateSigningRequestPem()));

        Assert.Equal(request.SubjectName.RawData, signed.SubjectName.RawData);
        Assert.Equal(["2.5.29.14", "2.5.29.35"], signed.Extensions.Select(e => e.Oid!.Value!).Order());
        Assert.Equal(request.PublicKey.ExportSubjectPublicKeyInfo(), signed.PublicKey.ExportSubjectPublicKeyInfo());
        AssertChains(signed);
    }

    [Fact]
    public void Sign_AllowedExtensions_AreKeptAndTheKeyIdentifierIsNotDoubled()
    {
        var request = Request();
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("master-0");
        names.AddIpAddress(System.Net.IPAddress.Parse("10.0.0.5"));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation, true));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));

        using var signed = X509Certificate2.CreateFromPem(Sign(request.CreateSigningRequestPem()));

        Assert.Equal(
            ["2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.35", "2.5.29.37"], signed.Extensions.Select(e => e.Oid!.Value!).Order());
        Assert.True(signed.MatchesHostname("master-0"));
    }

    [Fact]
    public void Parse_WishesThatAreNotAllowedAndNotCritical_AreDropped()
    {
        var request = Request();
        request.CertificateExtensions.Add(new X509Extension("1.2.3.4", [5, 0], critical: false));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, false));

        using var signed = X509Certificate2.CreateFromPem(Sign(request.CreateSigningRequestPem()));

        Assert.DoesNotContain(signed.Extensions, e => e.Oid!.Value == "1.2.3.4");
        Assert.Equal(X509KeyUsageFlags.DigitalSignature, signed.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
        Assert.False(signed.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
    }

    [Theory]
    [InlineData("unknown", "Extension '1.2.3.4' not allowed")]
    [InlineData("usage", "Extension 'keyUsage' not allowed")]
    [InlineData("ca", "Extension 'basicConstraints' not allowed")]
    public void Parse_CriticalWishThatIsNotAllowed_IsRefused(string wish, string expected)
    {
        var request = Request();
        request.CertificateExtensions.Add(wish switch
        {
            "unknown" => new X509Extension("1.2.3.4", [5, 0], critical: true),
            "usage" => new X509KeyUsageExtension(X509KeyUsageFlags.CrlSign, true),
            _ => new X509BasicConstraintsExtension(true, false, 0, true),
        });

        Assert.Equal(expected, Assert.IsType<MagnumError.Invalid>(SigningRequest.Parse(request.CreateSigningRequestPem()).Error).Detail);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no pem")]
    [InlineData("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----")]
    public void Parse_Junk_IsRefusedPolitely(string junk) =>
        Assert.StartsWith("Received invalid csr", SigningRequest.Parse(junk).Error?.Detail, StringComparison.Ordinal);

    [Fact]
    public void Parse_RequestWhoseSignatureIsNotTheKeys_IsRefused()
    {
        var der = Request().CreateSigningRequest();
        der[^1] ^= 1;

        Assert.NotNull(SigningRequest.Parse(PemEncoding.WriteString("CERTIFICATE REQUEST", der)).Error);
    }

    [Fact]
    public void Parse_ShortKey_IsRefused()
    {
        using var key = RSA.Create(1024);
        var request = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        Assert.Contains("shorter than 2048", SigningRequest.Parse(request.CreateSigningRequestPem()).Error?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Sign_LongAfterTheCa_DoesNotOutliveIt()
    {
        var request = SigningRequest.Parse(Request().CreateSigningRequestPem()).Value!;

        using var signed = X509Certificate2.CreateFromPem(CertificateAuthority.Sign(Ca.Value, request, Options, Now.AddDays(1000)).Value!);

        Assert.Equal(Ca.Value.NotAfter.UtcDateTime, signed.NotAfter.ToUniversalTime());
    }

    private static string Sign(string csr)
    {
        var parsed = SigningRequest.Parse(csr);
        Assert.Null(parsed.Error);
        return CertificateAuthority.Sign(Ca.Value, parsed.Value!, Options, Now).Value!;
    }

    private static CertificateRequest Request(string kind = "rsa2048-sha256", X500DistinguishedName? subject = null) => kind switch
    {
        "ecdsa" => new CertificateRequest(subject ?? new X500DistinguishedName("CN=node"), ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256),
        "rsa4096-sha512" => new CertificateRequest(
            subject ?? new X500DistinguishedName("CN=node"), RSA.Create(4096), HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        _ => new CertificateRequest(subject ?? new X500DistinguishedName("CN=node"), RSA.Create(2048), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
    };

    private static void AssertChains(X509Certificate2 certificate)
    {
        using var ca = X509Certificate2.CreateFromPem(Ca.Value.Certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = Now.LocalDateTime;
        Assert.True(chain.Build(certificate), string.Join(' ', chain.ChainStatus.Select(s => s.StatusInformation)));
    }
}
