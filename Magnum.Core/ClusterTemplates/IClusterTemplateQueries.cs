using Magnum.Core.Errors;
using Magnum.Core.Paging;
using Magnum.Core.Policies;

namespace Magnum.Core.ClusterTemplates;

/// <summary>Reads templates that the caller may see: own ones, public ones that are not hidden; administrators all.</summary>
public interface IClusterTemplateQueries
{
    /// <summary>A page.</summary>
    Task<Result<Page<ClusterTemplate>>> ListAsync(Caller caller, PageRequest page, CancellationToken cancellationToken);

    /// <summary>One by uuid or name; several of that name are a conflict.</summary>
    Task<Result<ClusterTemplate>> GetAsync(Caller caller, string ident, CancellationToken cancellationToken);

    /// <summary>How many clusters (of any project) use each of these templates.</summary>
    Task<IReadOnlyDictionary<Guid, int>> CountUsesAsync(IReadOnlyCollection<Guid> templates, CancellationToken cancellationToken);
}
