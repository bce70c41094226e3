using System.Text.Json;
using System.Text.Json.Serialization;

namespace Magnum.Drivers.Mesos;

/// <summary>A master as Magnum knows it.</summary>
/// <param name="Name">Of the node.</param>
/// <param name="Server">Where Magnum reaches its API, such as <c>http://203.0.113.5:5050</c>.</param>
internal sealed record MesosMaster(string Name, Uri Server);

/// <summary>What a master of Mesos says of the cluster (<c>GET /state</c>); one that does not lead says nothing of agents, or points at the leader.</summary>
/// <param name="Pid">Itself, such as <c>master@10.0.0.5:5050</c>.</param>
/// <param name="Leader">The one that leads, likewise; null: none, as far as this one knows.</param>
internal sealed record MesosState(string? Version, string? Pid, string? Leader)
{
    public IReadOnlyList<MesosAgent?>? Slaves { get; init; }

    public IReadOnlyList<MesosFramework?>? Frameworks { get; init; }

    [JsonIgnore]
    public bool IsLeading => Pid is { Length: > 0 } && Pid == Leader;

    [JsonIgnore]
    public IEnumerable<MesosAgent> Agents => (Slaves ?? []).OfType<MesosAgent>();

    [JsonIgnore]
    public IEnumerable<MesosFramework> Present => (Frameworks ?? []).OfType<MesosFramework>();

    /// <summary>What runs, or is on the way to it or to its end.</summary>
    [JsonIgnore]
    public IEnumerable<MesosTask> Tasks => Present.SelectMany(f => f.Alive);
}

/// <summary>An agent.</summary>
/// <param name="Active">Whether the master hears of it and lets it have tasks.</param>
/// <param name="Deactivated">Whether somebody took it out of use.</param>
internal sealed record MesosAgent(string? Id, string? Pid, string? Hostname, string? Version, bool Active, bool Deactivated)
{
    public MesosResources? Resources { get; init; }

    public MesosResources? UsedResources { get; init; }

    /// <summary>Of an agent that is being, or was, freed of its tasks.</summary>
    public JsonElement? DrainInfo { get; init; }

    [JsonIgnore]
    public bool IsLeaving => DrainInfo is { ValueKind: JsonValueKind.Object };

    /// <summary>Whether it is the agent at this address, which agents of Magnum's go by.</summary>
    public bool IsAt(string address) => Hostname == address || Pid?.Split('@')[^1].Split(':')[0] == address;
}

/// <summary>Amounts.</summary>
/// <param name="Mem">MiB.</param>
internal sealed record MesosResources(double Cpus, double Mem);

/// <summary>A framework, such as Marathon.</summary>
internal sealed record MesosFramework(string? Name, bool Active)
{
    public IReadOnlyList<MesosTask?>? Tasks { get; init; }

    [JsonIgnore]
    public IEnumerable<MesosTask> Alive => (Tasks ?? []).OfType<MesosTask>().Where(t => t.IsAlive);
}

/// <summary>A task that has not come to its end, or whose end its framework has not taken note of.</summary>
/// <param name="State">Such as <c>TASK_RUNNING</c>.</param>
internal sealed record MesosTask(string? SlaveId, string? State)
{
    [JsonIgnore]
    public bool IsRunning => State is "TASK_RUNNING";

    [JsonIgnore]
    public bool IsAlive => State is "TASK_STAGING" or "TASK_STARTING" or "TASK_RUNNING" or "TASK_KILLING";
}

/// <summary>Marathon's apps (<c>GET /v2/apps</c>).</summary>
internal sealed record MarathonApps
{
    public IReadOnlyList<MarathonApp?>? Apps { get; init; }
}

/// <summary>One of them.</summary>
/// <param name="Id">Such as <c>/shop/web</c>.</param>
/// <param name="Instances">How many there are to be.</param>
internal sealed record MarathonApp(string? Id, int Instances, int TasksRunning)
{
    public MarathonContainer? Container { get; init; }
}

/// <summary>What an app runs in.</summary>
internal sealed record MarathonContainer(MarathonDocker? Docker);

/// <summary>Docker's part of it.</summary>
internal sealed record MarathonDocker(string? Image);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MesosState))]
internal sealed partial class MesosJson : JsonSerializerContext;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MarathonApps))]
internal sealed partial class MarathonJson : JsonSerializerContext;
