namespace Magnum.Core.Clusters;

/// <summary>Section <c>Magnum:Clusters</c>: bounds and defaults of clusters.</summary>
public sealed class ClusterOptions
{
    /// <summary>Where the section stands in the configuration.</summary>
    public const string Section = "Magnum:Clusters";

    internal const int DefaultCreateTimeout = 60;

    /// <summary>Most nodes of one group. Default 1000.</summary>
    public int MaxNodes { get; set; } = 1000;

    /// <summary>Minutes, where a request names none. Default 60.</summary>
    public int CreateTimeout { get; set; } = DefaultCreateTimeout;

    /// <summary>GiB of the root volume without the label <c>boot_volume_size</c>; 0: nodes boot from the image and the flavor's disk. Default 0.</summary>
    public int BootVolumeSize { get; set; }
}
