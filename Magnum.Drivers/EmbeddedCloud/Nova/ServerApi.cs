using System.Text;
using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Nova;

/// <summary>Nova 2.1: servers.</summary>
internal sealed class ServerApi(Cloud cloud) : NovaApi(cloud)
{
    private ComputeService Compute => Cloud.Compute;

    public override void Map(IEndpointRouteBuilder app)
    {
        Get(app, Root + "/servers", r => List(r, false));
        Get(app, Root + "/servers/detail", r => List(r, true));
        Post(app, Root + "/servers", Create);
        Get(app, Root + "/servers/{id}", r => ApiAnswer.Ok(new JsonObject { ["server"] = Json.Full(Find(r), Version(r), r.IsAdmin) }));
        Put(app, Root + "/servers/{id}", Rename);
        Delete(app, Root + "/servers/{id}", Remove);
        Post(app, Root + "/servers/{id}/action", Act);
        Get(app, Root + "/servers/{id}/metadata", r => ApiAnswer.Ok(new JsonObject { ["metadata"] = Find(r).Metadata.ToJson() }));
        Get(app, Root + "/servers/{id}/ips", r => ApiAnswer.Ok(new JsonObject { ["addresses"] = Json.Addresses(Find(r)) }));
        Get(app, Root + "/servers/{id}/os-interface", Interfaces);
        Get(app, Root + "/servers/{id}/os-volume_attachments", r => ApiAnswer.Ok(new JsonObject { ["volumeAttachments"] = Find(r).VolumeIds.Select(v => new JsonObject { ["id"] = v, ["volumeId"] = v, ["serverId"] = r.Route("id"), ["device"] = "/dev/vdb" }).ToJson() }));
        Get(app, Root + "/servers/{id}/os-security-groups", r => ApiAnswer.Ok(new JsonObject { ["security_groups"] = Find(r).SecurityGroups.Select(g => new JsonObject { ["name"] = g }).ToJson() }));
        Get(app, Root + "/servers/{id}/os-instance-actions", r => ApiAnswer.Ok(new JsonObject { ["instanceActions"] = new JsonArray(new JsonObject { ["action"] = "create", ["instance_uuid"] = Find(r).Id, ["request_id"] = "req-" + Ids.Derive(Find(r).Id), ["user_id"] = Find(r).UserId, ["project_id"] = Find(r).ProjectId, ["start_time"] = Find(r).CreatedAt.BareStamp(), ["message"] = Find(r).Fault?.Message }) }));
    }

    private ServerRow Find(ApiRequest request)
    {
        var row = Compute.Require(request.Route("id"));
        return request.IsAdmin || row.ProjectId == request.ProjectId ? row : throw ApiFault.NotFound($"Instance {row.Id} could not be found.");
    }

    private ApiAnswer List(ApiRequest request, bool detail)
    {
        var all = request.IsAdmin && (request.QueryFlag("all_tenants") || request.QueryFlag("all_projects"));
        var project = request.Query("project_id") ?? request.Query("tenant_id");
        var rows = Compute.State.Servers.Values
            .Where(s => all ? project is null || s.ProjectId == project : s.ProjectId == request.ProjectId)
            .Where(s => request.Query("name") is not { Length: > 0 } name || s.Name.Contains(name, StringComparison.Ordinal))
            .Where(s => request.Query("status") is not { Length: > 0 } status || string.Equals(s.Status, status, StringComparison.OrdinalIgnoreCase))
            .Where(s => request.Query("flavor") is not { Length: > 0 } flavor || s.FlavorId == flavor)
            .Where(s => request.Query("image") is not { Length: > 0 } image || s.ImageId == image)
            .Where(s => request.QueryAll("uuid") is not { Count: > 0 } ids || ids.Contains(s.Id))
            .OrderByDescending(s => s.CreatedAt)
            .Select(s => detail ? Json.Full(s, Version(request), request.IsAdmin) : Json.Brief(s));
        if (request.QueryFlag("deleted"))
        {
            rows = [];
        }

        var page = rows.Page(request.Http.Request.Query, "id", out var more);
        var body = new JsonObject { ["servers"] = page.ToJson() };
        if (more)
        {
            body["servers_links"] = new JsonArray(new JsonObject { ["rel"] = "next", ["href"] = $"{Cloud.BaseUrl}compute/v2.1/servers{(detail ? "/detail" : "")}?limit={request.Query("limit")}&marker={page[^1].Text("id")}" });
        }

        return ApiAnswer.Ok(body);
    }

