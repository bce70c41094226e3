using System.Security.Cryptography.X509Certificates;

namespace Magnum.Core.Certificates;

/// <summary>
/// What nodes of a swarm may be called in a certificate, and what each of these is good for. Docker asks no more of a client than that the
/// cluster's CA has signed for it, so whoever holds a client's certificate is the master of all nodes: a node gets one to be let into the swarm by,
/// and not for longer. What a manager keeps, to serve Docker's API by, makes no client.
/// </summary>
internal static class SwarmSubjects
{
    /// <summary>How long the certificate lasts by which a node asks to be let in.</summary>
    public static readonly TimeSpan JoiningTime = TimeSpan.FromDays(1);

    private const string Managers = "swarm:managers";
    private const string Nodes = "swarm:nodes";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>What a node gets that asks for this; null: nothing.</summary>
    public static NodeGrant? Grant(SigningRequest request, CaType ca) => (ca, NodeSubjects.Read(request.Subject)?.Organization, UsagesOf(request)) switch
    {
        (CaType.Kubernetes, Managers, [ServerAuthentication]) => new(null, IsRenewable: false),
        (CaType.Kubernetes, Nodes, [ClientAuthentication]) => new(JoiningTime, IsRenewable: false),
        _ => null,
    };

    private static string?[] UsagesOf(SigningRequest request) => request.Extensions.FirstOrDefault(e => e.Oid?.Value == Oids.ExtendedKeyUsage) is { } usages
        ? [.. new X509EnhancedKeyUsageExtension(usages, usages.Critical).EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>().Select(o => o.Value)]
        : [];
}
