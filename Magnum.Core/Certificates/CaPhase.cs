using System.Globalization;

namespace Magnum.Core.Certificates;

/// <summary>
/// Where a cluster stands with its CAs. Nothing stores it: it follows from the generations that there are, so that it cannot contradict them.
/// </summary>
/// <param name="Signing">The generation that signs.</param>
/// <param name="Also">The generation that is trusted beside it, if one is.</param>
/// <param name="Retired">The generation that is trusted no more and not yet deleted, if one is.</param>
internal sealed record CaPhase(int Signing, int? Also, int? Retired)
{
    /// <summary>
    /// What nodes report back: the trusted generations, the signing one first, such as <c>1</c>, <c>1+2</c>, <c>2+1</c>, <c>2</c>. A cluster whose
    /// old CA is gone says the same as one that waits for its nodes to have forgotten it: for them nothing changes in between.
    /// </summary>
    public string Token => string.Join('+', new[] { Signing, Also }.OfType<int>().Select(g => g.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Whether a rotation is under way or was given up.</summary>
    public bool IsRotating => (Also ?? Retired) is not null;

    /// <summary>Whether certificates of an older generation have to go.</summary>
    public bool Renews => Also < Signing || Retired is not null;

    /// <summary>What holds for nodes whose turn it is not yet.</summary>
    public CaPhase Before =>
        Retired is not null ? this with { Also = Retired, Retired = null }
        : Also < Signing ? new CaPhase(Also.Value, Signing, null)
        : this with { Also = null };

    /// <summary>The phase of a cluster with these CAs; null when it has none yet.</summary>
    public static CaPhase? Of(IEnumerable<ClusterCertificate> authorities)
    {
        var generations = authorities.Where(a => a.Purpose is CertificatePurpose.Ca).ToDictionary(a => a.Role, a => a.Generation);
        return generations.TryGetValue(CertificateRole.Current, out var signing)
            ? new CaPhase(signing, Find(CertificateRole.Next) ?? Find(CertificateRole.Previous), Find(CertificateRole.Retired))
            : null;

        int? Find(CertificateRole role) => generations.TryGetValue(role, out var generation) ? generation : null;
    }

    /// <summary>What is trusted for a purpose, the signing CA first.</summary>
    public string Bundle(IEnumerable<ClusterCertificate> authorities, CertificatePurpose purpose) => string.Join(
        '\n',
        authorities.Where(a => a.Purpose == purpose && (a.Generation == Signing || a.Generation == Also))
            .OrderByDescending(a => a.Generation == Signing)
            .Select(a => a.Certificate));
}
