namespace Magnum.Core.Drivers;

/// <summary>What an engine's nodes have to give and what wants it: by this the number of nodes is chosen where a cluster asks for that.</summary>
/// <param name="Nodes">All that the engine knows.</param>
/// <param name="Waiting">What finds no room on any of them.</param>
public sealed record EngineLoad(IReadOnlyList<NodeLoad> Nodes, IReadOnlyList<WaitingTask> Waiting);

/// <summary>A node with what is on it.</summary>
/// <param name="Name">Of its server.</param>
/// <param name="IsReady">Whether it works.</param>
/// <param name="TakesWork">Whether it takes new work.</param>
/// <param name="Room">What it has for work, all of it.</param>
public sealed record NodeLoad(string Name, bool IsReady, bool TakesWork, TaskNeeds Room)
{
    /// <summary>What is set aside for the work that is on it.</summary>
    public TaskNeeds Taken { get; init; }

    /// <summary>The part of it for what runs on every node, and so on a new one as well.</summary>
    public TaskNeeds OnEveryNode { get; init; }

    /// <summary>What has to find another place before it can go.</summary>
    public IReadOnlyList<MovableTask> Movable { get; init; } = [];

    /// <summary>Why it has to stay, for people; null: it may go.</summary>
    public string? MustStay { get; init; }
}

/// <summary>A pod or task on a node.</summary>
/// <param name="Suits">Whether it may run on the node of this name, whatever room there is.</param>
public sealed record MovableTask(TaskNeeds Needs, Predicate<string> Suits);

/// <summary>A pod or task that no node has room for.</summary>
/// <param name="Since">When the engine found that.</param>
/// <param name="Suits">Whether it may run on a node such as that of this name, if there was room.</param>
public sealed record WaitingTask(TaskNeeds Needs, DateTimeOffset Since, Predicate<string> Suits);

/// <summary>What work asks for, or a node has.</summary>
/// <param name="Cpus">Processors.</param>
/// <param name="MemoryMib">MiB.</param>
/// <param name="Tasks">Pods or tasks, of which a node takes so many only.</param>
public readonly record struct TaskNeeds(double Cpus, double MemoryMib, int Tasks)
{
    public static TaskNeeds operator +(TaskNeeds a, TaskNeeds b) => new(a.Cpus + b.Cpus, a.MemoryMib + b.MemoryMib, a.Tasks + b.Tasks);

    public static TaskNeeds operator -(TaskNeeds a, TaskNeeds b) => new(a.Cpus - b.Cpus, a.MemoryMib - b.MemoryMib, a.Tasks - b.Tasks);

    public bool FitsIn(TaskNeeds room) => Cpus <= room.Cpus && MemoryMib <= room.MemoryMib && Tasks <= room.Tasks;

    /// <summary>The larger of its shares of a node's processors and memory.</summary>
    public double ShareOf(TaskNeeds room) => Math.Max(room.Cpus > 0 ? Cpus / room.Cpus : 0, room.MemoryMib > 0 ? MemoryMib / room.MemoryMib : 0);
}
