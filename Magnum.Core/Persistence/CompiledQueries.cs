using System.Runtime.CompilerServices;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Magnum.Core.Persistence;

/// <summary>The look-ups that are asked most, compiled once per model: a compiled query serves only the model that it was first used with.</summary>
internal sealed class CompiledQueries
{
    private static readonly ConditionalWeakTable<IModel, CompiledQueries> ByModel = [];

    private CompiledQueries()
    {
    }

    public Func<MagnumDbContext, Guid, CancellationToken, Task<Cluster?>> Cluster { get; } = EF.CompileAsyncQuery(
        (MagnumDbContext db, Guid uuid, CancellationToken cancellationToken) =>
            db.Clusters.AsNoTracking().Include(c => c.NodeGroups).SingleOrDefault(c => c.Uuid == uuid));

    public Func<MagnumDbContext, Guid, CancellationToken, Task<ClusterTemplate?>> ClusterTemplate { get; } = EF.CompileAsyncQuery(
        (MagnumDbContext db, Guid uuid, CancellationToken cancellationToken) =>
            db.ClusterTemplates.AsNoTracking().SingleOrDefault(t => t.Uuid == uuid));

    /// <summary>How many clusters a project has.</summary>
    public Func<MagnumDbContext, string, CancellationToken, Task<int>> ClusterCount { get; } = EF.CompileAsyncQuery(
        (MagnumDbContext db, string project, CancellationToken cancellationToken) => db.Clusters.Count(c => c.ProjectId == project));

    /// <summary>How many nodes a project has.</summary>
    public Func<MagnumDbContext, string, CancellationToken, Task<int>> NodeCount { get; } = EF.CompileAsyncQuery(
        (MagnumDbContext db, string project, CancellationToken cancellationToken) => db.NodeGroups.Where(g => g.ProjectId == project).Sum(g => g.NodeCount));

    public static CompiledQueries Of(IModel model) => ByModel.GetValue(model, _ => new CompiledQueries());
}
