namespace Magnum.Core.Policies;

/// <summary>Section <c>Magnum:Policy</c>: who may do what.</summary>
public sealed class PolicyOptions
{
    /// <summary>Where the section stands in the configuration.</summary>
    public const string Section = "Magnum:Policy";

    /// <summary>A <c>policy.yaml</c> in the syntax of oslo.policy that overrides rules by name; null: the defaults hold.</summary>
    public string? File { get; set; }

    /// <summary>False: any role in the project suffices, as on clouds that have not turned on the secure defaults. Default true.</summary>
    public bool EnforceNewDefaults { get; set; } = true;
}
