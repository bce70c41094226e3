using Magnum.Core.Drivers;
using MudBlazor;

namespace Magnum.Web.Features.Clusters;

/// <summary>How resources of a cloud are called and drawn.</summary>
internal static class ResourceWords
{
    /// <summary>Kinds that have a name of their own; everything else is <c>other</c>.</summary>
    public static readonly string[] Kinds = ["server", "volume", "load-balancer", "floating-ip", "network", "subnet", "router", "port", "security-group", "security-rule", "server-group", "stack", "object", "other"];

    /// <summary>What matters most first.</summary>
    public static IEnumerable<ClusterResource> Ordered(IEnumerable<ClusterResource> resources) =>
        resources.OrderByDescending(IsFailed).ThenBy(r => Array.IndexOf(Kinds, KindOf(r.Type))).ThenBy(r => r.Name, StringComparer.Ordinal);

    public static string KindOf(string type) => type switch
    {
        "OS::Nova::Server" => "server",
        "OS::Nova::ServerGroup" => "server-group",
        "OS::Neutron::Port" => "port",
        "OS::Neutron::Net" => "network",
        "OS::Neutron::Subnet" => "subnet",
        "OS::Neutron::SecurityGroup" => "security-group",
        "OS::Neutron::SecurityGroupRule" => "security-rule",
        "OS::Cinder::Volume" or "OS::Cinder::VolumeAttachment" => "volume",
        "OS::Heat::Stack" => "stack",
        _ when type.StartsWith("OS::Neutron::Router", StringComparison.Ordinal) => "router",
        _ when type.StartsWith("OS::Neutron::FloatingIP", StringComparison.Ordinal) => "floating-ip",
        _ when type.StartsWith("OS::Octavia::", StringComparison.Ordinal) => "load-balancer",
        _ when !type.StartsWith("OS::", StringComparison.Ordinal) => "object",
        _ => "other",
    };

    public static string Icon(string type) => KindOf(type) switch
    {
        "server" => Icons.Material.Outlined.Dns,
        "port" => Icons.Material.Outlined.SettingsEthernet,
        "network" or "subnet" => Icons.Material.Outlined.Lan,
        "router" => Icons.Material.Outlined.Router,
        "security-group" or "security-rule" => Icons.Material.Outlined.Security,
        "floating-ip" => Icons.Material.Outlined.Public,
        "volume" => Icons.Material.Outlined.Storage,
        "load-balancer" => Icons.Material.Outlined.AccountTree,
        "stack" => Icons.Material.Outlined.Layers,
        _ => Icons.Material.Outlined.Category,
    };

    public static bool IsFailed(ClusterResource resource) => resource.Status.EndsWith("_FAILED", StringComparison.Ordinal) || resource.Status is "ERROR";

    /// <summary>Not to be read by colour alone: the words stand beside it.</summary>
    public static string Tone(ClusterResource resource) =>
        IsFailed(resource) ? "error" : resource.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) || resource.Status.StartsWith("PENDING", StringComparison.Ordinal) ? "info" : "success";

    public static string StatusIcon(ClusterResource resource) => Tone(resource) switch
    {
        "error" => Icons.Material.Filled.Error,
        "info" => Icons.Material.Outlined.HourglassEmpty,
        _ => Icons.Material.Filled.CheckCircle,
    };
}
