namespace Magnum.Core.Quotas;

/// <summary>Section <c>Magnum:Quotas</c>.</summary>
public sealed class QuotaOptions
{
    /// <summary>Where the section stands in the configuration.</summary>
    public const string Section = "Magnum:Quotas";

    /// <summary>Clusters of a project without a stored limit. Default 20.</summary>
    public int MaxClustersPerProject { get; set; } = 20;
}
