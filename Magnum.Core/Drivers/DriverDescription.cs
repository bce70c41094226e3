using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Magnum.Core.OpenStack;

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

    /// <summary>The label that asks for a version of the engine; null: none does.</summary>
    public string? VersionLabel { get; init; }

    /// <summary>The image's property that says which version of the engine it has; null: none does.</summary>
    public string? VersionProperty { get; init; }

    /// <summary>Whether the back end signs the nodes' certificates itself, and is given the cluster's CAs for that.</summary>
    public bool TakesAuthorities { get; init; }

    /// <summary>The label's value that holds for a cluster or group with these labels; null: none does, and there is no default.</summary>
    public string? LabelValue(IReadOnlyDictionary<string, string> labels, string name) =>
        labels.TryGetValue(name, out var own) && own.Length > 0 ? own : Labels.FirstOrDefault(l => l.Name == name)?.Default;

    /// <summary>Whether the label's value that holds is true.</summary>
    public bool IsOn(IReadOnlyDictionary<string, string> labels, string name) =>
        LabelValue(labels, name) is { } value && LabelDefinition.ReadFlag(value) == true;

    /// <summary>Whether the number of masters has to be odd.</summary>
    public bool OddMasterCount { get; init; } = true;

    /// <summary>The version of the engine that clusters of these labels and this image get; null when neither says.</summary>
    public string? VersionOf(IReadOnlyDictionary<string, string> labels, Image? image) =>
        VersionLabel is { } label && labels.TryGetValue(label, out var version) && version.Length > 0 ? version
        : VersionProperty is { } property ? image?.Properties.GetValueOrDefault(property) : null;
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

    /// <summary>Magnum itself replaces nodes that stay broken, where a cluster's labels ask for it; see <see cref="Reconciliation.AutoHealing"/>.</summary>
    AutoHealing = 256,

    /// <summary>Magnum itself chooses the number of workers by load, where labels ask for it; see <see cref="Reconciliation.AutoScaling"/>.</summary>
    AutoScaling = 512,
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
public sealed partial record LabelDefinition(string Name, LabelType Type, string Group, string? Default, string Summary)
{
    /// <summary>Allowed values of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    public int? Minimum { get; init; }

    public int? Maximum { get; init; }

    /// <summary>Shown masked.</summary>
    public bool Secret { get; init; }

    /// <summary>Accepted for old templates, without effect.</summary>
    public bool Ignored { get; init; }

    /// <summary>What is wrong with a value, as a sentence without an end; null when it is of the type.</summary>
    public string? Problem(string value) => Type switch
    {
        LabelType.Boolean => ReadFlag(value) is null ? "Value should be true or false" : null,
        LabelType.Number => NumberProblem(value),
        LabelType.Version => Version().IsMatch(value) ? null : "Value should be a version such as v1.31.1",
        LabelType.Cidr => IsCidr(value) ? null : "Value should be a network such as 10.100.0.0/16",
        LabelType.Choice => Choices.Contains(value) ? null : $"Value should be one of: {string.Join(", ", Choices)}",
        _ => null,
    };

    /// <summary>A boolean in its usual spellings; null: it is none.</summary>
    public static bool? ReadFlag(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "1" or "YES" or "ON" or "T" or "Y" => true,
        "FALSE" or "0" or "NO" or "OFF" or "F" or "N" => false,
        _ => null,
    };

    /// <summary>An IPv4 network, its host bits zero.</summary>
    public static bool IsCidr(string text) => IPNetwork.TryParse(text, out var network) && network.BaseAddress.AddressFamily is AddressFamily.InterNetwork
        // The reader takes other spellings, and drops what the mask does not cover.
        && network.ToString() == text;

    private string? NumberProblem(string value)
    {
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return "Value should be a whole number";
        }

        return number < Minimum ? string.Create(CultureInfo.InvariantCulture, $"Value should be greater or equal to {Minimum}")
            : number > Maximum ? string.Create(CultureInfo.InvariantCulture, $"Value should be lower or equal to {Maximum}") : null;
    }

    [GeneratedRegex(@"^v?\d+(\.\d+){0,3}([-+.][0-9A-Za-z.+_-]+)?$")]
    private static partial Regex Version();
}
