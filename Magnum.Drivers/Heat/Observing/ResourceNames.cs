namespace Magnum.Drivers.Heat.Observing;

/// <summary>Heat's resource types in people's words.</summary>
internal static class ResourceNames
{
    public static string Of(string? type) => type switch
    {
        null or "" => "resource",
        "OS::Nova::Server" => "server",
        "OS::Nova::ServerGroup" => "server group",
        "OS::Neutron::Net" => "network",
        "OS::Neutron::Subnet" => "subnet",
        "OS::Neutron::Router" => "router",
        "OS::Neutron::RouterInterface" => "router interface",
        "OS::Neutron::Port" => "port",
        "OS::Neutron::FloatingIP" => "floating IP",
        "OS::Neutron::SecurityGroup" => "security group",
        "OS::Neutron::SecurityGroupRule" => "security group rule",
        "OS::Cinder::Volume" => "volume",
        "OS::Cinder::VolumeAttachment" => "volume attachment",
        "OS::Octavia::LoadBalancer" => "load balancer",
        "OS::Octavia::Listener" => "load balancer listener",
        "OS::Octavia::Pool" => "load balancer pool",
        "OS::Octavia::PoolMember" => "load balancer member",
        "OS::Octavia::HealthMonitor" => "load balancer health monitor",
        "OS::Heat::WaitCondition" => "report",
        "OS::Heat::WaitConditionHandle" => "report address",
        "OS::Heat::ResourceGroup" => "group of nodes",
        "OS::Heat::Value" => "value",
        "OS::Heat::Stack" => "stack",
        _ when type.EndsWith(".yaml", StringComparison.Ordinal) => "node",
        _ => type.Split("::")[^1],
    };
}
