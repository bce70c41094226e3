using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Magnum.Core.Drivers;

namespace Magnum.Drivers;

/// <summary>HTTP to an engine over the cluster's certificates.</summary>
/// <remarks>A tenant may run whatever he likes behind the address: what it can make of Magnum's time and memory has bounds.</remarks>
internal static class EngineHttp
{
    /// <summary>The longest answer, in bytes.</summary>
    public const long LongestAnswer = 4 * 1024 * 1024;

    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    /// <param name="server">The API's address, such as <c>https://203.0.113.5:6443</c>.</param>
    public static HttpClient Open(Uri server, EngineAccess access)
    {
        var trusted = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trusted.CustomTrustStore.ImportFromPem(access.Authorities);
        using var pem = X509Certificate2.CreateFromPem(access.Certificate, access.Key);
        // The TLS of some systems takes no key that is not in a store.
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            AllowAutoRedirect = false,
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { ClientCertificates = [certificate], CertificateChainPolicy = trusted },
        };
        return new HttpClient(handler) { BaseAddress = server, MaxResponseContentBufferSize = LongestAnswer, Timeout = AnswerTimeout };
    }

    /// <summary>Why there was no answer, as part of a sentence.</summary>
    public static string Describe(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "its name is not known",
        HttpRequestError.ConnectionError => "no connection",
        HttpRequestError.SecureConnectionError => "no TLS connection",
        _ => "no answer",
    };
}
