using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;
using Magnum.Drivers.EmbeddedCloud.Neutron;

namespace Magnum.Drivers.EmbeddedCloud.Octavia;

/// <summary>Octavia without its HTTP.</summary>
internal sealed class LoadBalancerService(Cloud cloud)
{
    public static readonly TimeSpan CreateTime = TimeSpan.FromSeconds(20);

    public LoadBalancerState State => cloud.State.LoadBalancers;

    public LoadBalancerRow Add(string projectId, string name, string subnetId, string? address, string? provider, string? description, IEnumerable<string> tags)
    {
        if (provider is not (null or "amphora" or "ovn" or "octavia"))
        {
            throw ApiFault.BadRequest($"Provider '{provider}' is not enabled.");
        }

        var subnet = cloud.Network.State.Subnets.GetValueOrDefault(subnetId) ?? throw ApiFault.BadRequest($"Subnet {subnetId} not found.");
        var id = Ids.New();
        var port = cloud.Network.AddPort(
            new PortRow
            {
                Id = Ids.New(),
                Name = "octavia-lb-" + id,
                ProjectId = projectId,
                NetworkId = subnet.NetworkId,
                MacAddress = NetworkService.NewMac(),
                DeviceId = "lb-" + id,
                DeviceOwner = "Octavia",
            },
            [(subnet.Id, address)]);
        var row = new LoadBalancerRow
        {
            Id = id,
            Name = name,
            ProjectId = projectId,
            VipSubnetId = subnet.Id,
            VipPortId = port.Id,
            Provider = provider ?? "amphora",
            Description = description ?? "",
            Tags = [.. tags],
            CreatedAt = cloud.Clock.Now,
            DueAt = cloud.Clock.After(CreateTime),
        };
        return State.LoadBalancers[id] = row;
    }

    public LoadBalancerRow Require(string id) => State.LoadBalancers.GetValueOrDefault(id) ?? throw ApiFault.NotFound($"Load Balancer {id} not found.");

    public void Remove(string id, bool cascade)
    {
        var row = Require(id);
        if (row.ProvisioningStatus.StartsWith("PENDING", StringComparison.Ordinal))
        {
            throw ApiFault.Conflict($"Load Balancer {id} is immutable and cannot be updated.");
        }

        if (!cascade && State.Parts.Values.Any(p => p.LoadBalancerId == id))
        {
            throw ApiFault.BadRequest($"Cannot delete Load Balancer {id} - it has children");
        }

        row.ProvisioningStatus = "PENDING_DELETE";
        row.DueAt = cloud.Clock.After(TimeSpan.FromSeconds(3));
    }

    public LoadBalancerPartRow AddPart(PartKind kind, string projectId, string name, string parentId, JsonObject settings)
    {
        var balancerId = State.LoadBalancers.ContainsKey(parentId) ? parentId : State.Parts.GetValueOrDefault(parentId)?.LoadBalancerId
            ?? throw ApiFault.NotFound($"{(kind is PartKind.Member or PartKind.HealthMonitor ? "Pool" : "Load Balancer")} {parentId} not found.");
        if (Require(balancerId).ProvisioningStatus is "PENDING_CREATE" or "PENDING_DELETE")
        {
            throw ApiFault.Conflict($"Load Balancer {balancerId} is immutable and cannot be updated.");
        }

        if (kind is PartKind.Listener && State.Parts.Values.Any(p => p.Kind is PartKind.Listener && p.LoadBalancerId == balancerId && p.Settings.Text("protocol_port") == settings.Text("protocol_port")))
        {
            throw ApiFault.Conflict($"Another Listener on this Load Balancer is already using protocol_port {settings.Text("protocol_port")}");
        }

        var row = new LoadBalancerPartRow { Id = Ids.New(), Kind = kind, Name = name, ProjectId = projectId, LoadBalancerId = balancerId, ParentId = parentId, Settings = settings, CreatedAt = cloud.Clock.Now };
        return State.Parts[row.Id] = row;
    }

    public void RemovePart(string id)
    {
        if (!State.Parts.Remove(id))
        {
            throw ApiFault.NotFound($"{id} not found.");
        }

        foreach (var child in State.Parts.Values.Where(p => p.ParentId == id).ToList())
        {
            RemovePart(child.Id);
        }
    }

    public bool Advance(DateTimeOffset now)
    {
        var due = State.LoadBalancers.Values.Where(l => l.DueAt <= now).ToList();
        foreach (var row in due)
        {
            row.DueAt = null;
            if (row.ProvisioningStatus is not "PENDING_DELETE")
            {
                row.ProvisioningStatus = "ACTIVE";
                continue;
            }

            State.LoadBalancers.Remove(row.Id);
            foreach (var part in State.Parts.Values.Where(p => p.LoadBalancerId == row.Id).ToList())
            {
                State.Parts.Remove(part.Id);
            }

            if (cloud.Network.State.Ports.ContainsKey(row.VipPortId))
            {
                cloud.Network.RemovePort(row.VipPortId, byOwner: true);
            }
        }

        return due.Count > 0;
    }

    public DateTimeOffset? NextDue() => State.LoadBalancers.Values.Min(l => l.DueAt);

    public void Shift(Func<DateTimeOffset, DateTimeOffset> move)
    {
        foreach (var row in State.LoadBalancers.Values)
        {
            row.DueAt = Cloud.Shifted(row.DueAt, move);
        }
    }
}
