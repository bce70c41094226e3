using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Nova;

/// <summary>Nova 2.1: everything but servers.</summary>
internal sealed class ComputeApi(Cloud cloud) : NovaApi(cloud)
{
    private ComputeService Compute => Cloud.Compute;

    public override void Map(IEndpointRouteBuilder app)
    {
        Open(app, "/compute", _ => ApiAnswer.Ok(new JsonObject { ["versions"] = new JsonArray(VersionDocument()) }));
        Open(app, Root, _ => ApiAnswer.Ok(new JsonObject { ["version"] = VersionDocument() }));
        Get(app, Root + "/flavors", r => Flavors(r, false));
        Get(app, Root + "/flavors/detail", r => Flavors(r, true));
        Get(app, Root + "/flavors/{id}", r => ApiAnswer.Ok(new JsonObject { ["flavor"] = Json.Describe(Flavor(r), true) }));
        Get(app, Root + "/flavors/{id}/os-extra_specs", r => ApiAnswer.Ok(new JsonObject { ["extra_specs"] = Flavor(r) is null ? null : new JsonObject() }));
        Get(app, Root + "/os-keypairs", r => ApiAnswer.Ok(new JsonObject { ["keypairs"] = Compute.State.KeyPairs.Values.Where(k => k.UserId == Owner(r)).Select(k => new JsonObject { ["keypair"] = ComputeJson.Describe(k) }).ToJson() }));
        Post(app, Root + "/os-keypairs", CreateKeyPair);
        Get(app, Root + "/os-keypairs/{name}", r => ApiAnswer.Ok(new JsonObject { ["keypair"] = KeyPair(r) }));
        Delete(app, Root + "/os-keypairs/{name}", DeleteKeyPair);
        Get(app, Root + "/limits", Limits);
        Get(app, Root + "/os-quota-sets/{project}", r => Quotas(r, false));
        Get(app, Root + "/os-quota-sets/{project}/detail", r => Quotas(r, true));
        Get(app, Root + "/os-quota-sets/{project}/defaults", r => ApiAnswer.Ok(new JsonObject { ["quota_set"] = QuotaSet("", r.Route("project"), false) }));
        Put(app, Root + "/os-quota-sets/{project}", SetQuotas);
        Delete(app, Root + "/os-quota-sets/{project}", ResetQuotas);
        Get(app, Root + "/os-server-groups", r => ApiAnswer.Ok(new JsonObject { ["server_groups"] = Compute.State.ServerGroups.Values.Where(g => g.ProjectId == r.ProjectId || (r.IsAdmin && r.QueryFlag("all_projects"))).Select(g => Json.Describe(g, Version(r))).ToJson() }));
        Post(app, Root + "/os-server-groups", CreateServerGroup);
        Get(app, Root + "/os-server-groups/{id}", r => ApiAnswer.Ok(new JsonObject { ["server_group"] = Json.Describe(ServerGroup(r), Version(r)) }));
        Delete(app, Root + "/os-server-groups/{id}", DeleteServerGroup);
        Get(app, Root + "/os-availability-zone", r => Zones(false));
        Get(app, Root + "/os-availability-zone/detail", r => Zones(true));
        Get(app, Root + "/os-services", r => ApiAnswer.Ok(new JsonObject { ["services"] = ((string[])["nova-conductor", "nova-scheduler", "nova-compute"]).Select(b => new JsonObject { ["id"] = Ids.Derive("nova:" + b), ["binary"] = b, ["host"] = "embedded", ["zone"] = b is "nova-compute" ? "nova" : "internal", ["status"] = "enabled", ["state"] = "up", ["updated_at"] = Cloud.Clock.Now.BareStamp(), ["disabled_reason"] = null }).ToJson() }));
        Get(app, Root + "/os-hypervisors", r => Hypervisors(false));
        Get(app, Root + "/os-hypervisors/detail", r => Hypervisors(true));
        Get(app, Root + "/extensions", r => ApiAnswer.Ok(new JsonObject { ["extensions"] = new JsonArray() }));
        NotFoundUnder(app, "/compute");
    }

