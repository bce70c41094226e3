using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Magnum.Core.Certificates;

internal sealed class ClusterCertificateConfiguration : IEntityTypeConfiguration<ClusterCertificate>
{
    public void Configure(EntityTypeBuilder<ClusterCertificate> builder)
    {
        builder.ToTable("x509keypair");
        builder.HasKey(c => c.Id);
        builder.HasAlternateKey(c => c.Uuid);
        builder.HasIndex(c => new { c.ClusterUuid, c.Purpose, c.Generation }).IsUnique();      // a step that runs again finds what it made
        builder.Property(c => c.Role).HasConversion<WireEnumConverter<CertificateRole>>().HasMaxLength(20);
        builder.Property(c => c.Purpose).HasConversion<WireEnumConverter<CertificatePurpose>>().HasMaxLength(20);
    }
}
