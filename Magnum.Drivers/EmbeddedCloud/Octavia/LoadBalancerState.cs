namespace Magnum.Drivers.EmbeddedCloud.Octavia;

/// <summary>Octavia's tables.</summary>
internal sealed class LoadBalancerState
{
    public Dictionary<string, LoadBalancerRow> LoadBalancers { get; set; } = [];

    /// <summary>Listeners, pools, members and health monitors.</summary>
    public Dictionary<string, LoadBalancerPartRow> Parts { get; set; } = [];
}

internal sealed class LoadBalancerRow
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public required string ProjectId { get; set; }

    public required string VipSubnetId { get; set; }

    public required string VipPortId { get; set; }

    public string Description { get; set; } = "";

    public string Provider { get; set; } = "amphora";

    public List<string> Tags { get; set; } = [];

    public string ProvisioningStatus { get; set; } = "PENDING_CREATE";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? DueAt { get; set; }
}

internal enum PartKind
{
    Listener,
    Pool,
    Member,
    HealthMonitor,
}

/// <summary>A part of a load balancer; what its kind alone has is in <see cref="Settings"/>.</summary>
internal sealed class LoadBalancerPartRow
{
    public required string Id { get; set; }

    public required PartKind Kind { get; set; }

    public required string Name { get; set; }

    public required string ProjectId { get; set; }

    public required string LoadBalancerId { get; set; }

    /// <summary>The load balancer, listener or pool that it hangs on.</summary>
    public required string ParentId { get; set; }

    public required System.Text.Json.Nodes.JsonObject Settings { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
