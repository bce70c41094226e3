using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;
using Magnum.Drivers.EmbeddedCloud.Heat.Template;
using Magnum.Drivers.EmbeddedCloud.Http;
using Magnum.Drivers.EmbeddedCloud.Nova;

namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

internal sealed class ServerResource() : ResourceType(
    "OS::Nova::Server",
    Property.Text("name").Updatable(), Property.Text("image").Exists("glance.image"), Property.Text("flavor").Needed().Updatable().Exists("nova.flavor"), Property.Text("key_name").Exists("nova.keypair"),
    Property.Any("networks").Updatable(), Property.List("security_groups").Updatable(), Property.Text("user_data"), Property.Text("user_data_format").OneOf("HEAT_CFNTOOLS", "RAW", "SOFTWARE_CONFIG").Or("HEAT_CFNTOOLS"),
    Property.Text("user_data_update_policy").Updatable().OneOf("REPLACE", "IGNORE").Or("REPLACE"), Property.Map("metadata").Updatable(), Property.Text("availability_zone"), Property.Map("scheduler_hints"),
    Property.Any("config_drive"), Property.List("block_device_mapping"), Property.List("block_device_mapping_v2"), Property.Text("admin_pass"), Property.List("tags").Updatable(),
    Property.Text("flavor_update_policy").Updatable(), Property.Text("image_update_policy").Updatable(), Property.Text("diskConfig"), Property.Text("reservation_id"), Property.List("personality"),
    Property.Text("software_config_transport").Updatable(), Property.Any("deployment_swift_data").Updatable())
{
    public override IReadOnlyList<string> Attributes => ["name", "addresses", "networks", "first_address", "instance_name", "accessIPv4", "accessIPv6", "console_urls", "tags", "os_collect_config"];

    public override TimeSpan CreateTime => ComputeService.BuildTime;

    public override TimeSpan DeleteTime => ComputeService.DeleteTime;

    /// <summary>A server on a network of this template needs that network's subnets.</summary>
    public override IEnumerable<string> ImplicitRequirements(ResourceDefinition resource, StackModel model) =>
        Implied.SubnetsOf(model, References.In(resource.Properties["networks"], "").Select(r => r.Resource));

    public override void Validate(ResourceContext context, JsonObject given)
    {
        if (given.Text("image") is null && given["block_device_mapping"] is null && given["block_device_mapping_v2"] is null && context.Row.Action is not "INIT")
        {
            throw HeatFault.Validation($"Neither image nor bootable volume is specified for instance {context.Row.Name}");
        }
    }

    public override bool CanUpdate(ResourceContext context, IReadOnlyCollection<string> changed)
    {
        // With IGNORE new user data is kept in mind and given to nobody: the node has booted long ago.
        var ignored = context.Row.Properties.Text("user_data_update_policy") is "IGNORE";
        return base.CanUpdate(context, [.. changed.Where(name => !(ignored && name is "user_data" or "user_data_format"))]);
    }

    public override void Create(ResourceContext c)
    {
        var networks = c.Properties["networks"].Items().OfType<JsonObject>().ToList();
        var server = c.Cloud.Compute.AddServer(c.Project, c.Stack.UserId, new ServerRequest(c.PhysicalName, c.Properties.Text("flavor")!, c.Properties.Text("image") is { Length: > 0 } image ? image : null, c.Properties.Text("key_name"))
        {
            PortIds = [.. networks.Select(n => n.Text("port")).OfType<string>()],
            Networks = [.. networks.Where(n => n.Text("port") is null).Select(n => NetworkOf(c, n))],
            SecurityGroups = [.. c.Properties["security_groups"].Texts()],
            VolumeIds = [.. (c.Properties["block_device_mapping_v2"] ?? c.Properties["block_device_mapping"]).Items().OfType<JsonObject>().Select(b => b.Text("volume_id")).OfType<string>()],
            UserData = UserData(c),
            Metadata = c.Properties.Map("metadata")?.ToDictionary(m => m.Key, m => m.Value is JsonObject or JsonArray ? m.Value.Write() : m.Value.Text() ?? "") ?? [],
            Tags = [.. c.Properties["tags"].Texts()],
            AvailabilityZone = c.Properties.Text("availability_zone") is { Length: > 0 } zone ? zone : null,
            ServerGroupId = c.Properties.Map("scheduler_hints").Text("group"),
            ConfigDrive = c.Properties.Flag("config_drive", false),
            Scenario = c.Cloud.Heat.RootOf(c.Stack).Scenario ?? c.Cloud.Scenarios.ForServer(c.Cloud.Heat.RootOf(c.Stack).Name),
        });
        c.Row.PhysicalId = server.Id;
    }

    public override bool IsCreated(ResourceContext c)
    {
        var server = c.Cloud.Compute.State.Servers.GetValueOrDefault(c.Row.PhysicalId) ?? throw new ResourceFailure("ResourceInError", "Went to status DELETED due to \"Message: The server was deleted by somebody., Code: Unknown\"");
        return server.Status is "ERROR"
            ? throw new ResourceFailure("ResourceInError", $"Went to status ERROR due to \"Message: {server.Fault?.Message ?? "Unknown"}, Code: {server.Fault?.Code.ToString(null, null) ?? "Unknown"}\"")
            : server.Status is "ACTIVE";
    }

    public override void Update(ResourceContext c, JsonObject before)
    {
        if (c.Cloud.Compute.State.Servers.GetValueOrDefault(c.Row.PhysicalId) is not { } server)
        {
            throw new ResourceFailure("NotFound", $"Instance {c.Row.PhysicalId} could not be found.");
        }

        server.Name = c.PhysicalName;
        server.Metadata = c.Properties.Map("metadata")?.ToDictionary(m => m.Key, m => m.Value.Text() ?? "") ?? [];
        server.FlavorId = c.Cloud.Compute.FindFlavor(c.Properties.Text("flavor"))!.Id;
    }

    public override void PrepareReplacement(ResourceContext c) => c.Cloud.Compute.ReleasePorts(c.Row.PhysicalId);

    public override void Delete(ResourceContext c)
    {
        if (c.Cloud.Compute.State.Servers.ContainsKey(c.Row.PhysicalId))
        {
            c.Cloud.Compute.RemoveServer(c.Row.PhysicalId);
        }
    }

    public override bool IsGone(ResourceContext c) => IsDeleted(c);

    public override bool IsDeleted(ResourceContext c) => !c.Cloud.Compute.State.Servers.ContainsKey(c.Row.PhysicalId);

    protected override JsonNode? Attribute(ResourceContext c, string attribute)
    {
        if (c.Cloud.Compute.State.Servers.GetValueOrDefault(c.Row.PhysicalId) is not { } server)
        {
            return null;
        }

        var json = new ComputeJson(c.Cloud);
        return attribute switch
        {
            "name" => server.Name,
            "instance_name" => "instance-" + server.Id[..8],
            "addresses" => json.Addresses(server),
            "networks" => new JsonObject(json.Addresses(server).Select(n => KeyValuePair.Create(n.Key, (JsonNode?)n.Value.Items().Select(a => (a as JsonObject).Text("addr")).OfType<string>().ToJson()))),
            "first_address" => server.PortIds.Select(id => c.Cloud.Network.State.Ports.GetValueOrDefault(id)?.FixedIps.FirstOrDefault()?.IpAddress).FirstOrDefault(),
            "tags" => server.Tags.ToJson(),
            "show" => json.Full(server, 2.90, admin: false),
            "accessIPv4" or "accessIPv6" => "",
            _ => new JsonObject(),
        };
    }

    private static (string, string?) NetworkOf(ResourceContext c, JsonObject given)
    {
        if ((given.Text("network") ?? given.Text("uuid")) is { } network)
        {
            return (c.Cloud.Network.Find(c.Cloud.Network.State.Networks.Values, "network", network, c.Owner).Id, given.Text("fixed_ip"));
        }

        return given.Text("subnet") is { } subnet
            ? (c.Cloud.Network.Find(c.Cloud.Network.State.Subnets.Values, "subnet", subnet, c.Owner).NetworkId, given.Text("fixed_ip"))
            : throw ApiFault.BadRequest("One of the properties \"network\", \"port\", \"allocate_network\" or \"subnet\" should be set for the specified network of server.", "StackValidationFailed");
    }

    private static string? UserData(ResourceContext c)
    {
        var given = c.Properties.Text("user_data");
        return given is null ? null : ConfigResource.Find(c, given) ?? given;
    }
}

