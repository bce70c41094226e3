using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Scenarios;

/// <summary>The cloud's own doors, which no OpenStack has: its state, its clock, its scenarios. They need no token; the cloud listens to this machine only.</summary>
internal sealed class EmbeddedApi(Cloud cloud) : ServiceApi(cloud)
{
    protected override string Service => "embedded";

    public override void Map(IEndpointRouteBuilder app)
    {
        Open(app, "/", _ => Status());
        Open(app, "/embedded", _ => Status());
        Open(app, "/embedded/clock", _ => ApiAnswer.Ok(Clock()));
        On(app, "PUT", "/embedded/clock", SetClock, open: true);
        Open(app, "/embedded/scenarios", _ => ApiAnswer.Ok(Scenarios()));
        On(app, "PUT", "/embedded/scenarios", SwitchOn, open: true);
        On(app, "DELETE", "/embedded/scenarios", _ => SwitchOff(null), open: true);
        On(app, "PUT", "/embedded/scenarios/{name}", r => SwitchOne(r.Route("name"), r.RawBody as JsonObject ?? []), open: true);
        On(app, "DELETE", "/embedded/scenarios/{name}", r => SwitchOff(r.Route("name")), open: true);
        NotFoundUnder(app, "/embedded");
    }

    protected override JsonObject Describe(ApiFault fault) => new() { ["error"] = fault.Message };

    private ApiAnswer Status()
    {
        var state = Cloud.State;
        return ApiAnswer.Ok(new JsonObject
        {
            ["embedded_cloud"] = true,
            ["auth_url"] = Cloud.BaseUrl + "identity/v3",
            ["clock"] = Clock(),
            ["state_file"] = Cloud.Options.StateFile,
            ["counts"] = new JsonObject
            {
                ["stacks"] = state.Stacks.Values.Count(s => s.ParentId is null && !s.IsDeleted),
                ["stacks_in_progress"] = state.Stacks.Values.Count(s => s.ParentId is null && s.Status is "IN_PROGRESS"),
                ["servers"] = state.Compute.Servers.Count,
                ["networks"] = state.Network.Networks.Count,
                ["ports"] = state.Network.Ports.Count,
                ["volumes"] = state.Volumes.Volumes.Count,
                ["load_balancers"] = state.LoadBalancers.LoadBalancers.Count,
                ["users"] = state.Identity.Users.Count,
                ["trusts"] = state.Identity.Trusts.Count,
            },
            ["scenarios"] = Cloud.Scenarios.List(),
        });
    }

    private JsonObject Clock() => new() { ["now"] = Cloud.Clock.Now.MicroStamp(), ["speed"] = Cloud.Clock.Speed };

    private ApiAnswer SetClock(ApiRequest request)
    {
        Cloud.SetSpeed(request.Body["speed"].Real() is > 0 and <= 100_000 and var speed ? speed : throw ApiFault.BadRequest("speed must be a number above 0, up to 100000."));
        return ApiAnswer.Ok(Clock());
    }

    private JsonObject Scenarios() => new()
    {
        ["scenarios"] = Cloud.Scenarios.List(),
        ["known"] = ScenarioBoard.Known.Select(k => new JsonObject { ["name"] = k.Key, ["description"] = k.Value }).ToJson(),
    };

    private ApiAnswer SwitchOn(ApiRequest request)
    {
        if (request.Body["scenarios"] is not JsonArray list)
        {
            return SwitchOne(request.Body.Text("name") ?? "", request.Body);
        }

        var wanted = list.OfType<JsonObject>().Select(one => Read(one.Text("name") ?? "", one)).ToList();
        Cloud.Scenarios.SwitchOff(null);
        wanted.ForEach(Cloud.Scenarios.SwitchOn);
        return ApiAnswer.Ok(Scenarios());
    }

    private ApiAnswer SwitchOne(string name, JsonObject given)
    {
        Cloud.Scenarios.SwitchOn(Read(name, given));
        return ApiAnswer.Ok(Scenarios());
    }

    private ActiveScenario Read(string name, JsonObject given) => !ScenarioBoard.Known.ContainsKey(name)
        ? throw ApiFault.BadRequest($"There is no scenario '{name}'. Known: {string.Join(", ", ScenarioBoard.Known.Keys)}.")
        : new ActiveScenario
        {
            Name = name,
            Stack = given.Text("stack"),
            Service = given.Text("service"),
            DelayMs = given.Whole("delay_ms", 1000),
            Until = given["seconds"].Real() is { } seconds ? Cloud.Clock.Now + TimeSpan.FromSeconds(seconds) : null,
        };

    private ApiAnswer SwitchOff(string? name)
    {
        Cloud.Scenarios.SwitchOff(name);
        return ApiAnswer.Ok(Scenarios());
    }
}
