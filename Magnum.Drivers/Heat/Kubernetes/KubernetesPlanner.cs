using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;

namespace Magnum.Drivers.Heat.Kubernetes;

internal sealed class KubernetesPlanner
{
    public Task<ClusterPlan> PlanAsync(KubernetesDesign design, DriverDescription description, CloudCredential credential, CancellationToken cancellationToken) =>
        Task.FromResult(new ClusterPlan([], [], []));
}
