using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.Policies;

namespace Magnum.Core.Clusters;

/// <summary>What people and scripts do to clusters, for both doors: policy, validation, states, quota. The work itself is recorded as operations.</summary>
public sealed class ClusterService
{
    /// <summary>Checks, takes the quota's place, stores cluster, groups and operation in one transaction: what it answers is a promise.</summary>
    public Task<Result<Cluster>> CreateAsync(Caller caller, NewCluster request, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>The same checks and the driver's plan, without doing anything. Problems are checks of the plan, not errors.</summary>
    public Task<Result<ClusterPlan>> PlanAsync(Caller caller, NewCluster request, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>PATCH.</summary>
    public Task<Result<Cluster>> UpdateAsync(Caller caller, string ident, ClusterUpdate update, CancellationToken cancellationToken) =>
        UpdateAsync(caller, ident, _ => update, cancellationToken);

    /// <summary>The same, where the update follows from the present cluster (JSON Patch). An update that says nothing changes nothing.</summary>
    public Task<Result<Cluster>> UpdateAsync(
        Caller caller, string ident, Func<Cluster, Result<ClusterUpdate>> change, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>Resize of one group. While one is waiting for the same group its target is replaced.</summary>
    public Task<Result<Cluster>> ResizeAsync(Caller caller, string ident, ClusterResize resize, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>Allowed in any state; pre-empts what runs.</summary>
    public Task<Result<Unit>> DeleteAsync(Caller caller, string ident, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>Runs the failed operation again from where it failed.</summary>
    public Task<Result<Cluster>> RetryAsync(Caller caller, string ident, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>New CAs; unsupported unless the driver can.</summary>
    public Task<Result<Cluster>> RotateCaAsync(Caller caller, string ident, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();
}
