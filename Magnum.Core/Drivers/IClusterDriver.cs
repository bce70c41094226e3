using Magnum.Core.Clusters;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;

namespace Magnum.Core.Drivers;

/// <summary>An engine. It states facts and makes things so; it never writes Magnum's database and never decides on a status.</summary>
/// <remarks>
/// A node group that was added has a piece of the back end of its own: a request that names it works on that piece alone, any other on
/// the rest. Every method may be cut off and called again. Outside trouble is a <see cref="CloudException"/>; a refusal that no retry
/// can cure (a template that the back end rejects) is a <see cref="DriverRefusedException"/>.
/// </remarks>
public interface IClusterDriver
{
    /// <summary>What it is and can do.</summary>
    DriverDescription Description { get; }

    /// <summary>A dry run for a cluster that need not exist: what would be made, whether it fits and can work. Changes nothing.</summary>
    Task<ClusterPlan> PlanAsync(Cluster proposed, CloudCredential credential, CancellationToken cancellationToken);

    /// <summary>The same for a cluster that is there and more nodes of an added group, whose row says how many.</summary>
    Task<ClusterPlan> PlanAsync(Cluster cluster, NodeGroup added, CloudCredential credential, CancellationToken cancellationToken) => PlanAsync(cluster, credential, cancellationToken);

    /// <summary>Why a cluster cannot go to the images and the version that its rows name, by a <see cref="DriverRefusedException"/>. Changes nothing.</summary>
    /// <param name="upgraded">As it is to be; its version and its nodes are those that it has.</param>
    /// <param name="group">The added group that is to be upgraded; null: the cluster with the groups that were made with it.</param>
    Task CheckUpgradeAsync(Cluster upgraded, NodeGroup? group, CloudCredential credential, CancellationToken cancellationToken) =>
        throw new DriverRefusedException("Upgrading a cluster is not supported by this driver.", nothingChanged: true);

    /// <summary>
    /// Takes what the back end needs of the owner himself, with the token that he has brought: before a new cluster is recorded, and when somebody
    /// puts a cluster in his own name. For what a trust does not do: Keystone lets nobody make application credentials by one.
    /// </summary>
    /// <param name="kept">What Magnum keeps for the driver so far; null for a new cluster, and when there is nothing that can be read.</param>
    /// <returns>What Magnum is to keep instead, and to tell the cluster's masters when they ask; null: what it has. Secret.</returns>
    Task<string?> AdoptAsync(Cluster cluster, string? kept, TokenInfo owner, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>Gives back what was taken for a new cluster that was not recorded after all.</summary>
    Task AbandonAsync(Cluster cluster, TokenInfo owner, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Gives back what was taken of the owner, when nothing else of the cluster is left; what is gone already is success.</summary>
    /// <param name="kept">As for <see cref="AdoptAsync"/>.</param>
    Task ReleaseAsync(Cluster cluster, string? kept, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Makes the back end go towards what the cluster's rows say; safe to repeat. Returns when the back end has accepted. An upgrade may take
    /// many calls, each when the back end is done with the last: <see cref="ObservedCluster.Replacement"/> says how far it is.
    /// </summary>
    /// <returns>The back end's identifier, stored as <c>stack_id</c>.</returns>
    Task<string> ConvergeAsync(DriverRequest request, CancellationToken cancellationToken);

    /// <summary>Looks.</summary>
    Task<ObservedCluster> ObserveAsync(DriverRequest request, ObserveOptions options, CancellationToken cancellationToken);

    /// <summary>Asks the engine itself how it is; null when it has no probe for this cluster. The token ends it after the time that a probe has.</summary>
    Task<ClusterHealth?> ProbeAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken) => Task.FromResult<ClusterHealth?>(null);

    /// <summary>What is in the engine, within bounds; null when the driver has no way to look into this cluster. Trouble is a <see cref="CloudException"/>.</summary>
    Task<EngineContents?> LookInsideAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken) => Task.FromResult<EngineContents?>(null);

    /// <summary>What the engine's nodes have to give and what wants it; null when the driver cannot tell. Trouble is a <see cref="CloudException"/>.</summary>
    Task<EngineLoad?> MeasureAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken) => Task.FromResult<EngineLoad?>(null);

    /// <summary>
    /// Has the engine move its work off the nodes that <see cref="ConvergeAsync"/> with the same request would remove; to be called until nothing is
    /// left to wait for. A node that the engine does not know or cannot reach is not waited for, nor any without <see cref="DriverRequest.Access"/>.
    /// </summary>
    Task<DrainProgress> DrainAsync(DriverRequest request, CancellationToken cancellationToken) => Task.FromResult(DrainProgress.Done);

