using System.Collections.Concurrent;

namespace Magnum.Core.OpenStack;

/// <summary>
/// Finds what requests name in the cloud, from lists a few seconds old where that answers the question. Nothing is refused by an old list:
/// what is not found in one is looked for again in the cloud itself.
/// </summary>
/// <remarks>Lists are kept per project, so a caller sees no more than the project's own answer. All methods throw <see cref="CloudException"/>.</remarks>
public sealed class CloudLookups(ICompute compute, INetworking networking, IImages images, TimeProvider time)
{
    private const int SweepAbove = 256;
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(string Project, Type Kind, string Name), (DateTimeOffset Until, object List)> _kept = new();

    /// <summary>A flavor by id or name.</summary>
    public async Task<Flavor?> FindFlavorAsync(CloudCredential credential, string idOrName, CancellationToken cancellationToken)
    {
        var found = await FindAsync(
            credential, "", compute.ListFlavorsAsync, flavors => Matching(flavors, idOrName, f => f.Id, f => f.Name), cancellationToken);
        return found.Count > 0 ? found[0] : null;
    }

    /// <summary>Images by id or, when none has that id, by name: none, one or several.</summary>
    public Task<IReadOnlyList<Image>> FindImagesAsync(CloudCredential credential, string idOrName, CancellationToken cancellationToken) =>
        FindAsync(
            credential, idOrName, (who, token) => images.FindImagesAsync(who, idOrName, token), found => found, cancellationToken);

    /// <summary>Networks by id or, when none has that id, by name.</summary>
    public Task<IReadOnlyList<Network>> FindNetworksAsync(CloudCredential credential, string idOrName, CancellationToken cancellationToken) =>
        FindAsync(
            credential, "", networking.ListNetworksAsync, networks => Matching(networks, idOrName, n => n.Id, n => n.Name), cancellationToken);

    /// <summary>External networks (<c>router:external</c>) by id or, when none has that id, by name.</summary>
    public Task<IReadOnlyList<Network>> FindExternalNetworksAsync(CloudCredential credential, string idOrName, CancellationToken cancellationToken) =>
        FindAsync(
            credential,
            "",
            networking.ListNetworksAsync,
            networks => Matching([.. networks.Where(n => n.External)], idOrName, n => n.Id, n => n.Name),
            cancellationToken);

    /// <summary>Subnets by id or, when none has that id, by name.</summary>
    public Task<IReadOnlyList<Subnet>> FindSubnetsAsync(CloudCredential credential, string idOrName, CancellationToken cancellationToken) =>
        FindAsync(
            credential, "", networking.ListSubnetsAsync, subnets => Matching(subnets, idOrName, s => s.Id, s => s.Name), cancellationToken);

    /// <summary>A key pair of the caller; never from memory, because key pairs are the user's and not the project's.</summary>
    public Task<KeyPair?> FindKeyPairAsync(CloudCredential credential, string name, CancellationToken cancellationToken) =>
        compute.FindKeyPairAsync(credential, name, cancellationToken);

    private async Task<IReadOnlyList<T>> FindAsync<T>(
        CloudCredential credential,
        string name,
        Func<CloudCredential, CancellationToken, Task<IReadOnlyList<T>>> list,
        Func<IReadOnlyList<T>, IReadOnlyList<T>> choose,
        CancellationToken cancellationToken)
    {
        if (ProjectOf(credential) is not { } project)
        {
            return choose(await list(credential, cancellationToken));
        }

        var key = (project, typeof(T), name);
        if (_kept.TryGetValue(key, out var kept) && kept.Until > time.GetUtcNow())
        {
            // Exactly one is a plain yes. None or several would refuse the request, which must not rest on what was.
            var known = choose((IReadOnlyList<T>)kept.List);
            if (known.Count == 1)
            {
                return known;
            }
        }

        var now = await list(credential, cancellationToken);
        Keep(key, now);
        return choose(now);
    }

    private void Keep((string Project, Type Kind, string Name) key, object list)
    {
        var now = time.GetUtcNow();
        if (_kept.Count > SweepAbove)
        {
            foreach (var (old, value) in _kept)
            {
                if (value.Until <= now)
                {
                    _kept.TryRemove(old, out _);
                }
            }
        }

        _kept[key] = (now + Life, list);
    }

    private static string? ProjectOf(CloudCredential credential) => credential switch
    {
        CloudCredential.UserToken user => user.ProjectId,
        CloudCredential.Trust trust => trust.ProjectId,
        _ => null,
    };

    private static List<T> Matching<T>(IReadOnlyList<T> all, string idOrName, Func<T, string> id, Func<T, string> name)
    {
        var byId = all.Where(item => string.Equals(id(item), idOrName, StringComparison.Ordinal)).ToList();
        return byId.Count > 0 ? byId : [.. all.Where(item => string.Equals(name(item), idOrName, StringComparison.Ordinal))];
    }
}