    private ApiAnswer Create(ApiRequest request)
    {
        var given = request.Wrapped("server");
        var networks = given["networks"].Items().OfType<JsonObject>().ToList();
        var userData = given.Text("user_data");
        var row = Compute.AddServer(request.ProjectId, request.Session.User.Id, new ServerRequest(
            given.Text("name") is { Length: > 0 } name ? name : throw ApiFault.BadRequest("Invalid input for field/attribute name. Value: None. None is not of type 'string'"),
            given.Text("flavorRef") ?? throw ApiFault.BadRequest("Invalid input for field/attribute server. 'flavorRef' is a required property"),
            given.Text("imageRef") is { Length: > 0 } image ? image : null,
            given.Text("key_name"))
        {
            PortIds = [.. networks.Select(n => n.Text("port")).OfType<string>()],
            Networks = [.. networks.Where(n => n.Text("uuid") is not null).Select(n => (n.Text("uuid")!, n.Text("fixed_ip")))],
            SecurityGroups = [.. given["security_groups"].Items().OfType<JsonObject>().Select(g => g.Text("name")).OfType<string>()],
            VolumeIds = [.. (given["block_device_mapping_v2"] ?? given["block_device_mapping"]).Items().OfType<JsonObject>().Where(b => b.Text("source_type") is "volume").Select(b => b.Text("uuid")).OfType<string>()],
            UserData = userData is null ? null : Decode(userData),
            Metadata = given.Map("metadata")?.ToDictionary(m => m.Key, m => m.Value.Text() ?? "") ?? [],
            Tags = [.. given["tags"].Texts()],
            AvailabilityZone = given.Text("availability_zone"),
            ServerGroupId = (request.Body.Map("os:scheduler_hints") ?? request.Body.Map("OS-SCH-HNT:scheduler_hints")).Text("group"),
            ConfigDrive = given.Flag("config_drive", false),
            Scenario = Cloud.Scenarios.ForServer(given.Text("name") ?? ""),
        });
        return ApiAnswer.Accepted(new JsonObject
        {
            ["server"] = new JsonObject
            {
                ["id"] = row.Id,
                ["links"] = Json.Links("servers/" + row.Id),
                ["OS-DCF:diskConfig"] = "MANUAL",
                ["security_groups"] = row.SecurityGroups.Select(g => new JsonObject { ["name"] = g }).ToJson(),
                ["adminPass"] = Ids.Short(),
            },
        });
    }

    private static string Decode(string text)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            throw ApiFault.BadRequest("Invalid input for field/attribute user_data. The value is not a valid base64 string.");
        }
    }

    private ApiAnswer Rename(ApiRequest request)
    {
        var row = Find(request);
        row.Name = request.Wrapped("server").Text("name") ?? row.Name;
        row.UpdatedAt = Cloud.Clock.Now;
        return ApiAnswer.Ok(new JsonObject { ["server"] = Json.Full(row, Version(request), request.IsAdmin) });
    }

    private ApiAnswer Remove(ApiRequest request)
    {
        Compute.RemoveServer(Find(request).Id);
        return ApiAnswer.NoContent;
    }

    private ApiAnswer Act(ApiRequest request)
    {
        var row = Find(request);
        var action = request.Body.FirstOrDefault().Key;
        if (action is "os-getConsoleOutput")
        {
            return ApiAnswer.Ok(new JsonObject { ["output"] = ServerConsole.Of(row, request.Body.Map(action).Whole("length", 0)) });
        }

        if (row.Status is "ERROR" && action is not "os-resetState")
        {
            throw ApiFault.Conflict($"Cannot '{action}' instance {row.Id} while it is in vm_state error");
        }

        (string, string?, DateTimeOffset?) next = action switch
        {
            "os-start" => ("ACTIVE", null, row.DueAt),
            "os-stop" => ("SHUTOFF", null, null),
            "reboot" => ("REBOOT", "rebooting", Cloud.Clock.After(TimeSpan.FromSeconds(3))),
            "os-resetState" => (request.Body.Map(action).Text("state") is "active" ? "ACTIVE" : "ERROR", null, row.DueAt),
            _ => throw ApiFault.BadRequest($"There is no such action: {action}"),
        };
        (row.Status, row.TaskState, row.DueAt) = next;
        return ApiAnswer.Accepted();
    }

    private ApiAnswer Interfaces(ApiRequest request) => ApiAnswer.Ok(new JsonObject
    {
        ["interfaceAttachments"] = Find(request).PortIds.Where(Cloud.Network.State.Ports.ContainsKey).Select(id => Cloud.Network.State.Ports[id]).Select(p => new JsonObject
        {
            ["port_id"] = p.Id,
            ["net_id"] = p.NetworkId,
            ["mac_addr"] = p.MacAddress,
            ["port_state"] = "ACTIVE",
            ["fixed_ips"] = p.FixedIps.Select(f => new JsonObject { ["subnet_id"] = f.SubnetId, ["ip_address"] = f.IpAddress }).ToJson(),
        }).ToJson(),
    });
}
