using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;

namespace Magnum.Tests.Drivers.Contract;

/// <summary>A driver and what it works on, as its contract needs them.</summary>
public abstract class DriverBackEnd : IAsyncDisposable
{
    /// <summary>The driver.</summary>
    public abstract IClusterDriver Driver { get; }

    /// <summary>In whose name it works.</summary>
    public virtual CloudCredential Credential => new CloudCredential.Service();

    /// <summary>What new nodes are given; null: they need nothing.</summary>
    public virtual NodeEnrolment? Enrolment => null;

    /// <summary>The cluster that the contract makes.</summary>
    public abstract WantedCluster Wanted { get; }

    /// <summary>Whether the back end answers.</summary>
    public abstract Task SetReachableAsync(bool reachable, CancellationToken cancellationToken);

    /// <summary>From now on no node of this cluster can be made; its labels may be changed for it.</summary>
    public abstract Task BreakNodesAsync(Cluster cluster, CancellationToken cancellationToken);

    /// <summary>Everything of clusters that is in the back end.</summary>
    public abstract Task<IReadOnlyList<string>> LeftAsync(CancellationToken cancellationToken);

    /// <summary>Lets a moment go by.</summary>
    public virtual Task PassTimeAsync(CancellationToken cancellationToken) => Task.Delay(TimeSpan.FromMilliseconds(30), cancellationToken);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}

/// <summary>What the contract's cluster is made of, in the back end's words.</summary>
/// <param name="NewerImage">With the next version of the engine; null: the driver does not upgrade.</param>
public sealed record WantedCluster(string Coe, string Distro, string Image, string Flavor, string? ExternalNetwork, string? NewerImage)
{
    /// <summary>Of the owner.</summary>
    public string ProjectId { get; init; } = "demo";

    /// <summary>Of cluster and groups.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
