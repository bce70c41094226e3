using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;

namespace Magnum.Drivers.Heat.Preflight;

/// <summary>What a plan takes from the cloud: everything for a new cluster, only the new nodes for one that is there.</summary>
internal sealed class PlannedNeeds(PlannedDesign design, IReadOnlyList<StackPart> parts, Machines machines)
{
    private readonly IReadOnlyList<StackPart> _parts =
    [
        .. parts.Select(p => p with { Count = New(p, design) }).Where(p => p.Count > 0),
    ];

    private int NewMasters => Servers(StackParts.ControlPlane);

    private int NewWorkers => Servers(StackParts.Workers);

    /// <summary>For people: what Heat makes for itself is left out.</summary>
    public IReadOnlyList<PlannedResource> Resources(CloudFacts facts) =>
    [
        .. _parts.Where(p => !p.Type.StartsWith("OS::Heat::", StringComparison.Ordinal))
            .GroupBy(p => (p.Type, Role: p.Type is "OS::Nova::Server" or "OS::Nova::ServerGroup" or "OS::Neutron::Port" or "OS::Neutron::FloatingIP" or "OS::Cinder::Volume" or "OS::Cinder::VolumeAttachment" ? p.Stage : "", Kind: Volume(p)))
            .Select(g => new PlannedResource(g.Key.Type, Name(g.Key.Role, g), g.Sum(p => p.Count), Detail(g.Key.Type, g.Key.Role, g.Key.Kind, facts))
            {
                Flavor = g.Key.Type is "OS::Nova::Server" ? Of(g.Key.Role).Flavor : null,
                Gigabytes = Volumes(g.Key.Role, g.Key.Kind).FirstOrDefault()?.Size ?? 0,
            }),
    ];

    public void Check(QuotaChecks quotas, CheckList checks, CloudAnswers cloud)
    {
        var before = checks.Checks.Count;
        if (checks.Take(cloud.ComputeLimits, "quota.compute", "The limits of compute", isNeeded: false) is { } compute)
        {
            quotas.Add("instances", "servers", compute.Instances, NewMasters + NewWorkers, "node_count");
            quotas.Add("cores", "vCPUs", compute.Cores, Sum(f => f.Vcpus), "flavor_id");
            quotas.Add("ram", "memory (MiB)", compute.Ram, Sum(f => f.Ram), "flavor_id");
            quotas.Add("server_groups", "server groups", compute.ServerGroups, Count("OS::Nova::ServerGroup"));
            quotas.Conclude("quota.compute", "compute", before);
        }

        before = checks.Checks.Count;
        if (checks.Take(cloud.NetworkLimits, "quota.network", "The limits of the network", isNeeded: false) is { } network)
        {
            quotas.Add("networks", "networks", network.Networks, Count("OS::Neutron::Net"), "fixed_network");
            quotas.Add("subnets", "subnets", network.Subnets, Count("OS::Neutron::Subnet"), "fixed_network");
            quotas.Add("routers", "routers", network.Routers, Count("OS::Neutron::Router"), "fixed_network");
            // A router's leg and a load balancer's address are ports too.
            quotas.Add("ports", "ports", network.Ports, Count("OS::Neutron::Port") + Count("OS::Neutron::RouterInterface") + Count("OS::Octavia::LoadBalancer"), "node_count");
            quotas.Add("floating_ips", "floating IPs", network.FloatingIps, Count("OS::Neutron::FloatingIP"), "floating_ip_enabled");
            var groups = Count("OS::Neutron::SecurityGroup");
            quotas.Add("security_groups", "security groups", network.SecurityGroups, groups);
            // Neutron puts two rules for what goes out into each new group.
            quotas.Add("security_group_rules", "security group rules", network.SecurityGroupRules, Count("OS::Neutron::SecurityGroupRule") + (2 * groups));
            quotas.Conclude("quota.network", "the network", before);
        }

        before = checks.Checks.Count;
        if (design.NeedsVolumes && checks.Take(cloud.VolumeLimits, "quota.volume", "The limits of volumes", isNeeded: false) is { } volume)
        {
            quotas.Add("volumes", "volumes", volume.Volumes, Count("OS::Cinder::Volume"), "docker_volume_size");
            quotas.Add("gigabytes", "volumes' GiB", volume.Gigabytes, Gigabytes(), "docker_volume_size");
            quotas.Conclude("quota.volume", "volumes", before);
        }
    }

