using Magnum.Core.Errors;
using Magnum.Core.Paging;
using Magnum.Core.Policies;

namespace Magnum.Core.Quotas;

/// <summary>A project's limit and use, for the administrator's page.</summary>
/// <param name="Stored">Null: the default holds.</param>
public sealed record QuotaUsage(string ProjectId, int Limit, int Used, Quota? Stored);

/// <summary>Limits on clusters per project.</summary>
public sealed class QuotaService
{
    /// <summary>Stored quotas; of all projects only for administrators who ask for it.</summary>
    public Task<Result<Page<Quota>>> ListAsync(Caller caller, bool allProjects, PageRequest page, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>The stored quota, or one with the default limit and id 0.</summary>
    public Task<Result<Quota>> GetAsync(Caller caller, string projectId, string resource, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    public Task<Result<Quota>> CreateAsync(Caller caller, string? projectId, string resource, int hardLimit, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    public Task<Result<Quota>> UpdateAsync(Caller caller, string projectId, string resource, int hardLimit, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    public Task<Result<Unit>> DeleteAsync(Caller caller, string projectId, string resource, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>Limit and use of one project.</summary>
    public Task<Result<QuotaUsage>> GetUsageAsync(Caller caller, string projectId, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>Limit and use of every project that has a stored quota or a cluster. Administrators only.</summary>
    public Task<Result<IReadOnlyList<QuotaUsage>>> ListUsageAsync(Caller caller, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();
}
