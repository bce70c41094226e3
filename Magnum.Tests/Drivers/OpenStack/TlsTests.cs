using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack;
using Magnum.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Magnum.Tests.Drivers.OpenStack;

/// <summary>Against a real TLS server with a certificate that nobody vouches for.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly string _caFile = Path.Combine(Path.GetTempPath(), $"magnum-tls-{Guid.NewGuid():N}.pem");
    private readonly X509Certificate2 _certificate = SelfSigned();
    private WebApplication? _server;
    private string _address = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_caFile, _certificate.ExportCertificatePem(), Ct);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        _server = builder.Build();
        _server.MapPost("/v3/auth/tokens", context =>
        {
            context.Response.Headers["X-Subject-Token"] = "token";
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(CloudStub.Fixture("keystone-token.json"), context.RequestAborted);
        });
        await _server.StartAsync(Ct);
        var port = new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        _address = $"https://localhost:{port}";
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _certificate.Dispose();
        File.Delete(_caFile);
    }

    [Fact]
    public async Task UnknownAuthority_IsRefusedAndNotTriedAgain()
    {
        var refusal = await Assert.ThrowsAsync<CloudException>(() => SignInAsync(new OpenStackOptions { AuthUrl = _address }));

        Assert.Equal(CloudFault.Unreachable, refusal.Fault);
        Assert.Contains("TLS failed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuthorityFromTheFile_IsAccepted() =>
        Assert.Equal("demo", (await SignInAsync(new OpenStackOptions { AuthUrl = _address, CaFile = _caFile })).UserName);

    [Fact]
    public async Task AuthorityFromTheFile_DoesNotExcuseAnotherName()
    {
        var refusal = await Assert.ThrowsAsync<CloudException>(
            () => SignInAsync(new OpenStackOptions { AuthUrl = _address.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), CaFile = _caFile }));

        Assert.Contains("TLS failed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Insecure_AcceptsAnything() =>
        Assert.Equal("demo", (await SignInAsync(new OpenStackOptions { AuthUrl = _address, Insecure = true })).UserName);

    private static async Task<TokenInfo> SignInAsync(OpenStackOptions options)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMagnumOpenStack(options);
        await using var provider = services.BuildServiceProvider();
        return await provider.GetRequiredService<IIdentity>().SignInAsync(new SignIn.Password("demo", "demo", "Default", "demo", null), Ct);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
