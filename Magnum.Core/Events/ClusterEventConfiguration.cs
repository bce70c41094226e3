using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Magnum.Core.Events;

internal sealed class ClusterEventConfiguration : IEntityTypeConfiguration<ClusterEvent>
{
    public void Configure(EntityTypeBuilder<ClusterEvent> builder)
    {
        builder.ToTable("cluster_event");
        builder.HasKey(e => e.Id);
        builder.HasIndex(e => new { e.ClusterUuid, e.Sequence }).IsUnique();
        builder.HasIndex(e => new { e.ClusterUuid, e.ExternalId }).IsUnique();   // the same event of the cloud is never recorded twice
        builder.HasIndex(e => e.OccurredAt);                                     // retention
        builder.Property(e => e.ProjectId).HasMaxLength(64);
        builder.Property(e => e.Source).HasConversion<WireEnumConverter<EventSource>>().HasMaxLength(20);
        builder.Property(e => e.Level).HasConversion<WireEnumConverter<EventLevel>>().HasMaxLength(20);
        builder.Property(e => e.Kind).HasMaxLength(64);
        builder.Property(e => e.ResourceName).HasMaxLength(255);
        builder.Property(e => e.ResourceType).HasMaxLength(255);
        builder.Property(e => e.ResourceStatus).HasMaxLength(64);
        builder.Property(e => e.PhysicalId).HasMaxLength(255);
        builder.Property(e => e.ExternalId).HasMaxLength(128);
        builder.Property(e => e.RequestId).HasMaxLength(64);
    }
}
