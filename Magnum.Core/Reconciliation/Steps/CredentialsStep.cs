using Magnum.Core.Credentials;
using Magnum.Core.OpenStack;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Makes the user by which the cluster's nodes identify themselves, or gives it a new password for this operation's nodes.</summary>
internal sealed class CredentialsStep(IIdentity identity, ISecretProtector protector) : IOperationStep
{
    public bool OnlyLooks => false;

    public bool IsPreparation => true;

    /// <summary>The user's name follows from the cluster: a run that was cut off finds what it made.</summary>
    public static string TrusteeName(Clusters.Cluster cluster) => $"{cluster.Uuid}_{cluster.ProjectId}";

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        var user = await identity.EnsureTrusteeAsync(TrusteeName(rows.Cluster!), cancellationToken);
        var secret = protector.Protect(user.Password);   // kept until the operation ends: a repeated step has to say the same to the back end
        return new StepResult.Done("The cluster's nodes have a user in Keystone.")
        {
            Effect = now =>
            {
                if (now.Cluster is not null)
                {
                    now.Cluster.TrusteeUserId = user.Id;
                    now.Cluster.TrusteeUserName = user.Name;
                }

                if (now.Operation.IsActive)
                {
                    now.Operation.NodeSecret = secret;
                }
            },
        };
    }
}
