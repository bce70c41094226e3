using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Magnum.Core.Clusters;

internal sealed class ClusterConfiguration : IEntityTypeConfiguration<Cluster>
{
    public void Configure(EntityTypeBuilder<Cluster> builder)
    {
        builder.ToTable("cluster");
        builder.HasKey(c => c.Id);
        builder.HasAlternateKey(c => c.Uuid);
        builder.HasIndex(c => new { c.ProjectId, c.Id });            // a project's list in its usual order
        builder.HasIndex(c => new { c.ProjectId, c.Name });          // look-up by name
        builder.HasIndex(c => c.Status);                             // what is in progress
        builder.HasIndex(c => c.ClusterTemplateId);                  // whether a template is in use
        builder.HasIndex(c => c.TrusteeUserId);                      // which cluster a node belongs to
        builder.Property(c => c.Name).HasMaxLength(255);             // the column; the API takes 242
        builder.Property(c => c.ProjectId).HasMaxLength(64);
        builder.Property(c => c.UserId).HasMaxLength(64);
        builder.Property(c => c.Template).HasJsonText();
        builder.Property(c => c.Driver).HasMaxLength(255);
        builder.Property(c => c.KeyPair).HasMaxLength(255);
        builder.Property(c => c.Labels).HasJsonText();
        builder.Property(c => c.MasterFlavorId).HasMaxLength(255);
        builder.Property(c => c.FlavorId).HasMaxLength(255);
        builder.Property(c => c.FixedNetwork).HasMaxLength(255);
        builder.Property(c => c.FixedSubnet).HasMaxLength(255);
        builder.Property(c => c.DiscoveryUrl).HasMaxLength(255);
        builder.Property(c => c.StackId).HasMaxLength(255);
        builder.Property(c => c.ApiAddress).HasMaxLength(255);
        builder.Property(c => c.CoeVersion).HasMaxLength(255);
        builder.Property(c => c.ContainerVersion).HasMaxLength(255);
        builder.Property(c => c.Status).HasConversion<WireEnumConverter<ClusterStatus>>().HasMaxLength(20);
        builder.Property(c => c.HealthStatus).HasConversion<WireEnumConverter<HealthStatus>>().HasMaxLength(20);
        builder.Property(c => c.HealthStatusReason).HasJsonText();
        builder.Property(c => c.Stages).HasJsonText();
        builder.Property(c => c.EventMarker).HasMaxLength(255);
        builder.Property(c => c.TrustId).HasMaxLength(1024);
        builder.Property(c => c.DriverSecret).HasMaxLength(2048);
        builder.Property(c => c.TrusteeUserId).HasMaxLength(64);
        builder.Property(c => c.TrusteeUserName).HasMaxLength(255);
        builder.Property(c => c.Generation).IsConcurrencyToken();    // raised by us: the same on every database
        builder.HasMany(c => c.NodeGroups).WithOne().HasForeignKey(g => g.ClusterId).HasPrincipalKey(c => c.Uuid).OnDelete(DeleteBehavior.Cascade);
        builder.Ignore(c => c.DefaultMaster);
        builder.Ignore(c => c.DefaultWorker);
        builder.Ignore(c => c.MasterCount);
        builder.Ignore(c => c.NodeCount);
    }
}
