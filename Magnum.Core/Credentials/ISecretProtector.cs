using System.Security.Cryptography;

namespace Magnum.Core.Credentials;

/// <summary>Encrypts what is secret at rest.</summary>
public interface ISecretProtector
{
    /// <summary>The protected form, text that fits a database column.</summary>
    string Protect(string secret);

    /// <summary>The secret again; throws <see cref="CryptographicException"/> when the key ring lacks the key.</summary>
    string Unprotect(string protectedSecret);

    /// <summary>The secret again; null when there is none, or none that can be decrypted any more.</summary>
    string? TryUnprotect(string? protectedSecret)
    {
        try
        {
            return protectedSecret is null ? null : Unprotect(protectedSecret);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
