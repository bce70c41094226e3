using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Engine;

/// <summary>What a stack is made from. Never changed: an update brings a new one.</summary>
internal sealed record StackDefinition(JsonObject Template, JsonObject Parameters, JsonObject Environment, Dictionary<string, string> Files);

/// <summary>A stack; nested ones are stacks too, with a parent.</summary>
internal sealed class StackRow
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public required string ProjectId { get; set; }

    public required string UserId { get; set; }

    public string UserName { get; set; } = "";

    /// <summary>Whether its maker sees other projects' networks and the like.</summary>
    public bool ByAdmin { get; set; }

    public string Action { get; set; } = "CREATE";

    public string Status { get; set; } = "IN_PROGRESS";

    public string Reason { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? UpdatedAt { get; set; }

    public DateTimeOffset? DeletedAt { get; set; }

    public int? TimeoutMins { get; set; }

    public bool DisableRollback { get; set; } = true;

    public List<string> Tags { get; set; } = [];

    public required StackDefinition Definition { get; set; }

    /// <summary>What a rollback goes back to.</summary>
    public StackDefinition? Previous { get; set; }

    public string? ParentId { get; set; }

    public string? ParentResource { get; set; }

    /// <summary>Raised by each operation: a resource with this number has been dealt with in the current one.</summary>
    public int Generation { get; set; }

    public DateTimeOffset? DeadlineAt { get; set; }

    public List<ResourceRow> Resources { get; set; } = [];

    public List<EventRow> Events { get; set; } = [];

    public string? Scenario { get; set; }

    /// <summary>The scenario that lets one deletion fail has had its way.</summary>
    public bool DeleteHasFailed { get; set; }

    public DateTimeOffset? VanishAt { get; set; }

    /// <summary>Removed behind everybody's back: nobody sees it any more.</summary>
    public bool Vanished { get; set; }

    [JsonIgnore]
    public string State => $"{Action}_{Status}";

    [JsonIgnore]
    public bool InProgress => Status is "IN_PROGRESS";

    [JsonIgnore]
    public bool IsDeleted => Vanished || (Action is "DELETE" && Status is "COMPLETE");

    /// <summary>The resource of this name that counts; those it replaced are on their way out.</summary>
    public ResourceRow? Live(string name) => Resources.FindLast(r => r.Name == name && !r.Obsolete);
}

internal sealed class ResourceRow
{
    public required string Name { get; set; }

    public required string Type { get; set; }

    /// <summary>What the environment made of the type: a built-in type or a template.</summary>
    public string Implementation { get; set; } = "";

    /// <summary>Heat's own id of the resource, not the cloud's.</summary>
    public string Uuid { get; set; } = Ids.New();

    public string PhysicalId { get; set; } = "";

    public string Action { get; set; } = "INIT";

    public string Status { get; set; } = "COMPLETE";

    public string Reason { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>As last applied, functions resolved.</summary>
    public JsonObject Properties { get; set; } = [];

    public JsonObject Metadata { get; set; } = [];

    /// <summary>What the resource type remembers for itself.</summary>
    public JsonObject Data { get; set; } = [];

    /// <summary>Names of the resources that must be there before it, and outlive it.</summary>
    public List<string> Requires { get; set; } = [];

    public bool Obsolete { get; set; }

    public bool Retained { get; set; }

    public int Generation { get; set; }

    /// <summary>When to look whether it is done; null when somebody will say so.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>When waiting for it is given up.</summary>
    public DateTimeOffset? DeadlineAt { get; set; }

    [JsonIgnore]
    public bool InProgress => Status is "IN_PROGRESS";
}

internal sealed record EventRow(string Id, DateTimeOffset Time, string ResourceName, string? ResourceType, string PhysicalId, string Action, string Status, string Reason);