    private static int New(StackPart part, PlannedDesign design)
    {
        if (design.Cluster.StackId is null)
        {
            return part.Count;
        }

        return part.Name == design.Words.Workers ? Math.Max(0, part.Count - Present(design.Workers))
            : part.Name == $"{design.Words.Master}*" ? Math.Max(0, part.Count - Present(design.Masters))
            : 0;
    }

    private static int Present(NodeGroup group) => group.Nodes.Count;

    private int Servers(string stage) => _parts.Where(p => p.Stage == stage && p.Type is "OS::Nova::Server").Sum(p => p.Count);

    private int Count(string type) => _parts.Where(p => p.Type == type).Sum(p => p.Count);

    private int Sum(Func<Flavor, int> of) =>
        (machines.MasterFlavor is { } master ? NewMasters * of(master) : 0) + (machines.WorkerFlavor is { } worker ? NewWorkers * of(worker) : 0);

    /// <summary>Bounded beyond what any cloud has, where it can still be added to and doubled: absurd sizes must not come out as small.</summary>
    private int Gigabytes() => (int)Math.Min(
        int.MaxValue / 4,
        (NewMasters * design.Volumes(design.Masters).Sum(v => (long)v.Size)) + (NewWorkers * design.Volumes(design.Workers).Sum(v => (long)v.Size)));

    private static string Volume(StackPart part) => part.Type is "OS::Cinder::Volume" ? part.Resource : "";

    private string Name(string role, IEnumerable<StackPart> group) => role switch
    {
        StackParts.ControlPlane => $"{design.StackName}-master-*",
        StackParts.Workers => $"{design.StackName}-worker-*",
        _ => Pattern([.. group.Select(p => p.Resource)]),
    };

    /// <summary>The name, or what the names have in common.</summary>
    private static string Pattern(IReadOnlyList<string> names)
    {
        var common = names.Min(n => n.Length);
        while (common > 0 && names.Any(n => n[..common] != names[0][..common]))
        {
            common--;
        }

        return names.Count == 1 ? names[0] : $"{names[0][..common]}*";
    }

    private (Flavor? Flavor, Image? Image) Of(string role) => role == StackParts.ControlPlane
        ? (machines.MasterFlavor, machines.MasterImage)
        : (machines.WorkerFlavor, machines.WorkerImage);

    private IEnumerable<NodeVolume> Volumes(string role, string name) =>
        design.Volumes(role == StackParts.ControlPlane ? design.Masters : design.Workers).Where(v => v.Name == name);

    private string Detail(string type, string role, string volume, CloudFacts facts)
    {
        var (flavor, image) = Of(role);
        return type switch
        {
            "OS::Nova::Server" => $"{(flavor is null ? "flavor not found" : $"{flavor.Name}: {flavor.Vcpus} vCPU, {flavor.Ram} MiB, {(design.BootVolumeSize > 0 ? $"{design.BootVolumeSize} GiB volume" : $"{flavor.Disk} GiB")}")}; {image?.Name ?? "image not found"}",
            "OS::Cinder::Volume" => string.Concat(Volumes(role, volume).Select(v => $"{v.Size} GiB {v.Purpose}")),
            "OS::Neutron::Subnet" => $"{facts.SubnetCidr}, name servers {string.Join(", ", design.DnsNameservers)}",
            "OS::Neutron::Router" => $"gateway on {design.ExternalNetwork ?? "the external network"}",
            "OS::Neutron::FloatingIP" => $"on {design.ExternalNetwork ?? "the external network"}",
            "OS::Neutron::SecurityGroup" => "closed but for what the cluster needs",
            "OS::Octavia::LoadBalancer" => $"for the API, provider {design.Labels.Text("octavia_provider")}",
            "OS::Octavia::Listener" => $"port {design.ApiPort}",
            "OS::Nova::ServerGroup" => "soft anti-affinity",
            _ => "",
        };
    }
}
