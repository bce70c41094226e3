using Magnum.Core.Errors;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Core.Paging;
using Magnum.Core.Policies;

namespace Magnum.Core.Clusters;

/// <summary>A cluster as lists show it.</summary>
public sealed record ClusterSummary
{
    public required long Id { get; init; }

    public required Guid Uuid { get; init; }

    public required string Name { get; init; }

    public required string ProjectId { get; init; }

    public required Guid ClusterTemplateId { get; init; }

    public required string? KeyPair { get; init; }

    public required int NodeCount { get; init; }

    public required int MasterCount { get; init; }

    public required int? DockerVolumeSize { get; init; }

    public required Dictionary<string, string> Labels { get; init; }

    public required string? MasterFlavorId { get; init; }

    public required string? FlavorId { get; init; }

    public required int? CreateTimeout { get; init; }

    public required string? StackId { get; init; }

    public required ClusterStatus Status { get; init; }

    public required string? StatusReason { get; init; }

    public required HealthStatus? HealthStatus { get; init; }

    public required string? CoeVersion { get; init; }

    public required int? Progress { get; init; }

    public required string Driver { get; init; }

    public required string TemplateName { get; init; }

    public required string Coe { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? UpdatedAt { get; init; }

    public required DateTimeOffset StatusChangedAt { get; init; }
}

/// <summary>What the dashboard's list filters by.</summary>
/// <param name="AllProjects">Administrators only; the REST API always lists all for them.</param>
/// <param name="Statuses">Empty: all.</param>
/// <param name="OwnOnly">Only what the caller launched.</param>
/// <param name="Coe">The engine, as the API spells it.</param>
/// <param name="Uuids">Only some of these.</param>
/// <param name="Cause">Code of a known failure: those of which an operation failed by it in the last seven days, however they are now.</param>
public sealed record ClusterFilter(
    bool AllProjects = false,
    string? NameContains = null,
    IReadOnlyList<ClusterStatus>? Statuses = null,
    HealthStatus? Health = null,
    bool OwnOnly = false,
    string? Coe = null,
    Guid? ClusterTemplate = null,
    IReadOnlyCollection<Guid>? Uuids = null,
    string? Cause = null);

/// <summary>Reads clusters that the caller may see: those of the project; administrators all.</summary>
public interface IClusterQueries
{
    /// <summary>A page, as the REST API lists: all projects for administrators.</summary>
    Task<Result<Page<ClusterSummary>>> ListAsync(Caller caller, PageRequest page, CancellationToken cancellationToken);

    /// <summary>A page of whole clusters with their groups (<c>/detail</c>).</summary>
    Task<Result<Page<Cluster>>> ListDetailAsync(Caller caller, PageRequest page, CancellationToken cancellationToken);

    /// <summary>A window of a filtered list with the total count, for the dashboard's grid.</summary>
    /// <param name="since"><see cref="ClusterChange.Number"/> of the change because of which is asked: whoever asks the same because of it shares the answer. Null: read now.</param>
    Task<Result<(IReadOnlyList<ClusterSummary> Items, int Total)>> SearchAsync(
        Caller caller, ClusterFilter filter, string sortKey, bool descending, int skip, int take, long? since, CancellationToken cancellationToken);

    /// <summary>One by uuid or name, with its groups; several of that name are a conflict.</summary>
    Task<Result<Cluster>> GetAsync(Caller caller, string ident, CancellationToken cancellationToken);

    /// <summary>A cluster's operations with their steps, the newest first.</summary>
    Task<Result<IReadOnlyList<Operation>>> ListOperationsAsync(Caller caller, Guid clusterUuid, int limit, CancellationToken cancellationToken);

    /// <summary>Events after a sequence number, oldest first.</summary>
    Task<Result<IReadOnlyList<ClusterEvent>>> ListEventsAsync(Caller caller, Guid clusterUuid, long afterSequence, int limit, CancellationToken cancellationToken);

    /// <summary>Node groups of a cluster.</summary>
    Task<Result<Page<NodeGroup>>> ListNodeGroupsAsync(Caller caller, string clusterIdent, string? role, PageRequest page, CancellationToken cancellationToken);

    /// <summary>One group by uuid or name.</summary>
    Task<Result<(Cluster Cluster, NodeGroup NodeGroup)>> GetNodeGroupAsync(Caller caller, string clusterIdent, string ident, CancellationToken cancellationToken);
}
