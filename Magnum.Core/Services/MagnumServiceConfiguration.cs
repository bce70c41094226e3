using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Magnum.Core.Services;

internal sealed class MagnumServiceConfiguration : IEntityTypeConfiguration<MagnumService>, IEntityTypeConfiguration<Lease>
{
    public void Configure(EntityTypeBuilder<MagnumService> builder)
    {
        builder.ToTable("magnum_service");
        builder.HasKey(s => s.Id);
        builder.HasIndex(s => new { s.Host, s.Binary }).IsUnique();
        builder.Property(s => s.Host).HasMaxLength(255);
        builder.Property(s => s.Binary).HasMaxLength(64);
        builder.Property(s => s.InstanceId).HasMaxLength(255);
        builder.Property(s => s.DisabledReason).HasMaxLength(255);
    }

    public void Configure(EntityTypeBuilder<Lease> builder)
    {
        builder.ToTable("lease");
        builder.HasKey(l => l.Name);
        builder.Property(l => l.Name).HasMaxLength(64);
        builder.Property(l => l.Owner).HasMaxLength(255);
    }
}
