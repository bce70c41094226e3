using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Credentials;
using Magnum.Core.Errors;
using Magnum.Web.Api;
using Magnum.Web.Api.Http;
using Magnum.Web.Api.Output;

namespace Magnum.Web.Features.Certificates;

/// <summary>
/// <c>/v1/certificates</c> and <c>/v1/credentials</c>. A cluster's nodes use the first with a token that has no project while they are made, and
/// without any token afterwards: then they prove who they are by the certificate that they have.
/// </summary>
internal static class CertificateEndpoints
{
    /// <summary>Of <c>ca_cert_type</c>, besides the reference's: the key of service accounts, for masters alone.</summary>
    private const string ServiceAccount = "service-account";

    /// <summary>Of <c>ca_cert_type</c>: the cluster's credential for the cloud, for masters alone.</summary>
    private const string CloudCredential = "cloud-credential";

    /// <summary>Bytes of what a node sends: a certificate, a request and a signature, of the largest keys.</summary>
    private const int MaxNodeBody = 32 * 1024;

    public static void MapCertificates(this RouteGroupBuilder v1)
    {
        var show = new ApiRoute("get_one")
        {
            Summary = "A CA certificate of a cluster",
            Query = ["ca_cert_type"],
            AllowsUnscoped = true,
            Answers = [CertificateJson.Api.CertificateView, CertificateJson.Api.CloudCredentialView],
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
        var node = new ApiRoute("node") { MaxBodyBytes = MaxNodeBody, IsPublic = true, Beyond = true };
        v1.MapPost("/certificates/{cluster}/node", ReportAsync).WithMetadata(node with
        {
            Summary = "A node that is up says what it has and hears what it has to have; its certificate is its proof",
            Body = "report",
            Input = NodeInput.Report,
            Answers = [CertificateJson.Api.NodeView],
        });
        v1.MapPost("/certificates/{cluster}/renew", RenewAsync).WithMetadata(node with
        {
            Handler = "renew",
            Summary = "A node that is up has its certificate renewed; its certificate is its proof",
            Body = "renewal",
            Input = NodeInput.Renewal,
            Answers = [CertificateJson.Api.RenewalView],
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
        if (wanted == CloudCredential)
        {
            var credential = await certificates.GetCloudCredentialAsync(request.Caller, cluster, cancellationToken);
            return credential.ToAnswer(c => ApiResponse.Json(new CloudCredentialView(c.ClusterUuid, c.Credential), CertificateJson.Api.CloudCredentialView));
        }

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

    internal static async Task<IResult> ReportAsync(ApiRequest request, string cluster, NodeCertificateService nodes, CancellationToken cancellationToken)
    {
        var input = NodeInput.Report.Read(request.Body);
        if (!input.IsSuccess)
        {
            return new ApiError(input.Error);
        }

        var said = input.Value;
        var report = new NodeReport(said.Text("certificate")!, said.Text("time")!, said.Text("applied")!, said.Text("signature")!);
        var told = await nodes.ReportAsync(cluster, report, cancellationToken);
        return told.ToAnswer(instructions => ApiResponse.Json(
            new NodeView(instructions.Phase, instructions.Authorities.ToDictionary(a => NameOf(a.Key), a => a.Value), instructions.Renew, instructions.CloudCredential),
            CertificateJson.Api.NodeView));
    }

    internal static async Task<IResult> RenewAsync(ApiRequest request, string cluster, NodeCertificateService nodes, CancellationToken cancellationToken)
    {
        var input = NodeInput.Renewal.Read(request.Body);
        if (!input.IsSuccess)
        {
            return new ApiError(input.Error);
        }

        var said = input.Value;
        var renewal = new NodeRenewal(TypeOf(said.Text("ca_cert_type")), said.Text("certificate")!, said.Text("csr")!, said.Text("signature")!);
        var renewed = await nodes.RenewAsync(cluster, renewal, cancellationToken);
        return renewed.ToAnswer(pem => ApiResponse.Json(new RenewalView(pem), CertificateJson.Api.RenewalView));
    }

    private static string NameOf(CaType type) => type switch
    {
        CaType.Etcd => "etcd",
        CaType.FrontProxy => "front-proxy",
        _ => "kubernetes",
    };

    private static CaType TypeOf(string? type) => type switch
    {
        "etcd" => CaType.Etcd,
        "front-proxy" or "front_proxy" => CaType.FrontProxy,
        _ => CaType.Kubernetes,   // every other word means the cluster's CA
    };
}
