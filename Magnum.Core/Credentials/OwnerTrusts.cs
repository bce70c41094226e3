using Magnum.Core.Errors;
using Magnum.Core.OpenStack;
using Magnum.Core.Policies;
using Microsoft.Extensions.Logging;

namespace Magnum.Core.Credentials;

/// <summary>Trusts by which the conductor acts for a cluster's owner after the request; the owner's token itself is not kept.</summary>
internal sealed partial class OwnerTrusts(IIdentity identity, ILogger<OwnerTrusts> logger)
{
    /// <returns>The trust's id, a secret.</returns>
    public async Task<Result<string>> CreateAsync(Caller caller, CancellationToken cancellationToken)
    {
        try
        {
            return await identity.CreateTrustAsync(caller.Token, cancellationToken);
        }
        catch (CloudException e) when (e.Fault is CloudFault.NotFound or CloudFault.NoEndpoint)
        {
            return new MagnumError.Unsupported(
                "The cloud's identity service (Keystone) offers no trusts, by which Magnum acts for you after this request. Its operator has to enable OS-TRUST.");
        }
        catch (CloudException e) when (e.Fault is CloudFault.Forbidden or CloudFault.Invalid)
        {
            return new MagnumError.Forbidden(
                $"Keystone does not let you hand your roles to Magnum by a trust: {e.Message} With an application credential, it has to be an unrestricted one.");
        }
    }

    /// <summary>Ends one that is of no use (any more). Best effort, and whether or not the client still waits.</summary>
    public async Task DropAsync(string trustId, Caller caller)
    {
        try
        {
            await identity.DeleteTrustAsync(trustId, CancellationToken.None);
        }
        catch (CloudException e)
        {
            LogTrustStays(logger, e, caller.ProjectId, caller.RequestId);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A trust in project {ProjectId} that is of no use any more could not be removed ({RequestId})")]
    private static partial void LogTrustStays(ILogger logger, Exception exception, string projectId, string requestId);
}
