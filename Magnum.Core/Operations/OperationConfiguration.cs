using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Magnum.Core.Operations;

internal sealed class OperationConfiguration : IEntityTypeConfiguration<Operation>, IEntityTypeConfiguration<OperationStep>
{
    public void Configure(EntityTypeBuilder<Operation> builder)
    {
        builder.ToTable("operation");
        builder.HasKey(o => o.Id);
        builder.HasAlternateKey(o => o.Uuid);
        builder.HasIndex(o => o.ActiveClusterUuid).IsUnique();       // one operation at a time changes a cluster; nulls do not count
        builder.HasIndex(o => new { o.ClusterUuid, o.Id });          // a cluster's history
        builder.HasIndex(o => new { o.State, o.NotBefore });         // what the sweep looks for
        builder.Property(o => o.ProjectId).HasMaxLength(64);
        builder.Property(o => o.UserId).HasMaxLength(64);
        builder.Property(o => o.RequestId).HasMaxLength(64);
        builder.Property(o => o.Step).HasMaxLength(64);
        builder.Property(o => o.NodeSecret).HasMaxLength(1024);
        builder.Property(o => o.LeaseOwner).HasMaxLength(255);
        builder.Property(o => o.Kind).HasConversion<WireEnumConverter<OperationKind>>().HasMaxLength(20);
        builder.Property(o => o.State).HasConversion<WireEnumConverter<OperationState>>().HasMaxLength(20);
        builder.Property(o => o.Payload).HasJsonText();
        builder.Property(o => o.Generation).IsConcurrencyToken();    // raised by us: the same on every database
        builder.HasMany(o => o.Steps).WithOne().HasForeignKey(s => s.OperationId).OnDelete(DeleteBehavior.Cascade);
        builder.Ignore(o => o.IsActive);
    }

    public void Configure(EntityTypeBuilder<OperationStep> builder)
    {
        builder.ToTable("operation_step");
        builder.HasKey(s => s.Id);
        builder.HasIndex(s => new { s.OperationId, s.Ordinal }).IsUnique();
        builder.Property(s => s.Name).HasMaxLength(64);
        builder.Property(s => s.State).HasConversion<WireEnumConverter<StepState>>().HasMaxLength(20);
    }
}
