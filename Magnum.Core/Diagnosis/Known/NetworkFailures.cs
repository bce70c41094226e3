namespace Magnum.Core.Diagnosis.Known;

/// <summary>Neutron: networks, addresses, routers.</summary>
internal static class NetworkFailures
{
    public static readonly IReadOnlyList<FailureCause> All =
    [
        new("quota-floating-ips", Actor.User, "The project's quota of floating IPs is used up.", @"Quota exceeded for resources: \[[^\]]*'?floating_?ip"),
        new("quota-security-groups", Actor.User, "The project's quota of security groups or their rules is used up.", @"Quota exceeded for resources: \[[^\]]*'?security_group"),
        new("quota-ports", Actor.User, "The project's quota of ports is used up.", @"Quota exceeded for resources: \[[^\]]*'?port\b"),
        new("quota-networks", Actor.User, "The project's quota of networks, subnets or routers is used up.", @"Quota exceeded for resources: \[[^\]]*'?(network|subnet|router)\b"),
        new("floating-ip-pool-exhausted", Actor.Operator, "The network has no free address left.", @"No more IP addresses available on network|No more floating IPs|IpAddressGenerationFailure"),
        new("external-route-missing", Actor.User, "There is no way from the subnet to the external network.", @"External network \S+ is not reachable from subnet"),
        new("subnet-not-found", Actor.User, "The subnet is not there, or not for this project.", @"Subnet \S+ could not be found|Unable to find (fixed )?subnet|No Subnet found"),
        new("network-not-found", Actor.User, "The network is not there, or not for this project.", @"Network \S+ could not be found|Unable to find (fixed |external )?network|The Network \([^)]*\) could not be found|No Network found|Error validating value .{0,80}: Unable to find network"),
        new("router-interface-conflict", Actor.User, "The router is joined to this subnet, or to one like it, already.", @"Router already has a port on subnet|Cidr \S+ of subnet \S+ overlaps with cidr"),
        new("subnet-overlap", Actor.User, "The address range overlaps with another subnet.", @"overlaps with another subnet|Invalid CIDR .{0,60}overlap"),
        new("address-in-use", Actor.User, "The address is taken.", @"IP address \S+ already allocated in subnet|The IP address \S+ is in use"),
        new("resource-in-use", Actor.User, "Something that Magnum did not make stands on the cluster's network.", @"One or more ports (still in use|have an IP allocation)|(Network|Router|Subnet|Security Group) \S+ .{0,40}\b(is )?in use|There are one or more ports still in use|Router \S+ still has ports"),
    ];
}
