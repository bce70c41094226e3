using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Transport;

namespace Magnum.Drivers.OpenStack.Nova;

/// <summary>Nova v2.1 (<c>docs.openstack.org/api-ref/compute</c>), at its first microversion.</summary>
internal sealed class NovaClient(CloudApi api) : ICompute
{
    private static readonly CloudServiceType Nova = CloudServiceType.Compute;

    public async Task<IReadOnlyList<Flavor>> ListFlavorsAsync(CloudCredential credential, CancellationToken cancellationToken)
    {
        var flavors = new List<Flavor>();
        var query = "";
        do
        {
            var page = await api.GetAsync(credential, Nova, $"flavors/detail{query}", NovaJson.Default.FlavorsAnswer, cancellationToken);
            flavors.AddRange(page.Flavors.Select(f => new Flavor(f.Id, f.Name, f.Vcpus, f.Ram, f.Disk)));
            query = page.Flavors.Count == 0 ? null : Paging.QueryOf(page.FlavorsLinks?.FirstOrDefault(l => l.Rel == "next")?.Href);
        }
        while (query is not null);
        return flavors;
    }

    public async Task<IReadOnlyList<KeyPair>> ListKeyPairsAsync(CloudCredential credential, CancellationToken cancellationToken)
    {
        var answer = await api.GetAsync(credential, Nova, "os-keypairs", NovaJson.Default.KeyPairsAnswer, cancellationToken);
        return [.. answer.Keypairs.Select(k => new KeyPair(k.Keypair.Name, k.Keypair.PublicKey))];
    }

    public async Task<KeyPair?> FindKeyPairAsync(CloudCredential credential, string name, CancellationToken cancellationToken)
    {
        var answer = await api.FindAsync(
            credential, Nova, $"os-keypairs/{Uri.EscapeDataString(name)}", NovaJson.Default.KeyPairAnswer, cancellationToken);
        return answer is null ? null : new KeyPair(answer.Keypair.Name, answer.Keypair.PublicKey);
    }

    public async Task<NewKeyPair> CreateKeyPairAsync(CloudCredential credential, string name, string? publicKey, CancellationToken cancellationToken)
    {
        var call = CloudCall.With(new KeyPairRequest(new KeyPairWish(name, publicKey)), NovaJson.Default.KeyPairRequest);
        var made = (await api.SendAsync(credential, Nova, HttpMethod.Post, "os-keypairs", call, cancellationToken)).Read(NovaJson.Default.KeyPairAnswer).Keypair;
        return new NewKeyPair(new KeyPair(made.Name, made.PublicKey), made.PrivateKey);
    }

    public async Task<ComputeLimits> GetLimitsAsync(CloudCredential credential, CancellationToken cancellationToken)
    {
        var limits = (await api.GetAsync(credential, Nova, "limits", NovaJson.Default.LimitsAnswer, cancellationToken)).Limits.Absolute;
        return new ComputeLimits(
            new Limit(limits.MaxTotalInstances, limits.TotalInstancesUsed),
            new Limit(limits.MaxTotalCores, limits.TotalCoresUsed),
            new Limit(limits.MaxTotalRAMSize, limits.TotalRAMUsed),
            new Limit(limits.MaxServerGroups, limits.TotalServerGroupsUsed));
    }

    public async Task<IReadOnlyList<string>> ListAvailabilityZonesAsync(CloudCredential credential, CancellationToken cancellationToken)
    {
        var answer = await api.GetAsync(credential, Nova, "os-availability-zone", NovaJson.Default.ZonesAnswer, cancellationToken);
        return [.. answer.AvailabilityZoneInfo.Where(z => z.ZoneState?.Available is not false).Select(z => z.ZoneName)];
    }

    public async Task<Server?> FindServerAsync(CloudCredential credential, string id, CancellationToken cancellationToken)
    {
        var server = (await api.FindAsync(credential, Nova, $"servers/{Uri.EscapeDataString(id)}", NovaJson.Default.ServerAnswer, cancellationToken))?.Server;
        return server is null
            ? null
            : new Server(
                server.Id,
                server.Name,
                server.Status,
                [.. (server.Addresses ?? []).Values.SelectMany(a => a).Select(a => a.Addr)],
                server.Fault?.Message,
                server.Metadata ?? []);
    }

    public async Task<string?> FindConsoleAsync(CloudCredential credential, string id, int lines, CancellationToken cancellationToken)
    {
        var call = CloudCall.With(new ConsoleRequest(new ConsoleLength(lines)), NovaJson.Default.ConsoleRequest);
        try
        {
            return (await api.SendAsync(credential, Nova, HttpMethod.Post, $"servers/{Uri.EscapeDataString(id)}/action", call, cancellationToken))
                .Read(NovaJson.Default.ConsoleAnswer).Output;
        }
        catch (CloudException e) when (e.Fault is CloudFault.NotFound or CloudFault.Conflict || e.StatusCode is 501)
        {
            return null;   // no such server, not on a host yet, or a hypervisor without consoles
        }
    }
}
