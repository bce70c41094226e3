using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Support.Lanes;

/// <summary>
/// Stands where a cluster's API server would: shows a certificate that the cluster's CA has signed for the cluster's address, lets in
/// who shows one of that CA's, and says who that is. Nodes do not really run, so there is no other.
/// </summary>
internal sealed class ClusterApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ClusterApiServer(WebApplication app) => _app = app;

    private string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <param name="sign">Has a request signed by the cluster's CA, both PEM.</param>
    public static async Task<ClusterApiServer> StartAsync(KubeconfigFile config, Func<string, Task<string>> sign, CancellationToken cancellationToken)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=kube-apiserver", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(new Uri(config.Server).Host));
        request.CertificateExtensions.Add(names.Build());
        using var signed = X509Certificate2.CreateFromPem(await sign(request.CreateSigningRequestPem()), key.ExportPkcs8PrivateKeyPem());
        // TLS does not take keys that live in memory only.
        var certificate = X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pfx), null);

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = certificate,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (client, _, _) => client.IsSignedBy(config.Authority),
        })));
        var app = builder.Build();
        app.MapGet("/version", (HttpContext context) => Results.Json(new JsonObject { ["gitVersion"] = "v1.32.1", ["caller"] = context.Connection.ClientCertificate!.Subject }));
        await app.StartAsync(cancellationToken);
        return new ClusterApiServer(app);
    }

    /// <summary>Asks this server with the distribution's <c>kubectl</c> and the kubeconfig; the subject by which it was let in.</summary>
    public async Task<string> AskByKubectlAsync(string kubeconfig, CancellationToken cancellationToken)
    {
        var name = new Uri(KubeconfigFile.Read(kubeconfig).Server).Host;
        var result = await CommandLine.RunAsync(
            "kubectl",
            ["--kubeconfig", kubeconfig, "--server", Address, "--tls-server-name", name, "--request-timeout", "30s", "get", "--raw", "/version"],
            new Dictionary<string, string>(), cancellationToken);
        Assert.True(result.ExitCode == 0, result.ToString());
        return (string)result.Json["caller"]!;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
