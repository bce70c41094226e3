namespace Magnum.Drivers.EmbeddedCloud.Scenarios;

/// <summary>A scenario that an operator switched on.</summary>
internal sealed class ActiveScenario
{
    public required string Name { get; set; }

    /// <summary>Only stacks (and servers) with this in their name; null for all.</summary>
    public string? Stack { get; set; }

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>For <c>slow</c>: how many milliseconds each answer is held back.</summary>
    public int DelayMs { get; set; } = 1000;

    /// <summary>For <c>slow</c>: one service only, such as <c>heat</c>; null for all.</summary>
    public string? Service { get; set; }
}
