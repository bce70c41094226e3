namespace Magnum.Core.Drivers;

/// <summary>What an engine driver is and can do. The API and the dashboard read it before anything starts.</summary>
public sealed record DriverDescription
{
    /// <summary>Stable name stored with templates and clusters, such as <c>k8s_heat</c>.</summary>
    public required string Name { get; init; }

    /// <summary>For people.</summary>
    public required string Title { get; init; }

    /// <summary>The triples that it provides.</summary>
    public required IReadOnlyList<ClusterType> ClusterTypes { get; init; }

    /// <summary>Network drivers it supports, the default one first.</summary>
    public required IReadOnlyList<string> NetworkDrivers { get; init; }

    /// <summary>Volume drivers it supports; none is always allowed.</summary>
    public IReadOnlyList<string> VolumeDrivers { get; init; } = [];

    /// <summary>What can be done to its clusters beyond create and delete.</summary>
    public DriverCapabilities Capabilities { get; init; }

    /// <summary>The labels it understands.</summary>
    public IReadOnlyList<LabelDefinition> Labels { get; init; } = [];

    /// <summary>Whether the number of masters has to be odd.</summary>
    public bool OddMasterCount { get; init; } = true;
}

/// <summary>What Magnum calls a cluster type.</summary>
/// <param name="ServerType"><c>vm</c> or <c>bm</c>.</param>
/// <param name="Distro">The image's <c>os_distro</c>.</param>
/// <param name="Coe">The engine.</param>
public sealed record ClusterType(string ServerType, string Distro, string Coe);

/// <summary>What can be done to a driver's clusters.</summary>
[Flags]
public enum DriverCapabilities
{
    None = 0,
    Resize = 1,
    ResizeMasters = 2,
    Upgrade = 4,
    NodeGroups = 8,
    RotateCa = 16,
    RotateCredential = 32,

    /// <summary>Nodes named by server id are the ones that go.</summary>
    RemoveChosenNodes = 64,
    Rollback = 128,
}

/// <summary>The type of a label's value; values are always text on the wire.</summary>
public enum LabelType
{
    Text,
    Boolean,
    Number,
    Version,
    Cidr,
    CommaList,
    Choice,
}

/// <summary>One label that a driver understands.</summary>
/// <param name="Group">Heading in the designer, such as <c>network</c>, <c>storage</c>, <c>features</c>.</param>
/// <param name="Default">What holds without the label; null: depends.</param>
public sealed record LabelDefinition(string Name, LabelType Type, string Group, string? Default, string Summary)
{
    /// <summary>Allowed values of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    public int? Minimum { get; init; }

    public int? Maximum { get; init; }

    /// <summary>Shown masked.</summary>
    public bool Secret { get; init; }

    /// <summary>Accepted for old templates, without effect.</summary>
    public bool Ignored { get; init; }
}
