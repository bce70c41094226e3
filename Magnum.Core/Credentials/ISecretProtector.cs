namespace Magnum.Core.Credentials;

/// <summary>Encrypts what is secret at rest.</summary>
public interface ISecretProtector
{
    /// <summary>The protected form, text that fits a database column.</summary>
    string Protect(string secret);

    /// <summary>The secret again; throws <see cref="System.Security.Cryptography.CryptographicException"/> when the key ring lacks the key.</summary>
    string Unprotect(string protectedSecret);
}
