using Magnum.Core.Certificates;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Makes the cluster's CAs, Magnum's client certificate and the service accounts' key, as far as they are not there.</summary>
internal sealed class CertificatesStep(ClusterCertificates certificates) : IOperationStep
{
    /// <summary>Keys take seconds of a processor. More clusters at once would not be faster, only hold the workers that other operations need.</summary>
    private const int AtOnce = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private int _atWork;

    public bool OnlyLooks => false;

    public bool IsPreparation => true;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _atWork) > AtOnce)
            {
                return new StepResult.Wait("The certificates of other clusters are made first", Pause);
            }

            await certificates.EnsureAsync(rows.Cluster!.Uuid, rows.Cluster.Name, cancellationToken);
            return new StepResult.Done("The cluster's certificates are made.");
        }
        finally
        {
            Interlocked.Decrement(ref _atWork);
        }
    }
}
