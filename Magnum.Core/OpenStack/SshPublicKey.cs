using System.Buffers.Binary;
using System.Text;

namespace Magnum.Core.OpenStack;

/// <summary>What is wrong with what should be a public key.</summary>
public enum SshKeyProblem
{
    /// <summary>It is a private one, which nobody else should have.</summary>
    Private,

    /// <summary>Not "type base64 comment" in one line.</summary>
    Shape,

    /// <summary>No type that OpenSSH takes today.</summary>
    Type,

    /// <summary>The base64 is cut or belongs to another type.</summary>
    Data,
}

/// <summary>Public keys as OpenSSH writes them.</summary>
public static class SshPublicKey
{
    private static readonly string[] Types =
    [
        "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ];

    /// <summary>Null: it is one.</summary>
    public static SshKeyProblem? Check(string text)
    {
        var key = text.Trim();
        if (key.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            return SshKeyProblem.Private;
        }

        var parts = key.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (key.Any(char.IsControl) || parts.Length < 2)
        {
            return SshKeyProblem.Shape;
        }

        if (!Types.Contains(parts[0]))
        {
            return SshKeyProblem.Type;
        }

        var data = new byte[parts[1].Length];
        return Convert.TryFromBase64String(parts[1], data, out var length) && IsWhole(data.AsSpan(0, length), parts[0]) ? null : SshKeyProblem.Data;
    }

    /// <summary>Whether the fields, each behind its length, fill the data and the first is the type.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> data, string type)
    {
        var fields = 0;
        while (data.Length >= sizeof(uint))
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(data);
            data = data[sizeof(uint)..];
            if (length > (uint)data.Length || (fields == 0 && !data[..(int)length].SequenceEqual(Encoding.ASCII.GetBytes(type))))
            {
                return false;
            }

            data = data[(int)length..];
            fields++;
        }

        return data.IsEmpty && fields > 1;
    }
}
