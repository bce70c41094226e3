using System.Security.Cryptography;
using Magnum.Core.Operations;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation;

/// <summary>Who this process is among all conductors. The instance differs with every start: what carries an older one is left over.</summary>
public sealed class ConductorIdentity(IOptions<ConductorOptions> options)
{
    /// <summary>The same after a restart.</summary>
    public string Host { get; } = options.Value.Host;

    /// <summary>Owner of leases.</summary>
    public string InstanceId { get; } = $"{options.Value.Host}:{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
}
