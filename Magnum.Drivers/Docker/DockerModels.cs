using System.Text.Json;
using System.Text.Json.Serialization;

namespace Magnum.Drivers.Docker;

// The bodies as Docker Engine writes them (docs.docker.com/reference/api/engine); nothing is required in them, for a tenant may answer anything.

/// <summary><c>GET /info</c>.</summary>
internal sealed record DockerInfo
{
    public string? ServerVersion { get; init; }

    public DockerSwarm? Swarm { get; init; }
}

/// <summary>What an engine says of the swarm that it is in.</summary>
/// <param name="LocalNodeState"><c>inactive</c>, <c>pending</c>, <c>active</c>, <c>error</c> or <c>locked</c>.</param>
/// <param name="ControlAvailable">Whether it is a manager that works.</param>
internal sealed record DockerSwarm(string? LocalNodeState, bool ControlAvailable)
{
    public string? Error { get; init; }
}

/// <summary>Of <c>GET /nodes</c>.</summary>
internal sealed record DockerNode
{
    [JsonPropertyName("ID")]
    public string? Id { get; init; }

    public DockerNodeSpec? Spec { get; init; }

    public DockerNodeDescription? Description { get; init; }

    public DockerNodeStatus? Status { get; init; }

    /// <summary>Null for workers.</summary>
    public DockerManagerStatus? ManagerStatus { get; init; }

    /// <summary>The server's name.</summary>
    [JsonIgnore]
    public string Name => Description?.Hostname ?? "";

    [JsonIgnore]
    public bool IsReady => Status?.State is "ready";

    /// <summary>Whether Magnum has made it.</summary>
    [JsonIgnore]
    public bool IsOurs => Description?.Engine?.Labels?.ContainsKey("magnum.nodegroup") == true;

    /// <summary>Whether Magnum has drained it for it to go, and not somebody else for what he may want.</summary>
    [JsonIgnore]
    public bool IsLeaving => Spec?.Labels?.ContainsKey(DockerApi.LeavingLabel) == true;

    [JsonIgnore]
    public bool IsManager => ManagerStatus is not null || Spec?.Role is "manager";
}

/// <param name="Availability"><c>active</c>, <c>pause</c> or <c>drain</c>.</param>
internal sealed record DockerNodeSpec(string? Role, string? Availability, Dictionary<string, string?>? Labels);

internal sealed record DockerNodeDescription(string? Hostname, DockerResources? Resources, DockerEngineDescription? Engine);

/// <param name="NanoCpus">Billionths of a processor.</param>
internal sealed record DockerResources([property: JsonPropertyName("NanoCPUs")] long? NanoCpus, long? MemoryBytes);

internal sealed record DockerEngineDescription(string? EngineVersion, Dictionary<string, string?>? Labels);

/// <param name="State"><c>unknown</c>, <c>down</c>, <c>ready</c> or <c>disconnected</c>.</param>
internal sealed record DockerNodeStatus(string? State);

/// <param name="Reachability"><c>unknown</c>, <c>unreachable</c> or <c>reachable</c>.</param>
internal sealed record DockerManagerStatus(bool Leader, string? Reachability);

/// <summary>Of <c>GET /tasks</c>.</summary>
internal sealed record DockerTask
{
    [JsonPropertyName("NodeID")]
    public string? NodeId { get; init; }

    /// <summary>Null for what is no service's, such as a container on an overlay network.</summary>
    [JsonPropertyName("ServiceID")]
    public string? ServiceId { get; init; }

    public DockerTaskStatus? Status { get; init; }

    /// <summary>Whether it is a service's and is on its node still, whatever it is meant to do.</summary>
    [JsonIgnore]
    public bool IsThere => ServiceId is { Length: > 0 }
        && Status?.State is not (null or "complete" or "shutdown" or "failed" or "rejected" or "remove" or "orphaned");
}

internal sealed record DockerTaskStatus(string? State);

/// <summary>Of <c>GET /services?status=true</c>.</summary>
internal sealed record DockerService
{
    public DockerServiceSpec? Spec { get; init; }

    public DockerServiceStatus? ServiceStatus { get; init; }
}

internal sealed record DockerServiceSpec
{
    public string? Name { get; init; }

    public Dictionary<string, string?>? Labels { get; init; }

    public DockerTaskTemplate? TaskTemplate { get; init; }

    /// <summary>One member, by the mode's name.</summary>
    public Dictionary<string, JsonElement>? Mode { get; init; }
}

internal sealed record DockerTaskTemplate(DockerContainerSpec? ContainerSpec);

internal sealed record DockerContainerSpec(string? Image);

internal sealed record DockerServiceStatus(long RunningTasks, long DesiredTasks);

[JsonSourceGenerationOptions]
[JsonSerializable(typeof(DockerInfo))]
[JsonSerializable(typeof(List<DockerNode?>))]
[JsonSerializable(typeof(List<DockerTask?>))]
[JsonSerializable(typeof(List<DockerService?>))]
internal sealed partial class DockerJson : JsonSerializerContext;
