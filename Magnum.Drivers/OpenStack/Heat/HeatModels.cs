using System.Text.Json;

namespace Magnum.Drivers.OpenStack.Heat;

/// <summary>A stack by both its names: with both, Heat answers at once instead of redirecting.</summary>
internal sealed record StackRef(string Name, string Id);

/// <summary>A Heat stack.</summary>
/// <param name="Status">Action and state, such as <c>CREATE_COMPLETE</c>.</param>
internal sealed record HeatStack(
    string Id,
    string Name,
    string Status,
    string? StatusReason,
    DateTimeOffset? CreationTime,
    DateTimeOffset? UpdatedTime,
    IReadOnlyList<string> Tags,
    int? TimeoutMins)
{
    /// <summary>Parameter values as Heat prints them; hidden ones are asterisks. Empty in lists.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Outputs by name; empty in lists and where they were not to be resolved.</summary>
    public IReadOnlyDictionary<string, HeatOutput> Outputs { get; init; } = new Dictionary<string, HeatOutput>();

    /// <summary>The project it belongs to, in lists over all projects.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Both names.</summary>
    public StackRef Ref => new(Name, Id);

    /// <summary>Whether Heat is at work on it.</summary>
    public bool IsInProgress => Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal);

    /// <summary>Whether the last action failed.</summary>
    public bool IsFailed => Status.EndsWith("_FAILED", StringComparison.Ordinal);

    /// <summary>Whether the last action succeeded.</summary>
    public bool IsComplete => Status.EndsWith("_COMPLETE", StringComparison.Ordinal);

    /// <summary>Outputs may hold keys and addresses, so they are not printed.</summary>
    public override string ToString() => $"HeatStack {{ {Name}, {Status} }}";
}

/// <summary>An output of a stack.</summary>
/// <param name="Value">Null, text, number, list or map, as the template makes it.</param>
/// <param name="Error">Why Heat could not resolve it.</param>
internal sealed record HeatOutput(JsonElement Value, string? Error)
{
    /// <summary>The value as text; null when it is null or was not resolved.</summary>
    public string? Text => Value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.String => Value.GetString(),
        _ => Value.GetRawText(),
    };

    /// <summary>The texts of a list; nulls are left out, and anything but a list has none.</summary>
    public IReadOnlyList<string> List => Value.ValueKind == JsonValueKind.Array
        ? [.. Value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)]
        : [];

    public override string ToString() => "HeatOutput";
}

/// <summary>A stack to create, or what it is to become.</summary>
/// <param name="Template">HOT, as YAML or JSON text. Null in a change that keeps the present one.</param>
internal sealed record StackRequest(string Name, string? Template)
{
    /// <summary>Files that the template refers to, by the name it uses.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>An environment, as YAML or JSON text.</summary>
    public string? Environment { get; init; }

    /// <summary>Parameter values as text; lists by commas, maps as JSON.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Minutes until Heat gives up; Heat's default unless given.</summary>
    public int? TimeoutMins { get; init; }

    /// <summary>Leave what was made in place after a failure, so that one can see why.</summary>
    public bool DisableRollback { get; init; } = true;

    /// <summary>Tags without commas.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Parameters may hold passwords, so they are not printed.</summary>
    public override string ToString() => $"StackRequest {{ {Name} }}";
}

/// <summary>Which stacks to list.</summary>
internal sealed record StackFilter
{
    /// <summary>Only stacks with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only stacks with one of these last actions: <c>CREATE</c>, <c>UPDATE</c>, <c>DELETE</c>.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];

    /// <summary>Only stacks whose last action is in one of these states: <c>IN_PROGRESS</c>, <c>COMPLETE</c>, <c>FAILED</c>.</summary>
    public IReadOnlyList<string> Statuses { get; init; } = [];

    /// <summary>
    /// Over all projects, for the service user. Where it is no administrator to Heat the list holds its own project only, so a stack
    /// that is missing here must be asked for by itself before it is taken for gone.
    /// </summary>
    public bool AllProjects { get; init; }

    /// <summary>Stacks in one page of the answer.</summary>
    public int PageSize { get; init; } = 200;
}

/// <summary>A resource of a stack, or of a stack nested in it.</summary>
/// <param name="Status">Action and state, such as <c>CREATE_IN_PROGRESS</c>.</param>
/// <param name="PhysicalId">The id in the service that holds it; empty before it is made.</param>
/// <param name="ParentResource">For a nested one: the resource whose stack it is in.</param>
internal sealed record HeatResource(
    string Name,
    string Type,
    string Status,
    string? StatusReason,
    string PhysicalId,
    string? ParentResource,
    DateTimeOffset? UpdatedTime)
{
    /// <summary>The stack that it is in, which is not the one asked about when it is nested.</summary>
    public StackRef? Stack { get; init; }

    /// <summary>Attributes; only where one resource was asked for.</summary>
    public JsonElement Attributes { get; init; }

    public override string ToString() => $"HeatResource {{ {Name}, {Type}, {Status} }}";
}

/// <summary>Something that happened to a resource of a stack.</summary>
/// <param name="Status">Action and state, such as <c>CREATE_FAILED</c>.</param>
internal sealed record HeatEvent(
    string Id, DateTimeOffset Time, string ResourceName, string Status, string? StatusReason, string PhysicalId)
{
    /// <summary>The stack it happened in.</summary>
    public StackRef? Stack { get; init; }
}

/// <summary>What a template asks for, as Heat understood it.</summary>
internal sealed record HeatValidation(string? Description, IReadOnlyList<string> ParameterNames);

/// <summary>What an update would do, by resource name.</summary>
internal sealed record HeatChanges(
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Deleted,
    IReadOnlyList<string> Replaced,
    IReadOnlyList<string> Updated,
    IReadOnlyList<string> Unchanged);
