using System.Net;
using System.Net.Sockets;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.Heat.Nodes;

namespace Magnum.Drivers.Heat.Preflight;

/// <summary>Networks, addresses, name servers.</summary>
internal static class NetworkChecks
{
    /// <returns>What was found, with the names as given for what was not.</returns>
    public static CloudFacts Run(CheckList checks, PlannedDesign design, CloudAnswers cloud, Machines machines)
    {
        var networks = checks.Take(cloud.Networks, "network.service", "The networks", isNeeded: true);
        var external = networks is null || !design.NeedsExternalNetwork
            ? null
            : Found(checks, NetworkChoice.External(networks, design.ExternalNetwork), "network.external", n => $"External network {n.Name} is there.", "external_network_id");
        var fixedNetwork = networks is null || design.FixedNetwork is null
            ? null
            : Found(checks, NetworkChoice.Named(networks, design.FixedNetwork, "fixed_network"), "network.fixed", n => $"Network {n.Name} is there.", "fixed_network");
        if (fixedNetwork is { External: true })
        {
            checks.Fail("network.fixed", $"Network {fixedNetwork.Name} (fixed_network) is an external network: servers cannot be put on it.", "fixed_network");
        }

        Subnet? subnet = null;
        if (fixedNetwork is not null && checks.Take(cloud.Subnets, "network.subnet", "The subnets", isNeeded: true, "fixed_subnet") is { } subnets)
        {
            subnet = Found(checks, NetworkChoice.Subnet(subnets, fixedNetwork, design.FixedSubnet), "network.subnet", s => $"Subnet {s.Name} ({s.Cidr}) is there.", "fixed_subnet");
            if (subnet is { GatewayIp: null })
            {
                checks.Warn("network.gateway", $"Subnet {subnet.Name} has no gateway: the nodes have to reach Keystone and Magnum.", "fixed_subnet");
            }
        }

        if (design.FixedNetwork is null && design.FixedSubnet is not null)
        {
            checks.Fail("network.subnet", "A subnet (fixed_subnet) is given without its network (fixed_network).", "fixed_network");
        }

        Overlaps(checks, design, subnet?.Cidr);
        if (design.FixedNetwork is null)
        {
            checks.Judge(
                "network.dns",
                design.DnsNameservers.Where(s => !IsAddress(s)).Select(s => $"Name server {s} (dns_nameserver) is not an IPv4 address."),
                $"Name servers: {string.Join(", ", design.DnsNameservers)}.",
                "dns_nameserver");
        }

        return new CloudFacts(
            machines.MasterImage?.Id ?? design.MasterImage,
            machines.WorkerImage?.Id ?? design.WorkerImage,
            machines.MasterImage?.Properties.GetValueOrDefault(design.Words.Version),
            external?.Id ?? design.ExternalNetwork,
            design.FixedNetwork is null ? null : fixedNetwork?.Id ?? design.FixedNetwork,
            subnet?.Id ?? design.FixedSubnet,
            subnet?.Cidr ?? design.NewSubnetCidr);
    }

    private static T? Found<T>(CheckList checks, (T? Value, string? Fault) choice, string id, Func<T, string> passed, string field)
        where T : class
    {
        if (choice.Value is { } value)
        {
            checks.Pass(id, passed(value), field);
            return value;
        }

        checks.Fail(id, choice.Fault!, field);
        return null;
    }

    private static void Overlaps(CheckList checks, PlannedDesign design, string? subnetCidr)
    {
        (string What, string Cidr)[] all = [("nodes", subnetCidr ?? design.NewSubnetCidr), .. design.InnerNetworks];
        if (!all.All(n => LabelDefinition.IsCidr(n.Cidr)) || (subnetCidr is null && design.FixedNetwork is not null))
        {
            return;
        }

        checks.Judge(
            "network.overlap",
            from i in Enumerable.Range(0, all.Length)
            from j in Enumerable.Range(i + 1, all.Length - i - 1)
            where Addresses.Overlap(all[i].Cidr, all[j].Cidr)
            select $"The addresses of the {all[i].What} ({all[i].Cidr}) and of the {all[j].What} ({all[j].Cidr}) overlap.",
            $"Addresses: {string.Join(", ", all.Select(n => $"{n.What} {n.Cidr}"))}.",
            "labels");
    }

    // IPAddress also reads "8" and "8.8".
    private static bool IsAddress(string text) =>
        text.Count(c => c == '.') == 3 && IPAddress.TryParse(text, out var address) && address.AddressFamily is AddressFamily.InterNetwork;
}
