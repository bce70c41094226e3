using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Drivers.EmbeddedCloud.Scenarios;

/// <summary>
/// Makes the cloud misbehave on purpose. A stack chooses its scenario by a tag <c>scenario:NAME</c>, by <c>scenario:NAME</c> in the value of
/// a parameter, or by <c>scenario-NAME</c> in its name; an operator switches one on for all, or for stacks of a name, at <c>/embedded/scenarios</c>.
/// </summary>
internal sealed partial class ScenarioBoard(Cloud cloud)
{
    /// <summary>What there is, and what each does.</summary>
    public static IReadOnlyDictionary<string, string> Known { get; } = new Dictionary<string, string>
    {
        ["no-valid-host"] = "Servers end in ERROR with Nova's fault 'No valid host was found. There are not enough hosts available.'",
        ["hang"] = "Servers become ACTIVE, but nothing ever starts in them: no node reports itself, and stacks run into their timeout.",
        ["node-offline"] = "Servers become ACTIVE, but their nodes reach neither Keystone nor Heat: only their consoles say so, and stacks run into their timeout.",
        ["quota-exceeded"] = "Nova refuses servers: the project's quota of instances is used up.",
        ["node-fails"] = "Nodes report FAILURE with a reason instead of SUCCESS.",
        ["stack-refused"] = "Heat answers 400 to the creation or update of a stack.",
        ["delete-fails-once"] = "The first deletion of a stack ends in DELETE_FAILED; the next one works.",
        ["vanish"] = "The stack is removed behind everybody's back: at once when switched on by an operator, else 30 s after its creation completed. What it made is removed too.",
        ["heat-503"] = "Heat answers 503 to everything; likewise keystone-503, nova-503, neutron-503, glance-503, cinder-503, octavia-503.",
        ["keystone-503"] = "Keystone answers 503 to everything. The other services still know the tokens that exist.",
        ["nova-503"] = "Nova answers 503 to everything.",
        ["neutron-503"] = "Neutron answers 503 to everything.",
        ["glance-503"] = "Glance answers 503 to everything.",
        ["cinder-503"] = "Cinder answers 503 to everything.",
        ["octavia-503"] = "Octavia answers 503 to everything.",
        ["slow"] = "Every answer (or those of one service) is held back for delay_ms milliseconds.",
        ["expired-tokens"] = "All tokens of people and services become invalid at this moment; new ones can be had.",
    };

    private List<ActiveScenario> Active => cloud.State.Scenarios;

    public void ThrowIfOut(string service)
    {
        if (Active.Any(s => s.Name == service + "-503" && IsOn(s)))
        {
            throw new ApiFault(503, "The service is currently unable to handle the request, please try again later (a scenario of the embedded cloud).", "ServiceUnavailable");
        }
    }

    public Task DelayAsync(string service, CancellationToken cancellationToken)
    {
        TimeSpan delay;
        lock (cloud.Gate)
        {
            delay = TimeSpan.FromMilliseconds(Active.Where(s => s.Name is "slow" && IsOn(s) && (s.Service is null || s.Service == service)).Sum(s => s.DelayMs));
        }

        return delay > TimeSpan.Zero ? Task.Delay(delay, cloud.Clock.Time, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>The scenario that a stack runs under; its nested stacks share it.</summary>
    public string? ForStack(string name, IEnumerable<string> tags, JsonObject parameters)
    {
        var told = tags.Append(parameters.Write()).Select(t => Choice().Match(t)).FirstOrDefault(m => m.Success)
            ?? NameChoice().Match(name);
        var chosen = told.Success ? Known.Keys.Where(k => told.Groups[1].Value.StartsWith(k, StringComparison.Ordinal)).MaxBy(k => k.Length) : null;
        return chosen ?? ForServer(name);
    }

    /// <summary>What an operator has switched on for things of this name.</summary>
    public string? ForServer(string name) => Active.FirstOrDefault(s => IsOn(s) && Affects(s) && (s.Stack is null || name.Contains(s.Stack, StringComparison.Ordinal)))?.Name;

    public void SwitchOn(ActiveScenario scenario)
    {
        switch (scenario.Name)
        {
            case "expired-tokens":
                cloud.State.Identity.TokensValidFrom = DateTimeOffset.FromUnixTimeMilliseconds(cloud.Clock.Now.ToUnixTimeMilliseconds() + 1);
                break;
            case "vanish":
                foreach (var stack in cloud.State.Stacks.Values.Where(s => s.ParentId is null && !s.IsDeleted && (scenario.Stack is null || s.Name.Contains(scenario.Stack, StringComparison.Ordinal))).ToList())
                {
                    cloud.Heat.Vanish(stack);
                }

                break;
            default:
                Active.RemoveAll(s => s.Name == scenario.Name && s.Stack == scenario.Stack && s.Service == scenario.Service);
                Active.Add(scenario);
                break;
        }
    }

    public void SwitchOff(string? name) => Active.RemoveAll(s => name is null || s.Name == name);

    public JsonArray List() => Active.Where(IsOn).Select(s => new JsonObject
    {
        ["name"] = s.Name,
        ["stack"] = s.Stack,
        ["service"] = s.Service,
        ["until"] = s.Until.Stamp(),
        ["delay_ms"] = s.Name is "slow" ? s.DelayMs : null,
    }).ToJson();

    public bool Advance(DateTimeOffset now) => Active.RemoveAll(s => s.Until <= now) > 0;

    public DateTimeOffset? NextDue() => Active.Min(s => s.Until);

    private bool IsOn(ActiveScenario scenario) => !(scenario.Until <= cloud.Clock.Now);

    private static bool Affects(ActiveScenario scenario) => scenario.Name is "no-valid-host" or "hang" or "node-offline" or "quota-exceeded" or "node-fails" or "stack-refused" or "delete-fails-once";

    [GeneratedRegex("scenario:([a-z0-9-]+)")]
    private static partial Regex Choice();

    [GeneratedRegex("scenario-([a-z0-9-]+)")]
    private static partial Regex NameChoice();
}
