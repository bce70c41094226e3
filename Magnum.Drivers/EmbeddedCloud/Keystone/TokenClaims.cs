using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Magnum.Drivers.EmbeddedCloud.Keystone;

/// <summary>What a token says. It is signed, not stored: issuing one changes nothing, and it outlives the process.</summary>
internal sealed record TokenClaims(string UserId, string? ProjectId, string? DomainId, string? TrustId, string? ApplicationCredentialId, string Methods, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, string AuditId)
{
    // Keystone's own (Fernet) tokens begin so, and tools look for it when they mask logs.
    private const string Prefix = "gAAAAAB";
    private const int SignatureLength = 16;

    public string Sign(byte[] key)
    {
        var text = string.Join('|', UserId, ProjectId, DomainId, TrustId, ApplicationCredentialId, Methods, Milliseconds(IssuedAt), Milliseconds(ExpiresAt), AuditId);
        var content = Encoding.UTF8.GetBytes(text);
        return Prefix + Base64Url.EncodeToString([.. Signature(key, content), .. content]);
    }

    /// <summary>Null for what this cloud did not sign.</summary>
    public static TokenClaims? Read(string token, byte[] key)
    {
        if (!token.StartsWith(Prefix, StringComparison.Ordinal) || !Base64Url.IsValid(token.AsSpan(Prefix.Length)))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(token.AsSpan(Prefix.Length));
        if (bytes.Length <= SignatureLength || !CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, SignatureLength), Signature(key, bytes.AsSpan(SignatureLength))))
        {
            return null;
        }

        var parts = Encoding.UTF8.GetString(bytes.AsSpan(SignatureLength)).Split('|');
        return new TokenClaims(parts[0], OrNull(parts[1]), OrNull(parts[2]), OrNull(parts[3]), OrNull(parts[4]), parts[5], Moment(parts[6]), Moment(parts[7]), parts[8]);
    }

    private static ReadOnlySpan<byte> Signature(byte[] key, ReadOnlySpan<byte> content) => HMACSHA256.HashData(key, content).AsSpan(0, SignatureLength);

    private static string? OrNull(string text) => text.Length == 0 ? null : text;

    private static string Milliseconds(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset Moment(string text) => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(text, CultureInfo.InvariantCulture));
}
