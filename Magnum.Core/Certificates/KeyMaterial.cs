namespace Magnum.Core.Certificates;

/// <summary>A certificate with its private key, in clear: never stored or logged so.</summary>
/// <param name="Certificate">PEM with LF, without a trailing newline; of a plain key pair the public key.</param>
/// <param name="PrivateKey">PKCS#8 PEM.</param>
/// <param name="NotAfter">End of validity; of a plain key pair the end of time.</param>
internal sealed record KeyMaterial(string Certificate, string PrivateKey, DateTimeOffset NotAfter)
{
    /// <inheritdoc />
    public override string ToString() => $"KeyMaterial {{ NotAfter = {NotAfter} }}";
}
