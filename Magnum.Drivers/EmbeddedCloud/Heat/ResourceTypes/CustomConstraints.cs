using System.Net;
using Magnum.Drivers.EmbeddedCloud.Cinder;
using Magnum.Drivers.EmbeddedCloud.Http;
using Magnum.Drivers.EmbeddedCloud.Keystone;
using Magnum.Drivers.EmbeddedCloud.Neutron;

namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

/// <summary>Constraints that ask the cloud whether something exists, of properties and of parameters.</summary>
internal static class CustomConstraints
{
    /// <summary>What is wrong with the value; null when nothing is, or when the constraint is not known here.</summary>
    public static string? WhyNot(string constraint, string value, Cloud cloud, Session owner) => constraint switch
    {
        "nova.flavor" => cloud.Compute.FindFlavor(value) is null ? $"The Flavor ({value}) could not be found." : null,
        "nova.keypair" => cloud.Compute.FindKeyPair(owner.User.Id, value) is null ? $"The Key ({value}) could not be found." : null,
        "nova.server" => cloud.Compute.State.Servers.ContainsKey(value) ? null : $"The Server ({value}) could not be found.",
        "glance.image" => cloud.Images.Find(value) is null ? $"The Image ({value}) could not be found." : null,
        "cinder.vtype" => VolumeService.Types.Contains(value) ? null : $"The VolumeType ({value}) could not be found.",
        "cinder.volume" => cloud.Volumes.State.Volumes.ContainsKey(value) ? null : $"The Volume ({value}) could not be found.",
        "neutron.network" => Missing(() => cloud.Network.Find(cloud.Network.State.Networks.Values, "network", value, owner)),
        "neutron.subnet" => Missing(() => cloud.Network.Find(cloud.Network.State.Subnets.Values, "subnet", value, owner)),
        "neutron.router" => Missing(() => cloud.Network.Find(cloud.Network.State.Routers.Values, "router", value, owner)),
        "neutron.port" => Missing(() => cloud.Network.Find(cloud.Network.State.Ports.Values, "port", value, owner)),
        "neutron.security_group" => Missing(() => cloud.Network.Find(cloud.Network.State.SecurityGroups.Values, "security_group", value, owner)),
        "net_cidr" => AddressRange.Parse(value) is null ? $"Invalid net cidr invalid IPNetwork {value}" : null,
        "ip_addr" => IPAddress.TryParse(value, out _) ? null : "Invalid IP address",
        _ => null,
    };

    private static string? Missing(Func<NetworkingRow> find)
    {
        try
        {
            find();
            return null;
        }
        catch (ApiFault fault)
        {
            return fault.Message;
        }
    }
}
