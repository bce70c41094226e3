using System.Text.Json;
using Magnum.Core.Announcements;
using Magnum.Core.Audit;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Events;
using Magnum.Core.Federations;
using Magnum.Core.Idempotency;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Core.Quotas;
using Magnum.Core.Services;
using Magnum.Core.Sessions;
using Magnum.Core.UserStates;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Persistence;

/// <summary>Magnum's database; one sealed context per provider adds what the provider needs.</summary>
public abstract class MagnumDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<Cluster> Clusters => Set<Cluster>();

    public DbSet<ClusterTemplate> ClusterTemplates => Set<ClusterTemplate>();

    public DbSet<NodeGroup> NodeGroups => Set<NodeGroup>();

    public DbSet<Operation> Operations => Set<Operation>();

    public DbSet<OperationStep> OperationSteps => Set<OperationStep>();

    public DbSet<ClusterEvent> ClusterEvents => Set<ClusterEvent>();

    public DbSet<ClusterCertificate> Certificates => Set<ClusterCertificate>();

    public DbSet<NodeCertificate> NodeCertificates => Set<NodeCertificate>();

    public DbSet<Quota> Quotas => Set<Quota>();

    public DbSet<ProjectLock> ProjectLocks => Set<ProjectLock>();

    public DbSet<MagnumService> Services => Set<MagnumService>();

    public DbSet<Lease> Leases => Set<Lease>();

    public DbSet<Federation> Federations => Set<Federation>();

    public DbSet<ProtectionKey> ProtectionKeys => Set<ProtectionKey>();

    public DbSet<DashboardSession> Sessions => Set<DashboardSession>();

    public DbSet<IdempotencyRecord> IdempotencyRecords => Set<IdempotencyRecord>();

    public DbSet<AuditRecord> AuditRecords => Set<AuditRecord>();

    public DbSet<Announcement> Announcements => Set<Announcement>();

    public DbSet<QuotaRequest> QuotaRequests => Set<QuotaRequest>();

    public DbSet<UserState> UserStates => Set<UserState>();

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(MagnumDbContext).Assembly);
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(e => e.GetProperties()))
        {
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        }
    }
}
