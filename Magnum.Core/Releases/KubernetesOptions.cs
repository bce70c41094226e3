using System.Globalization;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Releases;

/// <summary>Section <c>Magnum:Kubernetes</c>.</summary>
public sealed class KubernetesOptions
{
    /// <summary>Where the section stands in the configuration.</summary>
    public const string Section = "Magnum:Kubernetes";

    /// <summary>
    /// By minor version such as <c>1.38</c>: releases that Magnum does not know yet, or knows otherwise, for instance because a vendor supports them
    /// for longer. Default empty.
    /// </summary>
    public Dictionary<string, KubernetesReleaseOptions> Releases { get; set; } = [];
}

/// <summary>The life of one release.</summary>
public sealed class KubernetesReleaseOptions
{
    /// <summary>The day of its first version, such as <c>2026-08-26</c>.</summary>
    public DateOnly? ReleasedOn { get; set; }

    /// <summary>The day from which it is not supported any more.</summary>
    public DateOnly? EndOfLife { get; set; }
}

/// <summary>Checks the section at start.</summary>
internal sealed class KubernetesOptionsValidator : IValidateOptions<KubernetesOptions>
{
    public ValidateOptionsResult Validate(string? name, KubernetesOptions options)
    {
        var faults = options.Releases.Select(r => Fault(r.Key, r.Value) is { } fault ? $"{KubernetesOptions.Section}:Releases:{r.Key}: {fault}" : null).OfType<string>().ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static string? Fault(string version, KubernetesReleaseOptions release) =>
        KubernetesReleases.MinorOf(version) != version ? "the name is to be a minor version such as 1.38."
        : release.ReleasedOn is not { } released || release.EndOfLife is not { } end ? "ReleasedOn and EndOfLife are needed, as days such as 2026-08-26."
        : end <= released ? string.Create(CultureInfo.InvariantCulture, $"EndOfLife ({end:yyyy-MM-dd}) has to be later than ReleasedOn ({released:yyyy-MM-dd}).")
        : null;
}
