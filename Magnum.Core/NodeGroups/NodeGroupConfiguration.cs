using Magnum.Core.Clusters;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Magnum.Core.NodeGroups;

internal sealed class NodeGroupConfiguration : IEntityTypeConfiguration<NodeGroup>
{
    public void Configure(EntityTypeBuilder<NodeGroup> builder)
    {
        builder.ToTable("nodegroup");
        builder.HasKey(g => g.Id);
        builder.HasAlternateKey(g => g.Uuid);
        builder.HasIndex(g => new { g.ClusterId, g.Name }).IsUnique();
        builder.HasIndex(g => g.ProjectId);                          // stats
        builder.Property(g => g.Name).HasMaxLength(255);
        builder.Property(g => g.ProjectId).HasMaxLength(64);
        builder.Property(g => g.Role).HasMaxLength(255);
        builder.Property(g => g.FlavorId).HasMaxLength(255);
        builder.Property(g => g.ImageId).HasMaxLength(255);
        builder.Property(g => g.StackId).HasMaxLength(255);
        builder.Property(g => g.EventMarker).HasMaxLength(255);
        builder.Property(g => g.Version).HasMaxLength(20);
        builder.Property(g => g.Labels).HasJsonText();
        builder.Property(g => g.NodeLabels).HasJsonText();
        builder.Property(g => g.NodeTaints).HasJsonText();
        builder.Property(g => g.NodeAddresses).HasJsonText();
        builder.Property(g => g.Nodes).HasJsonText();
        builder.Property(g => g.Status).HasConversion<WireEnumConverter<ClusterStatus>>().HasMaxLength(20);
        builder.Ignore(g => g.IsMaster);
    }
}
