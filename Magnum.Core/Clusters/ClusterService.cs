using System.Globalization;
using Magnum.Core.Audit;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.Idempotency;
using Magnum.Core.OpenStack;
using Magnum.Core.Policies;

namespace Magnum.Core.Clusters;

/// <summary>What people and scripts do to clusters, for both doors: policy, validation, states, quota. The work itself is recorded as operations.</summary>
/// <remarks>
/// Trouble of the cloud is <see cref="MagnumError.Unavailable"/>; only a token that is not valid any more stays a
/// <see cref="CloudException"/> (<see cref="CloudFault.Unauthorized"/>), so that both doors ask to sign in again.
/// </remarks>
public sealed class ClusterService
{
    private readonly ClusterLauncher _launcher;
    private readonly ClusterChanger _changer;
    private readonly AuditTrail _audit;

    internal ClusterService(ClusterLauncher launcher, ClusterChanger changer, AuditTrail audit) => (_launcher, _changer, _audit) = (launcher, changer, audit);

    /// <summary>Checks, takes the quota's place, stores cluster, groups and operation in one transaction: what it answers is a promise.</summary>
    public Task<Result<Cluster>> CreateAsync(Caller caller, NewCluster request, CancellationToken cancellationToken) =>
        CreateAsync(caller, request, null, cancellationToken);

    /// <summary>The same, at most once for the caller's key: the second time it is refused.</summary>
    public Task<Result<Cluster>> CreateAsync(Caller caller, NewCluster request, OnceOnly<Cluster>? once, CancellationToken cancellationToken) =>
        _audit.KeepAsync(
            caller,
            PolicyRules.ClusterCreate,
            new AuditAbout(request.Name, Detail: Text($"template {request.ClusterTemplateId}, {request.MasterCount} master(s), {request.NodeCount} worker(s)")),
            () => CloudTrouble.GuardAsync(() => _launcher.CreateAsync(caller, request, once, cancellationToken)),
            AuditFound.Of);

    /// <summary>The same checks and the driver's plan, without doing anything. Problems are checks of the plan, not errors.</summary>
    public Task<Result<ClusterPlan>> PlanAsync(Caller caller, NewCluster request, CancellationToken cancellationToken) =>
        CloudTrouble.GuardAsync(() => _launcher.PlanAsync(caller, request, cancellationToken));

    /// <summary>PATCH.</summary>
    public Task<Result<Cluster>> UpdateAsync(Caller caller, string ident, ClusterUpdate update, CancellationToken cancellationToken) =>
        UpdateAsync(caller, ident, _ => update, cancellationToken);

    /// <summary>The same, where the update follows from the present cluster (JSON Patch). An update that says nothing changes nothing.</summary>
    public Task<Result<Cluster>> UpdateAsync(
        Caller caller, string ident, Func<Cluster, Result<ClusterUpdate>> change, CancellationToken cancellationToken)
    {
        // An agent in the cluster may report its health every minute.
        var reports = false;
        return _audit.KeepAsync(
            caller,
            PolicyRules.ClusterUpdate,
            new AuditAbout(ident, ident),
            () => _changer.UpdateAsync(caller, ident, Read, cancellationToken),
            AuditFound.Of,
            () => reports);

        Result<ClusterUpdate> Read(Cluster cluster)
        {
            var wanted = change(cluster);
            reports = wanted.Value is { } update && (update.HealthStatus ?? (object?)update.HealthStatusReason) is not null
                && (update.NodeCount ?? cluster.DefaultWorker.NodeCount) == cluster.DefaultWorker.NodeCount;
            return wanted;
        }
    }

    /// <summary>Resize of one group. While one is waiting for the same group its target is replaced.</summary>
    public Task<Result<Cluster>> ResizeAsync(Caller caller, string ident, ClusterResize resize, CancellationToken cancellationToken) =>
        _audit.KeepAsync(
            caller,
            PolicyRules.ClusterResize,
            new AuditAbout(ident, ident, Text($"{resize.NodeGroup ?? "default workers"} to {resize.NodeCount}, {resize.NodesToRemove.Count} node(s) chosen")),
            () => _changer.ResizeAsync(caller, ident, resize, cancellationToken),
            AuditFound.Of);

    /// <summary>Allowed in any state; pre-empts what runs.</summary>
    public Task<Result<Unit>> DeleteAsync(Caller caller, string ident, CancellationToken cancellationToken) =>
        DeleteAsync(caller, ident, _ => null, cancellationToken);

    /// <summary>The same, unless something speaks against it: asked of the present cluster, which nobody changes meanwhile.</summary>
    public Task<Result<Unit>> DeleteAsync(
        Caller caller, string ident, Func<Cluster, MagnumError?> objection, CancellationToken cancellationToken) =>
        _audit.KeepAsync(caller, PolicyRules.ClusterDelete, new AuditAbout(ident, ident), () => _changer.DeleteAsync(caller, ident, objection, cancellationToken));

    /// <summary>Runs the failed operation again from where it failed.</summary>
    public Task<Result<Cluster>> RetryAsync(Caller caller, string ident, CancellationToken cancellationToken) =>
        _audit.KeepAsync(caller, AuditActions.ClusterRetry, new AuditAbout(ident, ident), () => _changer.RetryAsync(caller, ident, cancellationToken), AuditFound.Of);

    /// <summary>New CAs; unsupported unless the driver can.</summary>
    public Task<Result<Cluster>> RotateCaAsync(Caller caller, string ident, CancellationToken cancellationToken) =>
        _audit.KeepAsync(caller, PolicyRules.CertificateRotateCa, new AuditAbout(ident, ident), () => _changer.RotateCaAsync(caller, ident, cancellationToken), AuditFound.Of);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
