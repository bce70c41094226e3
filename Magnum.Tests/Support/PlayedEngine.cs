using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Magnum.Core.Certificates;
using Magnum.Core.Drivers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Magnum.Tests.Support;

/// <summary>An engine's API as a test plays it, over TLS with the cluster's CA on both sides.</summary>
internal sealed class PlayedEngine : IAsyncDisposable
{
    private static readonly CertificateOptions Options = new() { RsaKeySize = 2048 };

    // Keys take long, and nothing here depends on whose they are.
    private static readonly Lazy<X509Certificate2> Own = new(MakeOwn);
    private static readonly Lazy<KeyMaterial> Client = new(() => CertificateAuthority.CreateClient(TestAuthorities.Kubernetes, Options, TimeProvider.System.GetUtcNow()));

    private readonly WebApplication _server;

    private PlayedEngine(WebApplication server) => _server = server;

    public Uri Address => new(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<PlayedEngine> StartAsync(RequestDelegate answer, CancellationToken cancellationToken)
    {
        var authority = X509Certificate2.CreateFromPem(TestAuthorities.Kubernetes.Certificate);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = Own.Value,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (client, _, _) => client.Subject.Contains("system:masters", StringComparison.Ordinal) && client.IsSignedBy(authority),
        })));
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync(cancellationToken);
        return new PlayedEngine(server);
    }

    /// <summary>Magnum's way in.</summary>
    /// <param name="trusted">The CA that is looked for behind the server's certificate; null: the one that is there.</param>
    public static EngineAccess Access(KeyMaterial? trusted = null) =>
        new((trusted ?? TestAuthorities.Kubernetes).Certificate, Client.Value.Certificate, Client.Value.PrivateKey);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static X509Certificate2 MakeOwn()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=engine", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var pem = CertificateAuthority.Sign(
            TestAuthorities.Kubernetes, SigningRequest.Parse(request.CreateSigningRequestPem()).Value!, Options, TimeProvider.System.GetUtcNow()).Value!;
        using var signed = X509Certificate2.CreateFromPem(pem, key.ExportPkcs8PrivateKeyPem());
        // TLS does not take keys that live in memory only.
        return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pfx), null);
    }
}
