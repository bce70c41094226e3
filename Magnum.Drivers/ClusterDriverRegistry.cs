using Magnum.Core.Drivers;

namespace Magnum.Drivers;

/// <summary>The installed drivers, less those that are disabled.</summary>
internal sealed class ClusterDriverRegistry : IClusterDriverRegistry
{
    private readonly Dictionary<string, IClusterDriver> _byName;
    private readonly string? _default;

    /// <summary>Throws when two drivers provide the same triple and none of them is the default: which one is meant must not depend on chance.</summary>
    public ClusterDriverRegistry(IEnumerable<IClusterDriver> drivers, DriverOptions options)
    {
        var enabled = drivers.Where(d => !options.Disabled.Contains(d.Description.Name, StringComparer.Ordinal)).ToList();
        var twice = enabled.GroupBy(d => d.Description.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
        {
            throw new DriverConfigurationException($"Two drivers are called {twice.Key}.");
        }

        _byName = enabled.ToDictionary(d => d.Description.Name, StringComparer.Ordinal);
        _default = options.Default;
        if (_default is not null && !_byName.ContainsKey(_default))
        {
            throw new DriverConfigurationException($"Drivers:Default names {_default}, which is not an enabled driver: {string.Join(", ", _byName.Keys.Order(StringComparer.Ordinal))}.");
        }

        var contested = enabled.SelectMany(d => d.Description.ClusterTypes.Select(t => (Type: t, d.Description.Name)))
            .GroupBy(p => p.Type).FirstOrDefault(g => g.Count() > 1 && g.All(p => p.Name != _default));
        if (contested is not null)
        {
            var (serverType, distro, coe) = contested.Key;
            throw new DriverConfigurationException(
                $"Drivers {string.Join(" and ", contested.Select(p => p.Name).Order(StringComparer.Ordinal))} all provide ({serverType}, {distro}, {coe}): choose one by Drivers:Default, or disable the others by Drivers:Disabled.");
        }

        Drivers = [.. enabled.Select(d => d.Description).OrderBy(d => d.Name, StringComparer.Ordinal)];
    }

    /// <inheritdoc />
    public IReadOnlyList<DriverDescription> Drivers { get; }

    /// <inheritdoc />
    public IClusterDriver? Find(string name) => _byName.GetValueOrDefault(name);

    /// <inheritdoc />
    public IReadOnlyList<DriverDescription> FindByType(string serverType, string distro, string coe)
    {
        var type = new ClusterType(serverType, distro, coe);
        return [.. Drivers.Where(d => d.ClusterTypes.Contains(type)).OrderBy(d => d.Name == _default ? 0 : 1)];
    }
}
