using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Barbican;

/// <summary>Barbican: its version document, so that discovery finds the service.</summary>
internal sealed class KeyManagerApi(Cloud cloud) : ServiceApi(cloud)
{
    protected override string Service => "barbican";

    public override void Map(IEndpointRouteBuilder app)
    {
        Open(app, "/key-manager", _ => new ApiAnswer(300, new JsonObject { ["versions"] = new JsonObject { ["values"] = new JsonArray(Version()) } }));
        Open(app, "/key-manager/v1", _ => ApiAnswer.Ok(new JsonObject { ["version"] = Version() }));
        NotFoundUnder(app, "/key-manager");
    }

    protected override JsonObject Describe(ApiFault fault) => new() { ["code"] = fault.Status, ["title"] = ApiFault.TitleOf(fault.Status), ["description"] = fault.Message };

    private JsonObject Version() => new()
    {
        ["id"] = "v1",
        ["status"] = "stable",
        ["updated"] = "2015-04-28T00:00:00Z",
        ["links"] = new JsonArray(new JsonObject { ["rel"] = "self", ["href"] = Cloud.BaseUrl + "key-manager/v1/" }),
    };
}
