using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Core.Policies;

namespace Magnum.Core.Credentials;

/// <summary>Re-issues the credential that a cluster uses towards OpenStack, in the name of the caller.</summary>
public sealed class CredentialService
{
    /// <summary>Unsupported unless the driver can.</summary>
    public Task<Result<Cluster>> RotateAsync(Caller caller, string clusterIdent, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();
}
