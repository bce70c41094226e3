using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Magnum.Core.ClusterTemplates;

internal sealed class ClusterTemplateConfiguration : IEntityTypeConfiguration<ClusterTemplate>
{
    public void Configure(EntityTypeBuilder<ClusterTemplate> builder)
    {
        builder.ToTable("cluster_template");
        builder.HasKey(t => t.Id);
        builder.HasAlternateKey(t => t.Uuid);
        builder.HasIndex(t => new { t.ProjectId, t.Id });            // a project's list in its usual order
        builder.HasIndex(t => t.Public);                             // what everybody sees besides
        builder.HasIndex(t => t.Name);
        builder.Property(t => t.Name).HasMaxLength(255);
        builder.Property(t => t.ProjectId).HasMaxLength(64);
        builder.Property(t => t.UserId).HasMaxLength(64);
        builder.Property(t => t.Tags).HasMaxLength(255);
        builder.Property(t => t.Labels).HasJsonText();
        builder.Property(t => t.Generation).IsConcurrencyToken();    // raised by us: the same on every database
        foreach (var text in new[]
                 {
                     nameof(ClusterTemplate.Coe), nameof(ClusterTemplate.ImageId), nameof(ClusterTemplate.FlavorId), nameof(ClusterTemplate.MasterFlavorId),
                     nameof(ClusterTemplate.KeyPairId), nameof(ClusterTemplate.ExternalNetworkId), nameof(ClusterTemplate.FixedNetwork),
                     nameof(ClusterTemplate.FixedSubnet), nameof(ClusterTemplate.NetworkDriver), nameof(ClusterTemplate.VolumeDriver),
                     nameof(ClusterTemplate.DnsNameserver), nameof(ClusterTemplate.DockerStorageDriver), nameof(ClusterTemplate.ClusterDistro),
                     nameof(ClusterTemplate.HttpProxy), nameof(ClusterTemplate.HttpsProxy), nameof(ClusterTemplate.NoProxy),
                     nameof(ClusterTemplate.InsecureRegistry), nameof(ClusterTemplate.ServerType), nameof(ClusterTemplate.Driver),
                 })
        {
            builder.Property(text).HasMaxLength(255);
        }
    }
}