    private JsonObject VersionDocument() => new()
    {
        ["id"] = "v2.1",
        ["status"] = "CURRENT",
        ["version"] = $"2.{MaxMinor}",
        ["min_version"] = "2.1",
        ["updated"] = "2013-07-23T11:33:21Z",
        ["links"] = new JsonArray(new JsonObject { ["rel"] = "self", ["href"] = Cloud.BaseUrl + "compute/v2.1/" }),
        ["media-types"] = new JsonArray(new JsonObject { ["base"] = "application/json", ["type"] = "application/vnd.openstack.compute+json;version=2.1" }),
    };

    private ApiAnswer Flavors(ApiRequest request, bool detail) => ApiAnswer.Ok(new JsonObject
    {
        ["flavors"] = Compute.Flavors
            .Where(f => request.Query("minDisk")?.Length is null or 0 || f.Disk >= ((JsonNode?)request.Query("minDisk")).Whole())
            .Where(f => request.Query("minRam")?.Length is null or 0 || f.Ram >= ((JsonNode?)request.Query("minRam")).Whole())
            .Select(f => Json.Describe(f, detail)).Page(request.Http.Request.Query, "id", out _).ToJson(),
    });

    private FlavorRow Flavor(ApiRequest request) => Compute.Flavors.FirstOrDefault(f => f.Id == request.Route("id")) ?? throw ApiFault.NotFound($"Flavor {request.Route("id")} could not be found.");

    private static string Owner(ApiRequest request) => request.IsAdmin ? request.Query("user_id") ?? request.Session.User.Id : request.Session.User.Id;

    private JsonObject KeyPair(ApiRequest request)
    {
        var row = Compute.FindKeyPair(Owner(request), request.Route("name")) ?? throw ApiFault.NotFound($"Keypair {request.Route("name")} not found for user {request.Session.User.Id}");
        var body = ComputeJson.Describe(row);
        body["user_id"] = row.UserId;
        body["id"] = 1;
        body["created_at"] = row.CreatedAt.BareStamp();
        body["deleted"] = false;
        body["deleted_at"] = null;
        body["updated_at"] = null;
        return body;
    }

    private ApiAnswer CreateKeyPair(ApiRequest request)
    {
        var given = request.Wrapped("keypair");
        var name = given.Text("name") is { Length: > 0 and <= 255 } text ? text : throw ApiFault.BadRequest("Invalid input for field/attribute name. Value: . '' is too short");
        var (row, privateKey) = Compute.AddKeyPair(request.IsAdmin ? given.Text("user_id") ?? request.Session.User.Id : request.Session.User.Id, name, given.Text("public_key"));
        var body = ComputeJson.Describe(row);
        body["user_id"] = row.UserId;
        if (privateKey is not null)
        {
            body["private_key"] = privateKey;
        }

        return new ApiAnswer(Version(request) >= 2.02 ? 201 : 200, new JsonObject { ["keypair"] = body });
    }

    private ApiAnswer DeleteKeyPair(ApiRequest request)
    {
        if (!Compute.State.KeyPairs.Remove(Owner(request) + "/" + request.Route("name")))
        {
            throw ApiFault.NotFound($"Keypair {request.Route("name")} not found for user {request.Session.User.Id}");
        }

        return new ApiAnswer(Version(request) >= 2.02 ? 204 : 202);
    }

    private ApiAnswer Limits(ApiRequest request)
    {
        var project = request.IsAdmin ? request.Query("tenant_id") ?? request.ProjectId : request.ProjectId;
        return ApiAnswer.Ok(new JsonObject
        {
            ["limits"] = new JsonObject
            {
                ["rate"] = new JsonArray(),
                ["absolute"] = new JsonObject
                {
                    ["maxTotalInstances"] = Compute.QuotaOf(project, "instances"),
                    ["maxTotalCores"] = Compute.QuotaOf(project, "cores"),
                    ["maxTotalRAMSize"] = Compute.QuotaOf(project, "ram"),
                    ["maxTotalKeypairs"] = Compute.QuotaOf(project, "key_pairs"),
                    ["maxServerMeta"] = Compute.QuotaOf(project, "metadata_items"),
                    ["maxServerGroups"] = Compute.QuotaOf(project, "server_groups"),
                    ["maxServerGroupMembers"] = Compute.QuotaOf(project, "server_group_members"),
                    ["totalInstancesUsed"] = Compute.Used(project, "instances"),
                    ["totalCoresUsed"] = Compute.Used(project, "cores"),
                    ["totalRAMUsed"] = Compute.Used(project, "ram"),
                    ["totalServerGroupsUsed"] = Compute.Used(project, "server_groups"),
                },
            },
        });
    }

