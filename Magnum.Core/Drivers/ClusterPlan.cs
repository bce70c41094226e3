using Magnum.Core.OpenStack;

namespace Magnum.Core.Drivers;

/// <summary>What would be made or changed, and whether it can work: the wizard's preflight and the API's dry run.</summary>
public sealed record ClusterPlan(
    IReadOnlyList<PlannedResource> Resources,
    IReadOnlyList<PreflightCheck> Checks,
    IReadOnlyList<QuotaProjection> Quotas)
{
    /// <summary>Whether nothing speaks against launching; warnings do not.</summary>
    public bool CanLaunch => Checks.All(c => c.Outcome != CheckOutcome.Fail);

    /// <summary>What is taken of each kind, what costs most first; kinds of which nothing is taken are left out.</summary>
    public IReadOnlyList<PlanNeed> Needs => [.. new[]
    {
        Need("instances", Count("OS::Nova::Server")),
        Need("cores", Resources.Sum(r => (long)r.Count * (r.Flavor?.Vcpus ?? 0))),
        Need("ram", Resources.Sum(r => (long)r.Count * (r.Flavor?.Ram ?? 0))),
        Need("volumes", Count("OS::Cinder::Volume")),
        Need("gigabytes", Resources.Sum(r => (long)r.Count * r.Gigabytes)),
        Need("load_balancers", Count("OS::Octavia::LoadBalancer")),
        Need("floating_ips", Count("OS::Neutron::FloatingIP")),
        Need("networks", Count("OS::Neutron::Net")),
        Need("subnets", Count("OS::Neutron::Subnet")),
        Need("routers", Count("OS::Neutron::Router")),
        Need("ports", Count("OS::Neutron::Port")),
        Need("security_groups", Count("OS::Neutron::SecurityGroup")),
    }.Where(n => n.Amount > 0)];

    private long Count(string type) => Resources.Where(r => r.Type == type).Sum(r => (long)r.Count);

    // What a limit is held against counts what the cloud adds by itself, such as a router's ports; not every cloud tells its limits.
    private PlanNeed Need(string resource, long counted) => new(resource, Quotas.FirstOrDefault(q => q.Resource == resource)?.Adds ?? counted);
}

/// <summary>How much of one kind a plan takes.</summary>
/// <param name="Resource">As <see cref="QuotaProjection.Resource"/>, in its units.</param>
public sealed record PlanNeed(string Resource, long Amount);

/// <summary>Resources of one kind that would be made.</summary>
/// <param name="Type">The back end's type, such as <c>OS::Nova::Server</c>.</param>
/// <param name="Name">Name or name pattern.</param>
/// <param name="Detail">For people: flavor, image, size.</param>
public sealed record PlannedResource(string Type, string Name, int Count, string Detail)
{
    /// <summary>Of servers; null: not known, or no server.</summary>
    public Flavor? Flavor { get; init; }

    /// <summary>GiB of each volume; 0: no volume.</summary>
    public int Gigabytes { get; init; }
}

/// <summary>How a check came out.</summary>
public enum CheckOutcome
{
    Pass,
    Warning,
    Fail,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Id">Stable key such as <c>quota.cores</c>, <c>image.os_distro</c>, <c>network.fixed</c>.</param>
/// <param name="Message">A sentence naming the field or resource.</param>
/// <param name="Field">The request's field to change, in the API's spelling.</param>
public sealed record PreflightCheck(string Id, CheckOutcome Outcome, string Message, string? Field = null);

/// <summary>Use of a limit before and after.</summary>
/// <param name="Resource">Such as <c>instances</c>, <c>cores</c>, <c>ram</c> (MiB), <c>volumes</c>, <c>gigabytes</c>, <c>floating_ips</c>, <c>load_balancers</c>, <c>clusters</c>.</param>
/// <param name="Limit">-1: none.</param>
public sealed record QuotaProjection(string Resource, int Used, int Adds, int Limit)
{
    /// <summary>Whether it fits.</summary>
    public bool Fits => Limit < 0 || Used + Adds <= Limit;
}
