using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Credentials;
using Magnum.Core.Errors;
using Magnum.Web.Api;
using Magnum.Web.Api.Http;
using Magnum.Web.Api.Output;

namespace Magnum.Web.Features.Certificates;

/// <summary><c>/v1/certificates</c> and <c>/v1/credentials</c>. A cluster's nodes use the first with a token that has no project.</summary>
internal static class CertificateEndpoints
{
    /// <summary>Of <c>ca_cert_type</c>, besides the reference's: the key of service accounts, for masters alone.</summary>
    private const string ServiceAccount = "service-account";

    public static void MapCertificates(this RouteGroupBuilder v1)
    {
        var show = new ApiRoute("get_one")
        {
            Summary = "A CA certificate of a cluster",
            Query = ["ca_cert_type"],
            AllowsUnscoped = true,
            Answers = [CertificateJson.Api.CertificateView],
        };
        var rotate = new ApiRoute("patch") { Status = StatusCodes.Status202Accepted, Answers = [ApiContractsJson.Api.UuidOnly] };
        v1.MapGet("/certificates/{cluster}", ShowAsync).WithMetadata(show);
        v1.MapGet("/certificates/{cluster}/{type}", ShowAsync).WithMetadata(show);
        v1.MapPost("/certificates", SignAsync).WithMetadata(new ApiRoute("post")
        {
            Summary = "Sign a certificate request",
            Body = "certificate",
            Input = CertificateInput.Schema,
            AllowsUnscoped = true,
            Status = StatusCodes.Status201Created,
            Answers = [CertificateJson.Api.CertificateView],
        });
        v1.MapMissingIdent("/certificates", "cluster_ident");
        v1.MapPatch("/certificates/{cluster}", RotateCaAsync).WithMetadata(rotate with { Summary = "Make new CAs for a cluster; no body" });
        v1.MapPatch("/credentials/{cluster}", RotateCredentialAsync).WithMetadata(
            rotate with { Summary = "Make a new credential for a cluster; no body", Since = new(12) });
        v1.MapMissingIdent("/credentials", "cluster_ident");
    }

    internal static async Task<IResult> ShowAsync(
        ApiRequest request, string cluster, string? type, CertificateService certificates, CancellationToken cancellationToken)
    {
        if (request.One("ca_cert_type", out var asked) is { } refused)
        {
            return new ApiError(refused);
        }

        var wanted = asked ?? type;
        var found = wanted == ServiceAccount
            ? await certificates.GetServiceAccountKeyAsync(request.Caller, cluster, cancellationToken)
            : await certificates.GetCaAsync(request.Caller, cluster, TypeOf(wanted), cancellationToken);
        return found.ToAnswer(certificate => ApiResponse.Json(CertificateView.Of(request, certificate), CertificateJson.Api.CertificateView));
    }

    internal static async Task<IResult> SignAsync(ApiRequest request, CertificateService certificates, CancellationToken cancellationToken)
    {
        var input = CertificateInput.Schema.Read(request.Body);
        if (!input.IsSuccess)
        {
            return new ApiError(input.Error);
        }

        var (cluster, csr, type) = (input.Value.Text("cluster_uuid")!, input.Value.Text("csr")!, input.Value.Text("ca_cert_type"));
        var signed = await certificates.SignAsync(request.Caller, cluster, csr, TypeOf(type), cancellationToken);

        // Unlike a cluster in the URL, one in the body that is not found is a fault of the body.
        return signed.Error is MagnumError.NotFound notFound
            ? new ApiError(new MagnumError.Invalid(notFound.Detail) { Field = "cluster_uuid" })
            : signed.ToAnswer(certificate => ApiResponse.Json(
                CertificateView.Of(request, certificate, csr, type), CertificateJson.Api.CertificateView, StatusCodes.Status201Created));
    }

    internal static async Task<IResult> RotateCaAsync(ApiRequest request, string cluster, ClusterService clusters, CancellationToken cancellationToken)
    {
        var rotated = await clusters.RotateCaAsync(request.Caller, cluster, cancellationToken);
        return rotated.ToAnswer(c => ApiResponse.Accepted(c.Uuid));
    }

    internal static async Task<IResult> RotateCredentialAsync(
        ApiRequest request, string cluster, CredentialService credentials, CancellationToken cancellationToken)
    {
        var rotated = await credentials.RotateAsync(request.Caller, cluster, cancellationToken);
        return rotated.ToAnswer(c => ApiResponse.Accepted(c.Uuid));
    }

    private static CaType TypeOf(string? type) => type switch
    {
        "etcd" => CaType.Etcd,
        "front-proxy" or "front_proxy" => CaType.FrontProxy,
        _ => CaType.Kubernetes,   // every other word means the cluster's CA
    };
}
