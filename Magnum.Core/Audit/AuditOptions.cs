using System.ComponentModel.DataAnnotations;

namespace Magnum.Core.Audit;

/// <summary>Section <c>Magnum:Audit</c>.</summary>
public sealed class AuditOptions
{
    /// <summary>Where the section stands in the configuration.</summary>
    public const string Section = "Magnum:Audit";

    /// <summary>How long records are kept. Default 400 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(400);
}
