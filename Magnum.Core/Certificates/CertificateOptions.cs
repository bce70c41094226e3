using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Certificates;

/// <summary>Section <c>Magnum:Certificates</c>.</summary>
public sealed class CertificateOptions
{
    /// <summary>Where the section stands in the configuration.</summary>
    public const string Section = "Magnum:Certificates";

    /// <summary>Bits of the keys that Magnum makes. Default 3072.</summary>
    [Range(2048, 8192)]
    public int RsaKeySize { get; set; } = 3072;

    /// <summary>Days from now to the end of a certificate; none outlives its CA. Default 1825.</summary>
    [Range(1, 36500)]
    public int TermOfValidity { get; set; } = 1825;
}

/// <summary>Checks the section at start.</summary>
[OptionsValidator]
public sealed partial class CertificateOptionsValidator : IValidateOptions<CertificateOptions>;