internal sealed class ServerGroupResource() : ResourceType("OS::Nova::ServerGroup", Property.Text("name"), Property.List("policies").Or(new JsonArray("anti-affinity")), Property.Map("rules"))
{
    public override TimeSpan CreateTime => TimeSpan.FromSeconds(0.5);

    public override void Create(ResourceContext c) =>
        c.Row.PhysicalId = c.Cloud.Compute.AddServerGroup(c.Project, c.Stack.UserId, c.PhysicalName, c.Properties["policies"].Texts().FirstOrDefault() ?? "anti-affinity").Id;

    public override void Delete(ResourceContext c) => c.Cloud.Compute.State.ServerGroups.Remove(c.Row.PhysicalId);
}

internal sealed class KeyPairResource() : ResourceType("OS::Nova::KeyPair", Property.Text("name").Needed(), Property.Text("public_key"), Property.Flag("save_private_key"), Property.Text("type"), Property.Text("user"))
{
    public override IReadOnlyList<string> Attributes => ["public_key", "private_key"];

    public override TimeSpan CreateTime => TimeSpan.FromSeconds(0.5);

    public override void Create(ResourceContext c)
    {
        var (row, privateKey) = c.Cloud.Compute.AddKeyPair(c.Stack.UserId, c.PhysicalName, c.Properties.Text("public_key"));
        c.Row.PhysicalId = row.Name;
        if (c.Properties.Flag("save_private_key", false))
        {
            c.Row.Data["private_key"] = privateKey;
        }
    }

    public override void Delete(ResourceContext c) => c.Cloud.Compute.State.KeyPairs.Remove($"{c.Stack.UserId}/{c.Row.PhysicalId}");

    protected override JsonNode? Attribute(ResourceContext c, string attribute) =>
        attribute is "public_key" ? c.Cloud.Compute.FindKeyPair(c.Stack.UserId, c.Row.PhysicalId)?.PublicKey : c.Row.Data.Text("private_key") ?? "";
}