    private ApiAnswer Quotas(ApiRequest request, bool detail)
    {
        if (request.Route("project") != request.ProjectId)
        {
            request.RequireAdmin();
        }

        return ApiAnswer.Ok(new JsonObject { ["quota_set"] = QuotaSet(request.Route("project"), request.Route("project"), detail) });
    }

    private JsonObject QuotaSet(string project, string id, bool detail)
    {
        var body = new JsonObject { ["id"] = id };
        foreach (var name in ComputeService.QuotaNames)
        {
            body[name] = detail ? new JsonObject { ["limit"] = Compute.QuotaOf(project, name), ["in_use"] = Compute.Used(project, name), ["reserved"] = 0 } : Compute.QuotaOf(project, name);
        }

        return body;
    }

    private ApiAnswer SetQuotas(ApiRequest request)
    {
        request.RequireAdmin();
        Compute.SetQuotas(request.Route("project"), request.Wrapped("quota_set"));
        return Quotas(request, false);
    }

    private ApiAnswer ResetQuotas(ApiRequest request)
    {
        request.RequireAdmin();
        Compute.State.Quotas.Remove(request.Route("project"));
        return ApiAnswer.Accepted();
    }

    private ApiAnswer CreateServerGroup(ApiRequest request)
    {
        var given = request.Wrapped("server_group");
        var row = Compute.AddServerGroup(request.ProjectId, request.Session.User.Id, given.Text("name") ?? "", given.Text("policy") ?? given["policies"].Texts().FirstOrDefault() ?? "");
        return ApiAnswer.Ok(new JsonObject { ["server_group"] = Json.Describe(row, Version(request)) });
    }

    private ServerGroupRow ServerGroup(ApiRequest request) =>
        Compute.State.ServerGroups.GetValueOrDefault(request.Route("id")) is { } row && (request.IsAdmin || row.ProjectId == request.ProjectId) ? row
        : throw ApiFault.NotFound($"Instance group {request.Route("id")} could not be found.");

    private ApiAnswer DeleteServerGroup(ApiRequest request)
    {
        Compute.State.ServerGroups.Remove(ServerGroup(request).Id);
        return ApiAnswer.NoContent;
    }

    private static ApiAnswer Zones(bool detail) => ApiAnswer.Ok(new JsonObject
    {
        ["availabilityZoneInfo"] = new JsonArray(new JsonObject
        {
            ["zoneName"] = "nova",
            ["zoneState"] = new JsonObject { ["available"] = true },
            ["hosts"] = detail ? new JsonObject { ["embedded"] = new JsonObject { ["nova-compute"] = new JsonObject { ["active"] = true, ["available"] = true, ["updated_at"] = null } } } : null,
        }),
    });

    private ApiAnswer Hypervisors(bool detail)
    {
        var servers = Compute.State.Servers.Values;
        var body = new JsonObject { ["id"] = Ids.Derive("hypervisor"), ["hypervisor_hostname"] = "embedded", ["state"] = "up", ["status"] = "enabled" };
        if (detail)
        {
            body["hypervisor_type"] = "fake";
            body["hypervisor_version"] = 1;
            body["host_ip"] = "127.0.0.1";
            body["running_vms"] = servers.Count;
            body["vcpus"] = 64;
            body["vcpus_used"] = servers.Sum(s => Compute.FindFlavor(s.FlavorId)!.Vcpus);
            body["memory_mb"] = 256 * 1024;
            body["memory_mb_used"] = servers.Sum(s => Compute.FindFlavor(s.FlavorId)!.Ram);
            body["local_gb"] = 100_000;
            body["local_gb_used"] = servers.Sum(s => Compute.FindFlavor(s.FlavorId)!.Disk);
            body["service"] = new JsonObject { ["id"] = Ids.Derive("nova:nova-compute"), ["host"] = "embedded", ["disabled_reason"] = null };
        }

        return ApiAnswer.Ok(new JsonObject { ["hypervisors"] = new JsonArray(body) });
    }
}
