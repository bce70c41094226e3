namespace Magnum.Core.Drivers;

/// <summary>What an engine says is in it, for people to look at; nothing decides by it.</summary>
/// <param name="Version">Of the engine; null: it does not say.</param>
public sealed record EngineContents(string? Version, IReadOnlyList<EngineNode> Nodes, IReadOnlyList<EngineWorkload> Workloads)
{
    /// <summary>Whether there is more than is listed.</summary>
    public bool IsCut { get; init; }
}

/// <summary>A node as its engine knows it.</summary>
/// <param name="Role">The engine's word, such as <c>control-plane</c>, <c>manager</c> or <c>agent</c>.</param>
/// <param name="State">The engine's word, such as <c>Ready</c>, <c>NotReady</c> or <c>Down</c>.</param>
/// <param name="Takes">Whether it takes new work.</param>
public sealed record EngineNode(string Name, string Role, string State, bool Takes)
{
    public string? Version { get; init; }

    /// <summary>Processors for work; null: the engine does not say.</summary>
    public double? Cpus { get; init; }

    /// <summary>Memory for work, in MiB; null: the engine does not say.</summary>
    public long? MemoryMib { get; init; }

    /// <summary>Pods or tasks on it; null: the engine does not say.</summary>
    public int? Tasks { get; init; }
}

/// <summary>Something that runs, or should.</summary>
/// <param name="Scope">Namespace, stack or framework; empty: none.</param>
/// <param name="Kind">The engine's word, such as <c>Deployment</c> or <c>Service</c>.</param>
/// <param name="Running">Pods or tasks that are well.</param>
/// <param name="Wanted">How many there are to be.</param>
public sealed record EngineWorkload(string Scope, string Kind, string Name, int Running, int Wanted)
{
    public string? Image { get; init; }
}
