using System.Text.Json.Nodes;
using Magnum.Core.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Magnum.Tests.Support;

/// <summary>As much of Magnum's certificate API, on a port of its own, as nodes need to come up where no Magnum is.</summary>
internal sealed class SigningService : IAsyncDisposable
{
    private static readonly CertificateOptions Options = new() { RsaKeySize = 2048 };
    private static readonly Lazy<KeyMaterial> Authority = new(() => CertificateAuthority.CreateCa("blue", Options, TimeProvider.System.GetUtcNow()));

    private readonly WebApplication _app;

    private SigningService(WebApplication app) => _app = app;

    public static KeyMaterial Ca => Authority.Value;

    /// <summary>Ending in <c>/v1</c>.</summary>
    public string Url => $"{_app.Urls.Single()}/v1";

    /// <summary>What it answers to requests for a signature instead, while it is set.</summary>
    public int? Refusal { get; set; }

    /// <summary>How many certificates it has signed.</summary>
    public int Signed { get; private set; }

    public static async Task<SigningService> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var service = new SigningService(builder.Build());
        service._app.MapPost("/v1/certificates", (Delegate)service.SignAsync);
        service._app.MapGet("/v1/certificates/{cluster}", () => Results.Json(new { pem = Ca.Certificate }));
        await service._app.StartAsync(cancellationToken);
        return service;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> SignAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        if (Refusal is { } status)
        {
            return Results.StatusCode(status);
        }

        var signed = CertificateAuthority.Sign(Ca, SigningRequest.Parse((string)body["csr"]!).Value!, Options, TimeProvider.System.GetUtcNow(), forNode: true);
        Signed++;
        return Results.Json(new { pem = signed.Value }, statusCode: StatusCodes.Status201Created);
    }
}
