using System.Security.Cryptography;
using System.Text;

namespace Magnum.Drivers.EmbeddedCloud.Keystone;

/// <summary>Passwords are kept as digests even here: state files get attached to bug reports.</summary>
internal static class Secrets
{
    public static (byte[] Salt, byte[] Digest) Digest(string secret)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return (salt, Hash(salt, secret));
    }

    public static bool Matches(string secret, byte[] salt, byte[] digest) => CryptographicOperations.FixedTimeEquals(Hash(salt, secret), digest);

    private static byte[] Hash(byte[] salt, string secret) => SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(secret)]);
}
