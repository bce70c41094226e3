using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;

namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

/// <summary>Where something outside says that it is ready.</summary>
internal sealed class WaitConditionHandleResource() : ResourceType(
    "OS::Heat::WaitConditionHandle",
    Property.Text("signal_transport").OneOf("CFN_SIGNAL", "TEMP_URL_SIGNAL", "HEAT_SIGNAL", "NO_SIGNAL", "ZAQAR_SIGNAL", "TOKEN_SIGNAL").Or("TOKEN_SIGNAL"))
{
    public override IReadOnlyList<string> Attributes => ["token", "endpoint", "curl_cli", "signal"];

    public override TimeSpan CreateTime => TimeSpan.FromSeconds(0.3);

    public override void Create(ResourceContext c)
    {
        c.Row.PhysicalId = Ids.NewHex();
        var (user, token) = c.Cloud.Identity.AddStackUser($"{c.Stack.Name}-{c.Row.Name}-{Ids.Short()}", c.Project);
        c.Row.Data["user"] = user;
        c.Row.Data["token"] = token;
        c.Row.Data["signals"] = new JsonArray();
    }

    public override void Delete(ResourceContext c)
    {
        if (c.Row.Data.Text("user") is { } user)
        {
            c.Cloud.Identity.RemoveUser(user);
        }
    }

    /// <summary>Takes a signal; one without an id gets the next number.</summary>
    public static string Signal(ResourceRow row, JsonObject body)
    {
        var signals = row.Data["signals"] as JsonArray ?? [];
        row.Data["signals"] ??= signals;
        var id = body.Text("id") ?? (signals.Count + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var old in signals.Where(s => (s as JsonObject).Text("id") == id).ToList())
        {
            signals.Remove(old);
        }

        var status = body.Text("status") is { Length: > 0 } text ? text.ToUpperInvariant() : "SUCCESS";
        var reason = body.Text("reason") ?? $"Signal {id} received";
        signals.Add((JsonNode)new JsonObject { ["id"] = id, ["status"] = status is "SUCCESS" or "FAILURE" ? status : "FAILURE", ["reason"] = reason, ["data"] = body["data"]?.DeepClone() });
        return $"status:{status} reason:{reason}";
    }

    protected override JsonNode? Attribute(ResourceContext c, string attribute)
    {
        var endpoint = $"{c.Cloud.BaseUrl}orchestration/v1/{c.Project}/stacks/{Uri.EscapeDataString(c.Stack.Name)}/{c.Stack.Id}/resources/{Uri.EscapeDataString(c.Row.Name)}/signal";
        var token = c.Row.Data.Text("token");
        return attribute switch
        {
            "token" => token,
            "endpoint" => endpoint,
            "curl_cli" => $"curl -i -X POST -H 'X-Auth-Token: {token}' -H 'Content-Type: application/json' -H 'Accept: application/json' {endpoint}",
            _ => null,
        };
    }
}

/// <summary>Waits for signals at a handle.</summary>
internal sealed class WaitConditionResource() : ResourceType(
    "OS::Heat::WaitCondition",
    Property.Text("handle").Needed().Updatable(), Property.Number("timeout").Needed().Updatable(), Property.Number("count").Updatable().Or(1))
{
    public override IReadOnlyList<string> Attributes => ["data"];

    public override TimeSpan CreateTime => TimeSpan.FromSeconds(0.2);

    public override TimeSpan DeleteTime => TimeSpan.FromSeconds(0.1);

    public override bool IsPolled => false;

    public override void Create(ResourceContext c)
    {
        c.Row.PhysicalId = Ids.NewHex();
        c.Row.DeadlineAt = c.Cloud.Clock.After(TimeSpan.FromSeconds(c.Properties["timeout"].Real() ?? 600));
    }

    public override bool IsCreated(ResourceContext c)
    {
        var signals = Signals(c).ToList();
        if (signals.Find(s => s.Text("status") is "FAILURE") is not null)
        {
            throw new ResourceFailure("WaitConditionFailure", string.Join(';', signals.Where(s => s.Text("status") is "FAILURE").Select(s => s.Text("reason"))));
        }

        var wanted = c.Properties.Whole("count", 1);
        return signals.Count >= wanted
            || (c.Row.DeadlineAt <= c.Cloud.Clock.Now ? throw new ResourceFailure("WaitConditionTimeout", $"{signals.Count} of {wanted} received") : false);
    }

    public override void Update(ResourceContext c, JsonObject before) => c.Row.DeadlineAt = c.Cloud.Clock.After(TimeSpan.FromSeconds(c.Properties["timeout"].Real() ?? 600));

    public override bool IsUpdated(ResourceContext c) => IsCreated(c);

    protected override JsonNode? Attribute(ResourceContext c, string attribute) =>
        new JsonObject(Signals(c).DistinctBy(s => s.Text("id")).Select(s => KeyValuePair.Create(s.Text("id")!, s["data"]?.DeepClone()))).Dumps();

    private static IEnumerable<JsonObject> Signals(ResourceContext c)
    {
        var handle = c.Properties.Text("handle");
        return c.Cloud.Heat.Family(c.Cloud.Heat.RootOf(c.Stack)).SelectMany(s => s.Resources)
            .Where(r => r.PhysicalId == handle && r.Data["signals"] is JsonArray).SelectMany(r => r.Data["signals"].Items()).OfType<JsonObject>();
    }
}
