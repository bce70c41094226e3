using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Cinder;

/// <summary>Cinder v3.</summary>
internal sealed class VolumeApi(Cloud cloud) : ServiceApi(cloud)
{
    private const string Root = "/volume/v3/{project}";

    protected override string Service => "cinder";

    private VolumeService Volumes => Cloud.Volumes;

    public override void Map(IEndpointRouteBuilder app)
    {
        Open(app, "/volume", _ => new ApiAnswer(300, new JsonObject { ["versions"] = new JsonArray(Version()) }));
        Open(app, "/volume/v3", _ => ApiAnswer.Ok(new JsonObject { ["versions"] = new JsonArray(Version()) }));
        Get(app, Root + "/types", _ => ApiAnswer.Ok(new JsonObject { ["volume_types"] = VolumeService.Types.Select(Type).ToJson() }));
        Get(app, Root + "/types/default", _ => ApiAnswer.Ok(new JsonObject { ["volume_type"] = Type(VolumeService.Types[0]) }));
        Get(app, Root + "/types/{id}", r => ApiAnswer.Ok(new JsonObject { ["volume_type"] = Type(VolumeService.Types.FirstOrDefault(t => TypeId(t) == r.Route("id")) ?? throw ApiFault.NotFound($"Volume type {r.Route("id")} could not be found.")) }));
        Get(app, Root + "/volumes", r => List(r, false));
        Get(app, Root + "/volumes/detail", r => List(r, true));
        Post(app, Root + "/volumes", Create);
        Get(app, Root + "/volumes/{id}", r => ApiAnswer.Ok(new JsonObject { ["volume"] = Describe(Find(r)) }));
        Delete(app, Root + "/volumes/{id}", r =>
        {
            Volumes.Remove(Find(r).Id);
            return ApiAnswer.Accepted();
        });
        Get(app, Root + "/limits", Limits);
        Get(app, Root + "/os-quota-sets/{target}", Quotas);
        Get(app, Root + "/os-quota-sets/{target}/defaults", r => ApiAnswer.Ok(new JsonObject { ["quota_set"] = QuotaSet("", r.Route("target"), false) }));
        Put(app, Root + "/os-quota-sets/{target}", SetQuotas);
        Get(app, Root + "/os-availability-zone", _ => ApiAnswer.Ok(new JsonObject { ["availabilityZoneInfo"] = new JsonArray(new JsonObject { ["zoneName"] = "nova", ["zoneState"] = new JsonObject { ["available"] = true } }) }));
        Get(app, Root + "/snapshots/detail", _ => ApiAnswer.Ok(new JsonObject { ["snapshots"] = new JsonArray() }));
        NotFoundUnder(app, "/volume");
    }

    protected override JsonObject Describe(ApiFault fault) => fault.Status is 401
        ? new JsonObject { ["error"] = new JsonObject { ["code"] = 401, ["title"] = "Unauthorized", ["message"] = fault.Message } }
        : new JsonObject { [fault.Status switch { 400 => "badRequest", 403 => "forbidden", 404 => "itemNotFound", 413 => "overLimit", _ => "computeFault" }] = new JsonObject { ["code"] = fault.Status, ["message"] = fault.Message } };

    protected override void Decorate(HttpContext http) => http.Response.Headers["OpenStack-API-Version"] = "volume 3.70";

    private JsonObject Version() => new()
    {
        ["id"] = "v3.0",
        ["status"] = "CURRENT",
        ["version"] = "3.70",
        ["min_version"] = "3.0",
        ["updated"] = "2022-08-31T00:00:00Z",
        ["links"] = new JsonArray(new JsonObject { ["rel"] = "self", ["href"] = Cloud.BaseUrl + "volume/v3/" }),
        ["media-types"] = new JsonArray(new JsonObject { ["base"] = "application/json", ["type"] = "application/vnd.openstack.volume+json;version=3" }),
    };

    private static string TypeId(string name) => Ids.Derive("volume-type:" + name);

    private static JsonObject Type(string name) => new()
    {
        ["id"] = TypeId(name),
        ["name"] = name,
        ["is_public"] = true,
        ["os-volume-type-access:is_public"] = true,
        ["description"] = null,
        ["extra_specs"] = new JsonObject(),
        ["qos_specs_id"] = null,
    };

    private VolumeRow Find(ApiRequest request) =>
        Volumes.Require(request.Route("id")) is var row && (request.IsAdmin || row.ProjectId == request.ProjectId) ? row
        : throw ApiFault.NotFound($"Volume {request.Route("id")} could not be found.");

