using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Magnum.Core.Quotas;

internal sealed class QuotaConfiguration : IEntityTypeConfiguration<Quota>, IEntityTypeConfiguration<ProjectLock>
{
    public void Configure(EntityTypeBuilder<Quota> builder)
    {
        builder.ToTable("quotas");
        builder.HasKey(q => q.Id);
        builder.HasIndex(q => new { q.ProjectId, q.Resource }).IsUnique();
        builder.Property(q => q.ProjectId).HasMaxLength(255);
        builder.Property(q => q.Resource).HasMaxLength(64);
    }

    public void Configure(EntityTypeBuilder<ProjectLock> builder)
    {
        builder.ToTable("project_lock");
        builder.HasKey(l => l.ProjectId);
        builder.Property(l => l.ProjectId).HasMaxLength(64);
    }
}
