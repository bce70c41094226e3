using Magnum.Drivers.EmbeddedCloud.Cinder;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;
using Magnum.Drivers.EmbeddedCloud.Keystone;
using Magnum.Drivers.EmbeddedCloud.Neutron;
using Magnum.Drivers.EmbeddedCloud.Nova;
using Magnum.Drivers.EmbeddedCloud.Octavia;
using Magnum.Drivers.EmbeddedCloud.Scenarios;

namespace Magnum.Drivers.EmbeddedCloud.Persistence;

/// <summary>All that the cloud remembers.</summary>
internal sealed class CloudState
{
    /// <summary>Raised when a file of an older layout could not be read any more.</summary>
    public int Layout { get; set; } = 1;

    public IdentityState Identity { get; set; } = new();

    public NetworkState Network { get; set; } = new();

    public ComputeState Compute { get; set; } = new();

    public VolumeState Volumes { get; set; } = new();

    public LoadBalancerState LoadBalancers { get; set; } = new();

    public Dictionary<string, StackRow> Stacks { get; set; } = [];

    public List<ActiveScenario> Scenarios { get; set; } = [];
}