    private ApiAnswer List(ApiRequest request, bool detail)
    {
        var all = request.IsAdmin && request.QueryFlag("all_tenants");
        var rows = Volumes.State.Volumes.Values
            .Where(v => (all || v.ProjectId == request.ProjectId)
                && (request.Query("name") is not { } name || v.Name == name)
                && (request.Query("status") is not { } status || v.Status == status))
            .OrderByDescending(v => v.CreatedAt)
            .Select(v => detail ? Describe(v) : new JsonObject { ["id"] = v.Id, ["name"] = v.Name, ["links"] = new JsonArray() });
        return ApiAnswer.Ok(new JsonObject { ["volumes"] = rows.Page(request.Http.Request.Query, "id", out _).ToJson() });
    }

    private ApiAnswer Create(ApiRequest request)
    {
        var given = request.Wrapped("volume");
        var row = Volumes.Add(new VolumeRow
        {
            Id = Ids.New(),
            Name = given.Text("name") ?? "",
            ProjectId = request.ProjectId,
            UserId = request.Session.User.Id,
            Size = given.Whole("size", 0),
            VolumeType = given.Text("volume_type") is { } type ? VolumeService.Types.FirstOrDefault(t => TypeId(t) == type) ?? type : VolumeService.Types[0],
            Description = given.Text("description"),
            AvailabilityZone = given.Text("availability_zone"),
            ImageId = given.Text("imageRef"),
        });
        return ApiAnswer.Accepted(new JsonObject { ["volume"] = Describe(row) });
    }

    private static JsonObject Describe(VolumeRow row) => new()
    {
        ["id"] = row.Id,
        ["name"] = row.Name,
        ["description"] = row.Description,
        ["size"] = row.Size,
        ["status"] = row.Status,
        ["volume_type"] = row.VolumeType,
        ["availability_zone"] = row.AvailabilityZone ?? "nova",
        ["bootable"] = row.ImageId is null ? "false" : "true",
        ["encrypted"] = false,
        ["multiattach"] = false,
        ["metadata"] = row.Metadata.ToJson(),
        ["created_at"] = row.CreatedAt.BareStamp(),
        ["updated_at"] = null,
        ["user_id"] = row.UserId,
        ["os-vol-tenant-attr:tenant_id"] = row.ProjectId,
        ["snapshot_id"] = null,
        ["source_volid"] = null,
        ["attachments"] = row.ServerId is null ? new JsonArray() : new JsonArray(new JsonObject { ["id"] = row.Id, ["volume_id"] = row.Id, ["attachment_id"] = Ids.Derive("attachment:" + row.Id), ["server_id"] = row.ServerId, ["device"] = "/dev/vdb", ["host_name"] = null }),
        ["links"] = new JsonArray(),
    };

    private ApiAnswer Limits(ApiRequest request) => ApiAnswer.Ok(new JsonObject
    {
        ["limits"] = new JsonObject
        {
            ["rate"] = new JsonArray(),
            ["absolute"] = new JsonObject
            {
                ["maxTotalVolumes"] = Volumes.QuotaOf(request.ProjectId, "volumes"),
                ["maxTotalVolumeGigabytes"] = Volumes.QuotaOf(request.ProjectId, "gigabytes"),
                ["maxTotalSnapshots"] = Volumes.QuotaOf(request.ProjectId, "snapshots"),
                ["maxTotalBackups"] = Volumes.QuotaOf(request.ProjectId, "backups"),
                ["maxTotalBackupGigabytes"] = Volumes.QuotaOf(request.ProjectId, "backup_gigabytes"),
                ["totalVolumesUsed"] = Volumes.Used(request.ProjectId, "volumes"),
                ["totalGigabytesUsed"] = Volumes.Used(request.ProjectId, "gigabytes"),
                ["totalSnapshotsUsed"] = 0,
                ["totalBackupsUsed"] = 0,
                ["totalBackupGigabytesUsed"] = 0,
            },
        },
    });

    private ApiAnswer Quotas(ApiRequest request)
    {
        if (request.Route("target") != request.ProjectId)
        {
            request.RequireAdmin();
        }

        return ApiAnswer.Ok(new JsonObject { ["quota_set"] = QuotaSet(request.Route("target"), request.Route("target"), request.QueryFlag("usage")) });
    }

    private JsonObject QuotaSet(string project, string id, bool usage)
    {
        var body = new JsonObject { ["id"] = id };
        foreach (var name in VolumeService.QuotaNames)
        {
            body[name] = usage ? new JsonObject { ["limit"] = Volumes.QuotaOf(project, name), ["in_use"] = Volumes.Used(project, name), ["reserved"] = 0, ["allocated"] = 0 } : Volumes.QuotaOf(project, name);
        }

        return body;
    }

    private ApiAnswer SetQuotas(ApiRequest request)
    {
        request.RequireAdmin();
        Volumes.SetQuotas(request.Route("target"), request.Wrapped("quota_set"));
        return Quotas(request);
    }
}