    /// <summary>Has the engine forget nodes that are gone for good; nothing without <see cref="DriverRequest.Access"/>.</summary>
    Task ForgetNodesAsync(DriverRequest request, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What the cluster consists of in the cloud, what it has made there by itself included; null when the back end has no list.</summary>
    Task<IReadOnlyList<ClusterResource>?> ListResourcesAsync(Cluster cluster, CloudCredential credential, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ClusterResource>?>(null);

    /// <summary>
    /// Before a cluster is deleted: asks the cloud to remove what the cluster has made there by itself and what would be in the way, such as load
    /// balancers of its services; to be called until nothing is left to wait for. Volumes are somebody's data and stay.
    /// </summary>
    /// <returns>What is left, for people.</returns>
    Task<IReadOnlyList<string>> RemoveOwnMakingsAsync(Cluster cluster, CloudCredential credential, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Asks the back end to remove everything that the request is about; what is gone already is success. Returns when accepted.</summary>
    Task DeleteAsync(DriverRequest request, CancellationToken cancellationToken);

    /// <summary>Back end identifiers of all clusters and added groups that are in progress, over all projects, in one call; null when the back end has no such list.</summary>
    Task<IReadOnlySet<string>?> ListInProgressAsync(CancellationToken cancellationToken);
}

/// <summary>How to observe.</summary>
/// <param name="WithEvents">Fetch events after <paramref name="EventMarker"/> and the stages.</param>
/// <param name="EventMarker">From the last observation.</param>
public sealed record ObserveOptions(bool WithEvents, string? EventMarker);

/// <summary>A cluster with what a driver needs to work on it.</summary>
/// <param name="Cluster">With its node groups; not to be changed.</param>
/// <param name="Credential">In whose name.</param>
/// <param name="Generation">Changes with every operation, stays over its retries: the driver marks the back end with it.</param>
public sealed record DriverRequest(Cluster Cluster, CloudCredential Credential, string Generation)
{
    /// <summary>The added group that it is about; null: the cluster with the groups that were made with it.</summary>
    public NodeGroup? NodeGroup { get; init; }

    /// <summary>How new nodes identify themselves; null when the operation makes none.</summary>
    public NodeEnrolment? Enrolment { get; init; }

    /// <summary>The cluster's CAs, for a driver whose description asks for them; null until they are made.</summary>
    public ClusterAuthorities? Authorities { get; init; }

    /// <summary>Server ids that go first when a group shrinks.</summary>
    public IReadOnlyList<string> NodesToRemove { get; init; } = [];

    /// <summary>Ask the back end to take a failed change back.</summary>
    public bool Rollback { get; init; }

    /// <summary>Whether the cluster may be made where there is none; else its absence is a refusal, since a new one would be empty.</summary>
    public bool MayCreate { get; init; } = true;

    /// <summary>Whether all that it is about is going to be deleted, and no node of it stays.</summary>
    public bool IsRemoval { get; init; }

    /// <summary>When the back end should give up; null: no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How to ask the engine itself, to choose and prepare nodes that go; null: it cannot be asked.</summary>
    public EngineAccess? Access { get; init; }

    /// <summary>How many workers are replaced at a time by nodes of the images that the rows name; null: no node is replaced.</summary>
    public int? UpgradeBatch { get; init; }
}

/// <summary>Nodes that still have work which is to move elsewhere.</summary>
/// <param name="Waiting">By node, what is left, such as <c>3 pods</c>; empty: all is done.</param>
public sealed record DrainProgress(IReadOnlyDictionary<string, string> Waiting)
{
    /// <summary>Nothing is left to wait for.</summary>
    public static DrainProgress Done { get; } = new(new Dictionary<string, string>());
}

/// <summary>What a new node needs to reach Magnum's certificate API in the cluster's name. Secret.</summary>
/// <param name="AuthUrl">Keystone, ending in <c>/v3</c>.</param>
/// <param name="MagnumUrl">Our API, ending in <c>/v1</c>.</param>
/// <param name="UserId">The cluster's user in the trustee domain.</param>
/// <param name="Password">Valid while the operation runs.</param>
public sealed record NodeEnrolment(string AuthUrl, string MagnumUrl, string UserId, string Password)
{
    /// <summary>The cloud's region; null: it has one only.</summary>
    public string? Region { get; init; }

    /// <summary>CA bundle for both addresses, when the cloud's own CA signs them.</summary>
    public string? CaBundle { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"NodeEnrolment {{ UserId = {UserId} }}";
}

/// <summary>A cluster's CAs with their keys, for a back end that signs the nodes' certificates itself. Secret.</summary>
/// <param name="ServiceAccounts">No CA: the public key and the key.</param>
public sealed record ClusterAuthorities(PemPair Cluster, PemPair Etcd, PemPair FrontProxy, PemPair ServiceAccounts)
{
    /// <inheritdoc />
    public override string ToString() => "ClusterAuthorities";
}

/// <summary>A certificate or public key and its private key, both PEM. Secret.</summary>
public sealed record PemPair(string Certificate, string PrivateKey)
{
    /// <inheritdoc />
    public override string ToString() => "PemPair";
}

/// <summary>The back end refuses what was asked; trying again changes nothing.</summary>
/// <param name="message">For people, naming the property or resource.</param>
/// <param name="nothingChanged">True when nothing was touched, so that the previous status can be restored.</param>
public sealed class DriverRefusedException(string message, bool nothingChanged, Exception? inner = null)
    : Exception(PublicText.Clean(message), inner)
{
    /// <summary>Whether the back end is as it was.</summary>
    public bool NothingChanged { get; } = nothingChanged;
}

/// <summary>The drivers that are installed and enabled.</summary>
public interface IClusterDriverRegistry
{
    /// <summary>All, by name.</summary>
    IReadOnlyList<DriverDescription> Drivers { get; }

    /// <summary>The driver of this name, or null.</summary>
    IClusterDriver? Find(string name);

    /// <summary>Drivers that provide the triple, the one that is meant unless another is named first.</summary>
    IReadOnlyList<DriverDescription> FindByType(string serverType, string distro, string coe);

    /// <summary>Whether the driver that carries the cluster is there and can do it.</summary>
    bool Can(Cluster cluster, DriverCapabilities capability) => Find(cluster.Driver)?.Description.Capabilities.HasFlag(capability) == true;
}
