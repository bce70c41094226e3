using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Drivers.EmbeddedCloud.Nova;

/// <summary>Quotas, key pairs and server groups.</summary>
internal sealed partial class ComputeService
{
    private static readonly Dictionary<string, int> DefaultQuotas = new()
    {
        ["instances"] = 200,
        ["cores"] = 600,
        ["ram"] = 1024 * 1024,
        ["key_pairs"] = 100,
        ["server_groups"] = 200,
        ["server_group_members"] = 200,
        ["metadata_items"] = 128,
        ["injected_files"] = 5,
        ["injected_file_content_bytes"] = 10240,
        ["injected_file_path_bytes"] = 255,
        ["fixed_ips"] = -1,
        ["floating_ips"] = -1,
        ["security_groups"] = -1,
        ["security_group_rules"] = -1,
    };

    public static IEnumerable<string> QuotaNames => DefaultQuotas.Keys;

    public int QuotaOf(string projectId, string name) => State.Quotas.GetValueOrDefault(projectId)?.TryGetValue(name, out var own) is true ? own : DefaultQuotas[name];

    public void SetQuotas(string projectId, JsonObject given)
    {
        var own = State.Quotas.TryGetValue(projectId, out var found) ? found : State.Quotas[projectId] = [];
        foreach (var (key, value) in given)
        {
            if (DefaultQuotas.ContainsKey(key))
            {
                own[key] = (int)(value.Whole() ?? throw ApiFault.BadRequest($"Invalid input for field/attribute {key}. Value: {value}. '{value}' is not an integer."));
            }
        }
    }

    public int Used(string projectId, string name)
    {
        var servers = State.Servers.Values.Where(s => s.ProjectId == projectId);
        return name switch
        {
            "instances" => servers.Count(),
            "cores" => servers.Sum(s => FindFlavor(s.FlavorId)!.Vcpus),
            "ram" => servers.Sum(s => FindFlavor(s.FlavorId)!.Ram),
            "server_groups" => State.ServerGroups.Values.Count(g => g.ProjectId == projectId),
            _ => 0,
        };
    }

    public KeyPairRow? FindKeyPair(string userId, string name) => State.KeyPairs.GetValueOrDefault(userId + "/" + name);

    /// <summary>Keeps a public key, or makes a pair and returns its private half, which is kept nowhere.</summary>
    public (KeyPairRow Row, string? PrivateKey) AddKeyPair(string userId, string name, string? publicKey)
    {
        if (FindKeyPair(userId, name) is not null)
        {
            throw ApiFault.Conflict($"Key pair '{name}' already exists.");
        }

        string? privateKey = null;
        if (publicKey is null)
        {
            using var rsa = RSA.Create(2048);
            privateKey = rsa.ExportRSAPrivateKeyPem() + "\n";
            publicKey = SshKey(rsa.ExportParameters(false)) + " Generated-by-Nova";
        }

        var parts = publicKey.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var blob = new byte[publicKey.Length];
        if (parts.Length < 2 || !Convert.TryFromBase64String(parts[1].Trim(), blob, out var length))
        {
            throw ApiFault.BadRequest("Keypair data is invalid: failed to generate fingerprint");
        }

        // The fingerprint's algorithm is Nova's, for people to compare; nothing is protected by it.
        var digest = CryptographicOperations.HashData(HashAlgorithmName.MD5, blob.AsSpan(0, length));
        var row = new KeyPairRow { Name = name, UserId = userId, PublicKey = publicKey, Fingerprint = string.Join(':', digest.Select(b => $"{b:x2}")), CreatedAt = cloud.Clock.Now };
        State.KeyPairs[userId + "/" + name] = row;
        return (row, privateKey);
    }

    public ServerGroupRow AddServerGroup(string projectId, string userId, string name, string policy)
    {
        if (policy is not ("affinity" or "anti-affinity" or "soft-affinity" or "soft-anti-affinity"))
        {
            throw ApiFault.BadRequest($"Invalid input for field/attribute policy. Value: {policy}. '{policy}' is not one of ['anti-affinity', 'affinity', 'soft-anti-affinity', 'soft-affinity']");
        }

        var limit = QuotaOf(projectId, "server_groups");
        if (limit >= 0 && Used(projectId, "server_groups") >= limit)
        {
            throw ApiFault.Forbidden("Quota exceeded, too many server groups.");
        }

        var row = new ServerGroupRow { Id = Ids.New(), Name = name, ProjectId = projectId, UserId = userId, Policy = policy };
        return State.ServerGroups[row.Id] = row;
    }

    private void Count(string projectId, FlavorRow flavor, bool refuse)
    {
        foreach (var (name, more) in new[] { ("instances", 1), ("cores", flavor.Vcpus), ("ram", flavor.Ram) })
        {
            var (limit, used) = (QuotaOf(projectId, name), Used(projectId, name));
            if (refuse)
            {
                used = limit = Math.Max(limit, used);
            }

            if ((limit >= 0 && used + more > limit) || refuse)
            {
                throw ApiFault.Forbidden($"Quota exceeded for {name}: Requested {more}, but already used {used} of {limit} {name}");
            }
        }
    }

    private static string SshKey(RSAParameters key)
    {
        using var blob = new MemoryStream();
        foreach (var part in new[] { Encoding.ASCII.GetBytes("ssh-rsa"), key.Exponent!, [0, .. key.Modulus!] })
        {
            blob.Write([(byte)(part.Length >> 24), (byte)(part.Length >> 16), (byte)(part.Length >> 8), (byte)part.Length]);
            blob.Write(part);
        }

        return "ssh-rsa " + Convert.ToBase64String(blob.ToArray());
    }
}
