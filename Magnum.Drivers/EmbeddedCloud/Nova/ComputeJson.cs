using System.Text;
using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Neutron;

namespace Magnum.Drivers.EmbeddedCloud.Nova;

/// <summary>Nova's rows as it answers them.</summary>
internal sealed class ComputeJson(Cloud cloud)
{
    public JsonArray Links(string path) =>
    [
        new JsonObject { ["rel"] = "self", ["href"] = $"{cloud.BaseUrl}compute/v2.1/{path}" },
        new JsonObject { ["rel"] = "bookmark", ["href"] = $"{cloud.BaseUrl}compute/{path}" },
    ];

    public JsonObject Brief(ServerRow row) => new() { ["id"] = row.Id, ["name"] = row.Name, ["links"] = Links("servers/" + row.Id) };

    public JsonObject Full(ServerRow row, double version, bool admin)
    {
        var flavor = cloud.Compute.FindFlavor(row.FlavorId)!;
        var body = Brief(row);
        body["status"] = row.Status;
        body["tenant_id"] = row.ProjectId;
        body["user_id"] = row.UserId;
        body["metadata"] = row.Metadata.ToJson();
        body["hostId"] = row.Status is "BUILD" ? "" : Ids.DeriveHex("host:" + row.ProjectId);
        body["image"] = row.ImageId is null ? "" : new JsonObject { ["id"] = row.ImageId, ["links"] = new JsonArray(new JsonObject { ["rel"] = "bookmark", ["href"] = $"{cloud.BaseUrl}compute/images/{row.ImageId}" }) };
        body["flavor"] = version >= 2.47
            ? new JsonObject { ["vcpus"] = flavor.Vcpus, ["ram"] = flavor.Ram, ["disk"] = flavor.Disk, ["ephemeral"] = 0, ["swap"] = 0, ["original_name"] = flavor.Name, ["extra_specs"] = new JsonObject() }
            : new JsonObject { ["id"] = flavor.Id, ["links"] = new JsonArray(new JsonObject { ["rel"] = "bookmark", ["href"] = $"{cloud.BaseUrl}compute/flavors/{flavor.Id}" }) };
        body["created"] = row.CreatedAt.Stamp();
        body["updated"] = row.UpdatedAt.Stamp();
        body["addresses"] = Addresses(row);
        body["accessIPv4"] = "";
        body["accessIPv6"] = "";
        body["OS-DCF:diskConfig"] = "MANUAL";
        body["OS-EXT-AZ:availability_zone"] = row.AvailabilityZone;
        body["config_drive"] = row.ConfigDrive ? "True" : "";
        body["key_name"] = row.KeyName;
        body["OS-SRV-USG:launched_at"] = row.LaunchedAt?.BareStamp();
        body["OS-SRV-USG:terminated_at"] = null;
        body["OS-EXT-STS:task_state"] = row.TaskState;
        body["OS-EXT-STS:vm_state"] = row.Status switch { "BUILD" => "building", "ERROR" => "error", "SHUTOFF" => "stopped", _ => "active" };
        body["OS-EXT-STS:power_state"] = row.Status is "ACTIVE" ? 1 : row.Status is "SHUTOFF" ? 4 : 0;
        body["os-extended-volumes:volumes_attached"] = row.VolumeIds.Select(v => new JsonObject { ["id"] = v, ["delete_on_termination"] = false }).ToJson();
        body["security_groups"] = row.SecurityGroups.Select(g => new JsonObject { ["name"] = g }).ToJson();
        if (row.Status is "ACTIVE" or "BUILD")
        {
            body["progress"] = row.Status is "ACTIVE" ? 100 : 0;
        }

        if (version >= 2.19)
        {
            body["description"] = null;
        }

        if (version >= 2.26)
        {
            body["tags"] = row.Tags.ToJson();
        }

        if (row.Fault is { } fault)
        {
            body["fault"] = new JsonObject { ["code"] = fault.Code, ["created"] = fault.Created.Stamp(), ["message"] = fault.Message };
        }

        if (admin)
        {
            body["OS-EXT-SRV-ATTR:host"] = row.Status is "BUILD" or "ERROR" ? null : "embedded";
            body["OS-EXT-SRV-ATTR:hypervisor_hostname"] = row.Status is "BUILD" or "ERROR" ? null : "embedded";
            body["OS-EXT-SRV-ATTR:instance_name"] = "instance-" + row.Id[..8];
            if (version >= 2.03)
            {
                body["OS-EXT-SRV-ATTR:user_data"] = row.UserData is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(row.UserData));
                body["OS-EXT-SRV-ATTR:hostname"] = row.Name;
            }
        }

        return body;
    }

    public JsonObject Addresses(ServerRow row)
    {
        var addresses = new JsonObject();
        foreach (var port in row.PortIds.Select(id => cloud.Network.State.Ports.GetValueOrDefault(id)).OfType<PortRow>())
        {
            var name = cloud.Network.State.Networks.GetValueOrDefault(port.NetworkId)?.Name ?? port.NetworkId;
            var list = addresses[name] as JsonArray ?? [];
            foreach (var ip in port.FixedIps)
            {
                list.Add((JsonNode)Address(ip.IpAddress, "fixed", port.MacAddress));
            }

            foreach (var floating in cloud.Network.State.FloatingIps.Values.Where(f => f.PortId == port.Id))
            {
                list.Add((JsonNode)Address(floating.Address, "floating", port.MacAddress));
            }

            addresses[name] ??= list;
        }

        return addresses;
    }

    public JsonObject Describe(FlavorRow row, bool detail)
    {
        var body = new JsonObject { ["id"] = row.Id, ["name"] = row.Name, ["links"] = Links("flavors/" + row.Id) };
        if (detail)
        {
            body["vcpus"] = row.Vcpus;
            body["ram"] = row.Ram;
            body["disk"] = row.Disk;
            body["swap"] = "";
            body["rxtx_factor"] = 1.0;
            body["OS-FLV-DISABLED:disabled"] = false;
            body["OS-FLV-EXT-DATA:ephemeral"] = 0;
            body["os-flavor-access:is_public"] = true;
            body["description"] = null;
            body["extra_specs"] = new JsonObject();
        }

        return body;
    }

    public static JsonObject Describe(KeyPairRow row) => new()
    {
        ["name"] = row.Name,
        ["public_key"] = row.PublicKey,
        ["fingerprint"] = row.Fingerprint,
        ["type"] = "ssh",
    };

    public JsonObject Describe(ServerGroupRow row, double version)
    {
        var body = new JsonObject
        {
            ["id"] = row.Id,
            ["name"] = row.Name,
            ["members"] = cloud.Compute.State.Servers.Values.Where(s => s.ServerGroupId == row.Id).Select(s => s.Id).ToJson(),
            ["project_id"] = row.ProjectId,
            ["user_id"] = row.UserId,
        };
        if (version >= 2.64)
        {
            body["policy"] = row.Policy;
            body["rules"] = new JsonObject();
        }
        else
        {
            body["policies"] = new JsonArray(row.Policy);
            body["metadata"] = new JsonObject();
        }

        return body;
    }

    private static JsonObject Address(string address, string type, string mac) => new()
    {
        ["version"] = address.Contains(':', StringComparison.Ordinal) ? 6 : 4,
        ["addr"] = address,
        ["OS-EXT-IPS:type"] = type,
        ["OS-EXT-IPS-MAC:mac_addr"] = mac,
    };
}
