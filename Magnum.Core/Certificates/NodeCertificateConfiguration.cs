using Magnum.Core.Clusters;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Magnum.Core.Certificates;

internal sealed class NodeCertificateConfiguration : IEntityTypeConfiguration<NodeCertificate>
{
    public void Configure(EntityTypeBuilder<NodeCertificate> builder)
    {
        builder.ToTable("node_certificate");
        builder.HasKey(n => n.Id);
        builder.HasIndex(n => new { n.ClusterUuid, n.NodeName }).IsUnique();
        builder.Property(n => n.NodeName).HasMaxLength(255);
        builder.Property(n => n.Applied).HasMaxLength(32);

        // A node may report while its cluster is being deleted: its row dies with the cluster, and none is added after it.
        builder.HasOne<Cluster>().WithMany().HasForeignKey(n => n.ClusterUuid).HasPrincipalKey(c => c.Uuid).OnDelete(DeleteBehavior.Cascade);
    }
}
