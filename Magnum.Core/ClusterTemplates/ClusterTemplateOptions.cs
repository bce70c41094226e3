namespace Magnum.Core.ClusterTemplates;

/// <summary>Section <c>Magnum:ClusterTemplates</c>: which of the drivers' offers this cloud takes.</summary>
public sealed class ClusterTemplateOptions
{
    /// <summary>Where the section stands in the configuration.</summary>
    public const string Section = "Magnum:ClusterTemplates";

    /// <summary>The driver taken where several provide a cluster type; null: the first by name.</summary>
    public string? DefaultDriver { get; set; }

    /// <summary>By engine, the network drivers allowed, such as <c>{"kubernetes": ["calico"]}</c>; an engine that is not named allows all of its driver's.</summary>
    public Dictionary<string, string[]> AllowedNetworkDrivers { get; set; } = [];

    /// <summary>By engine, the network driver of templates that name none; an engine that is not named takes its driver's first.</summary>
    public Dictionary<string, string> DefaultNetworkDriver { get; set; } = [];
}
