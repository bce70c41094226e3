using System.Security.Cryptography;
using System.Text;

namespace Magnum.Core.Certificates;

/// <summary>
/// Serial numbers by which a CA knows again which certificates it has signed for nodes. A person may have a certificate with a node's
/// subject too, and it must not live on by renewal when a rotation was meant to end it.
/// </summary>
/// <remarks>
/// Random bytes, then their authentication under a key that follows from the CA's own: nothing has to be stored, nobody else can tell,
/// and Kubernetes, whose certificate reader refuses extensions with unregistered numbers of any length, sees nothing unusual.
/// </remarks>
internal static class NodeSerial
{
    private const int RandomLength = 10;
    private const int Length = 20;   // the most that RFC 5280 allows

    public static byte[] New(KeyMaterial ca)
    {
        var random = RandomNumberGenerator.GetBytes(RandomLength);
        random[0] = (byte)((random[0] & 0x7F) | 0x40);   // positive, and never shorter than it looks
        return [.. random, .. Tag(ca, random)];
    }

    public static bool IsOf(KeyMaterial ca, ReadOnlySpan<byte> serial) =>
        serial.Length == Length && CryptographicOperations.FixedTimeEquals(serial[RandomLength..], Tag(ca, serial[..RandomLength]));

    private static byte[] Tag(KeyMaterial ca, ReadOnlySpan<byte> random)
    {
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes(ca.PrivateKey), "magnum node certificates"u8);
        return HMACSHA256.HashData(key, random)[..(Length - RandomLength)];
    }
}
