using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Glance;

/// <summary>Glance v2: reading.</summary>
internal sealed class ImageApi(Cloud cloud) : ServiceApi(cloud)
{
    private const string Root = "/image/v2";

    protected override string Service => "glance";

    public override void Map(IEndpointRouteBuilder app)
    {
        Open(app, "/image", _ => new ApiAnswer(300, Versions()));
        Open(app, "/image/versions", _ => ApiAnswer.Ok(Versions()));
        Open(app, Root, _ => new ApiAnswer(300, Versions()));
        Get(app, Root + "/images", List);
        Get(app, Root + "/images/{id}", r => ApiAnswer.Ok(Describe(Cloud.Images.Images.FirstOrDefault(i => i.Id == r.Route("id"))
            ?? throw ApiFault.NotFound($"No image found with ID {r.Route("id")}"))));
        Get(app, Root + "/schemas/image", _ => ApiAnswer.Ok(new JsonObject { ["name"] = "image", ["properties"] = new JsonObject(), ["additionalProperties"] = new JsonObject { ["type"] = "string" }, ["links"] = new JsonArray() }));
        Get(app, Root + "/schemas/images", _ => ApiAnswer.Ok(new JsonObject { ["name"] = "images", ["properties"] = new JsonObject(), ["links"] = new JsonArray() }));
        NotFoundUnder(app, "/image");
    }

    protected override JsonObject Describe(ApiFault fault) => new()
    {
        ["error"] = new JsonObject { ["code"] = fault.Status, ["title"] = ApiFault.TitleOf(fault.Status), ["message"] = fault.Message },
    };

    private JsonObject Versions()
    {
        string[] all = ["2.9", "2.7", "2.6", "2.5", "2.4", "2.3", "2.2", "2.1", "2.0"];
        return new JsonObject
        {
            ["versions"] = all.Select(v => new JsonObject
            {
                ["id"] = "v" + v,
                ["status"] = v == all[0] ? "CURRENT" : "SUPPORTED",
                ["links"] = new JsonArray(new JsonObject { ["rel"] = "self", ["href"] = Cloud.BaseUrl + "image/v2/" }),
            }).ToJson(),
        };
    }

    private ApiAnswer List(ApiRequest request)
    {
        var ids = request.QueryAll("id").SelectMany(v => v.StartsWith("in:", StringComparison.Ordinal) ? v[3..].Split(',') : [v]).ToHashSet();
        var names = request.QueryAll("name").SelectMany(v => v.StartsWith("in:", StringComparison.Ordinal) ? v[3..].Split(',').Select(n => n.Trim('"')) : [v]).ToHashSet();
        var query = request.Http.Request.Query;
        var images = Cloud.Images.Images
            .Where(i => (ids.Count == 0 || ids.Contains(i.Id)) && (names.Count == 0 || names.Contains(i.Name)))
            .Select(Describe)
            .Where(i => query.All(q => q.Key is "id" or "name" or "limit" or "marker" or "visibility" or "member_status" or "owner" or "tag"
                || q.Key.StartsWith("sort", StringComparison.Ordinal) || q.Value.Contains(i.Text(q.Key))));
        var page = images.Page(query, "id", out var more);
        var body = new JsonObject { ["images"] = page.ToJson(), ["first"] = "/v2/images", ["schema"] = "/v2/schemas/images" };
        if (more)
        {
            body["next"] = $"/v2/images?marker={page[^1].Text("id")}&limit={request.Query("limit")}";
        }

        return ApiAnswer.Ok(body);
    }

    private static JsonObject Describe(ImageRow row)
    {
        var body = new JsonObject
        {
            ["id"] = row.Id,
            ["name"] = row.Name,
            ["status"] = "active",
            ["visibility"] = "public",
            ["protected"] = false,
            ["container_format"] = "bare",
            ["disk_format"] = row.DiskFormat,
            ["size"] = row.Size,
            ["virtual_size"] = null,
            ["min_disk"] = row.MinDisk,
            ["min_ram"] = row.MinRam,
            ["owner"] = CloudSeed.ProjectId("admin"),
            ["checksum"] = Ids.DeriveHex("image-sum:" + row.Name),
            ["os_hash_algo"] = "sha512",
            ["os_hash_value"] = Ids.DeriveHex("image-hash:" + row.Name),
            ["os_hidden"] = false,
            ["tags"] = new JsonArray(),
            ["created_at"] = "2026-01-01T00:00:00Z",
            ["updated_at"] = "2026-01-01T00:00:00Z",
            ["self"] = "/v2/images/" + row.Id,
            ["file"] = $"/v2/images/{row.Id}/file",
            ["schema"] = "/v2/schemas/image",
        };
        foreach (var (key, value) in row.Properties)
        {
            body[key] = value;
        }

        return body;
    }
}
