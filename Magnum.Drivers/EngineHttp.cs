using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;

namespace Magnum.Drivers;

/// <summary>
/// HTTPS to the API of a cluster's engine: it has to have a certificate of the cluster's CA, and is shown Magnum's own. A tenant may run whatever he
/// likes behind the address, so that nothing is followed and what it can make of Magnum's memory has bounds.
/// </summary>
internal static class EngineHttp
{
    private const long LongestAnswer = 4 * 1024 * 1024;
    private const int LongestMessage = 200;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    /// <param name="server">The API's address, such as <c>https://203.0.113.5:6443</c>.</param>
    /// <param name="longestAnswer">In bytes.</param>
    public static HttpClient Open(Uri server, EngineAccess access, long longestAnswer = LongestAnswer)
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
        return new HttpClient(handler) { BaseAddress = server, MaxResponseContentBufferSize = longestAnswer, Timeout = AnswerTimeout };
    }

    /// <summary>To an engine that is served without TLS; addresses are given in full.</summary>
    public static HttpClient OpenPlain(long longestAnswer) =>
        new(new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, AllowAutoRedirect = false, UseProxy = false }) { MaxResponseContentBufferSize = longestAnswer, Timeout = AnswerTimeout };

    /// <summary>The address is what the stack says, and the stack is the tenant's: it shall not lead to this machine or to its metadata service.</summary>
    public static bool MayBeAsked(Uri server) => IPAddress.TryParse(server.Host.Trim('[', ']'), out var address)
        && !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
        && !(address.MapToIPv4().GetAddressBytes() is [169, 254, ..]);

    /// <summary>Throws for every answer that is no success, with the message that engines put into theirs.</summary>
    public static async Task ExpectSuccessAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode)
        {
            return;
        }

        var said = MessageOf(await answer.Content.ReadAsStringAsync(cancellationToken));
        throw new HttpRequestException($"HTTP {(int)answer.StatusCode}{(said is null ? "" : $": {Shorten(said)}")}", null, answer.StatusCode);
    }

    /// <summary>One line of at most 200 characters.</summary>
    public static string Shorten(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length > LongestMessage ? $"{line[..LongestMessage]}…" : line;
    }

    /// <summary>Asks an engine how it is: what goes wrong on the way there is an answer as well.</summary>
    /// <param name="objects">What it should answer with, such as <c>Kubernetes' objects</c>.</param>
    public static async Task<ClusterHealth> ProbeAsync(
        string clusterName, Uri server, string objects, Func<Task<ClusterHealth>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return ClusterHealth.Unknown($"The cluster {clusterName} does not take Magnum's certificate (HTTP {(int)e.StatusCode}).");
        }
        catch (HttpRequestException e) when (e.StatusCode is not null)
        {
            return Unhealthy(e.Message);
        }
        catch (HttpRequestException e)
        {
            return ClusterHealth.Unknown($"The cluster {clusterName} is not accessible: {Describe(e, server)}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ClusterHealth.Unknown($"The cluster {clusterName} is not accessible: {NotInTime(server)}.");
        }
        catch (Exception e) when (IsNoObject(e))
        {
            return Unhealthy($"answers with something else than {objects}");
        }
    }

    /// <summary>Works with an engine, whose trouble is that of any outside service.</summary>
    /// <param name="service">The engine's name, such as <c>docker</c>.</param>
    /// <param name="objects">What it should answer with, such as <c>Docker's objects</c>.</param>
    /// <exception cref="CloudException">It cannot be reached, or refuses, or its answer cannot be understood.</exception>
    public static async Task<T> CallAsync<T>(
        string service, string clusterName, Uri server, string objects, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (HttpRequestException e) when (e.StatusCode is { } status)
        {
            throw new CloudException(service, FaultOf(status), $"The API of {clusterName} refused: {e.Message}", e) { StatusCode = (int)status };
        }
        catch (HttpRequestException e)
        {
            throw new CloudException(service, CloudFault.Unreachable, $"The API of {clusterName} cannot be asked: {Describe(e, server)}.", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CloudException(service, CloudFault.Unreachable, $"The API of {clusterName} cannot be asked: {NotInTime(server)}.", e);
        }
        catch (Exception e) when (IsNoObject(e))
        {
            throw new CloudException(service, CloudFault.Malformed, $"The API of {clusterName} answers with something else than {objects}.", e);
        }
    }

    /// <summary>What reading something else than an engine's objects ends with; Kubernetes' quantities such as <c>many</c> end in their own ways.</summary>
    public static bool IsNoObject(Exception e) => e is JsonException or FormatException or OverflowException or ArgumentException;

    /// <summary>Why there was no answer, as part of a sentence.</summary>
    public static string Describe(HttpRequestException e, Uri server) => e switch
    {
        { InnerException: AuthenticationException } => $"what answers at {server.Authority} has no certificate of the cluster's",
        { HttpRequestError: HttpRequestError.NameResolutionError } => $"the name {server.Host} is not known",
        { HttpRequestError: HttpRequestError.ConnectionError } => $"no connection at {server.Authority}",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => $"no TLS connection at {server.Authority}",
        { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => $"too long an answer at {server.Authority}",
        _ => $"no answer at {server.Authority}",
    };

    /// <summary>What a refusal means.</summary>
    public static CloudFault FaultOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => CloudFault.Unauthorized,
        HttpStatusCode.Forbidden => CloudFault.Forbidden,
        HttpStatusCode.NotFound => CloudFault.NotFound,
        HttpStatusCode.Conflict => CloudFault.Conflict,
        HttpStatusCode.TooManyRequests => CloudFault.OverLimit,
        >= HttpStatusCode.InternalServerError => CloudFault.ServerError,
        _ => CloudFault.Invalid,
    };

    private static ClusterHealth Unhealthy(string api) => new(HealthStatus.Unhealthy, new Dictionary<string, string> { ["api"] = api });

    private static string NotInTime(Uri server) => $"no answer from {server.Authority} in time";

    private static string? MessageOf(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty("message", out var message)
                && message.ValueKind is JsonValueKind.String && message.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (Exception e) when (IsNoObject(e))
        {
            return null;
        }
    }
}
