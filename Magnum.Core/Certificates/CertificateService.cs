using Magnum.Core.Errors;
using Magnum.Core.Policies;

namespace Magnum.Core.Certificates;

/// <summary>Which CA of a cluster.</summary>
public enum CaType
{
    Kubernetes,
    Etcd,
    FrontProxy,
}

/// <summary>Reads CAs and signs requests, for people (both doors) and for the cluster's own nodes.</summary>
public sealed class CertificateService
{
    /// <summary>The CA's certificate as PEM, with the cluster's uuid.</summary>
    public Task<Result<(Guid ClusterUuid, string Pem)>> GetCaAsync(Caller caller, string clusterIdent, CaType type, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>Signs a certificate signing request (PEM). A node of the cluster may only ask for a node's subjects.</summary>
    public Task<Result<(Guid ClusterUuid, string Pem)>> SignAsync(Caller caller, string clusterIdent, string csrPem, CaType type, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>The private key (PKCS#8 PEM) by which the cluster's masters sign service account tokens: for the cluster's own node user only.</summary>
    public Task<Result<(Guid ClusterUuid, string Pem)>> GetServiceAccountKeyAsync(Caller caller, string clusterIdent, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>A self-contained kubeconfig with a fresh client certificate (<c>CN=admin, O=system:masters</c>); conflict while there is no API address.</summary>
    public Task<Result<string>> CreateKubeconfigAsync(Caller caller, string clusterIdent, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();
}
