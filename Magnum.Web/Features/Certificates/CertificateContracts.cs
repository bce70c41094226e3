using System.Text.Json.Serialization;
using Magnum.Web.Api;
using Magnum.Web.Api.Input;
using Magnum.Web.Api.Output;

namespace Magnum.Web.Features.Certificates;

/// <summary>A certificate of a cluster; keys that do not apply are absent.</summary>
/// <param name="Csr">In the answer to a signing request alone.</param>
/// <param name="CaCertType">In the answer to a signing request that named one.</param>
internal sealed record CertificateView(
    Guid ClusterUuid,
    IReadOnlyList<Link> Links,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Csr,
    string Pem,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CaCertType)
{
    public static CertificateView Of(ApiRequest request, (Guid ClusterUuid, string Pem) certificate, string? csr = null, string? caCertType = null) =>
        new(certificate.ClusterUuid, Link.Of(request, $"certificates/{certificate.ClusterUuid}"), csr, certificate.Pem, caCertType);
}

/// <summary>A cluster's credential for the cloud. Secret.</summary>
/// <param name="CloudCredential">JSON.</param>
internal sealed record CloudCredentialView(Guid ClusterUuid, string CloudCredential)
{
    public override string ToString() => $"CloudCredentialView {{ ClusterUuid = {ClusterUuid} }}";
}

/// <summary>What a signing request says.</summary>
internal static class CertificateInput
{
    public static readonly ResourceSchema Schema = new(
        "certificate",
        new Field("cluster_uuid", new TextType()) { Mandatory = true },
        new Field("links", new AnyType()) { ReadOnly = true },
        new Field("csr", new TextType(1, 64 * 1024)) { Mandatory = true },
        new Field("pem", new AnyType()),
        new Field("ca_cert_type", new TextType(0)));
}

/// <summary>What a node has to have.</summary>
/// <param name="Ca">PEM by type; of several the first one signs.</param>
/// <param name="CloudCredential">For masters of clusters that have one: JSON.</param>
internal sealed record NodeView(
    string Phase,
    IReadOnlyDictionary<string, string> Ca,
    bool Renew,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CloudCredential)
{
    public override string ToString() => $"NodeView {{ Phase = {Phase} }}";
}

/// <summary>A renewed certificate.</summary>
internal sealed record RenewalView(string Pem);

/// <summary>What nodes say at their own door.</summary>
internal static class NodeInput
{
    public static readonly ResourceSchema Report = new(
        "report",
        new Field("certificate", new TextType(1, 32 * 1024)) { Mandatory = true },
        new Field("time", new TextType(1, 64)) { Mandatory = true },
        new Field("applied", new TextType(0, 32)) { Mandatory = true },
        new Field("signature", new TextType(1, 32 * 1024)) { Mandatory = true });

    public static readonly ResourceSchema Renewal = new(
        "renewal",
        new Field("ca_cert_type", new TextType(1, 64)) { Mandatory = true },
        new Field("certificate", new TextType(1, 32 * 1024)) { Mandatory = true },
        new Field("csr", new TextType(1, 32 * 1024)) { Mandatory = true },
        new Field("signature", new TextType(1, 32 * 1024)) { Mandatory = true });
}

[JsonSerializable(typeof(CertificateView))]
[JsonSerializable(typeof(CloudCredentialView))]
[JsonSerializable(typeof(NodeView))]
[JsonSerializable(typeof(RenewalView))]
internal sealed partial class CertificateJson : JsonSerializerContext
{
    public static readonly CertificateJson Api = new(ApiJson.CreateOptions());
}
