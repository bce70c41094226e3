using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Magnum.Core.Federations;

internal sealed class FederationConfiguration : IEntityTypeConfiguration<Federation>
{
    public void Configure(EntityTypeBuilder<Federation> builder)
    {
        builder.ToTable("federation");
        builder.HasKey(f => f.Id);
        builder.HasAlternateKey(f => f.Uuid);
        builder.HasIndex(f => f.ProjectId);
        builder.Property(f => f.ProjectId).HasMaxLength(64);
        builder.Property(f => f.Name).HasMaxLength(255);
        builder.Property(f => f.HostClusterId).HasMaxLength(255);
        builder.Property(f => f.Status).HasMaxLength(20);
        builder.Property(f => f.MemberIds).HasJsonText();
        builder.Property(f => f.Properties).HasJsonText();
    }
}
