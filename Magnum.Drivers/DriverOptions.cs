namespace Magnum.Drivers;

/// <summary>Section <c>Drivers</c>: which drivers are used.</summary>
public sealed class DriverOptions
{
    /// <summary>The driver for a triple that several provide; none: there must be no such triple.</summary>
    public string? Default { get; set; }

    /// <summary>Where drivers of others lie, each in a folder named as its assembly; empty: there are none.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Names of drivers that are installed and not to be used.</summary>
    public IList<string> Disabled { get; } = [];

    /// <summary>Roles that the application credential of a Kubernetes cluster on Heat gets, as far as its owner has them. Never <c>admin</c>.</summary>
    public IList<string> CredentialRoles { get; } = [];
}
