namespace Magnum.Core.Drivers;

/// <summary>Something in the cloud that belongs to a cluster.</summary>
/// <param name="Type">As the cloud calls it: <c>OS::Nova::Server</c>, <c>OS::Neutron::Port</c>.</param>
/// <param name="Id">Its id in its own service; null while there is none.</param>
/// <param name="Status">The back end's word, such as <c>CREATE_COMPLETE</c> or <c>ACTIVE</c>.</param>
public sealed record ClusterResource(string Type, string Name, string? Id, string Status)
{
    /// <summary>The back end's words on that status.</summary>
    public string? Reason { get; init; }

    /// <summary>The node that it is part of, by name; null: of the cluster as a whole.</summary>
    public string? Node { get; init; }

    /// <summary>Whether the cluster has made it by itself, and not Magnum: load balancers of its services.</summary>
    public bool IsOwnMaking { get; init; }
}
