using System.Globalization;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Web.Components.Localization;
using Microsoft.Extensions.Localization;

namespace Magnum.Web.Components.Parts;

/// <summary>What the cloud has for the person to choose from. A list is null when its service did not answer.</summary>
public sealed record CloudChoices
{
    public IReadOnlyList<Image>? Images { get; init; }

    public IReadOnlyList<Flavor>? Flavors { get; init; }

    public IReadOnlyList<Network>? Networks { get; init; }

    public IReadOnlyList<Subnet>? Subnets { get; init; }

    public IReadOnlyList<KeyPair>? KeyPairs { get; init; }

    public bool HasLoadBalancers { get; init; }

    /// <summary>Images; those without a distribution, or of one that no driver knows, cannot be chosen.</summary>
    public IReadOnlyList<Choice>? ImageChoices(IReadOnlyList<DriverDescription> drivers, IStringLocalizer<Text> text)
    {
        var distros = drivers.SelectMany(d => d.ClusterTypes).Select(t => t.Distro).ToHashSet(StringComparer.Ordinal);
        return Images is null ? null : [.. Images.Select(i => new Choice(
            Unique(Images, i.Name, x => x.Name) ? i.Name : i.Id,
            i.Name,
            string.Join(" · ", new[] { i.OsDistro, i.MinDisk > 0 ? text["Picker.MinDisk", i.MinDisk].Value : null }.Where(t => t is not null)),
            i.OsDistro is null ? text["Picker.NoDistro"].Value
                : i.Status != "active" ? text["Picker.ImageStatus", i.Status].Value
                : distros.Contains(i.OsDistro) ? null : text["Picker.UnknownDistro", i.OsDistro].Value))
            .OrderBy(c => c.Problem is not null).ThenBy(c => c.Title, StringComparer.CurrentCultureIgnoreCase)];
    }

    /// <summary>Flavors; those too small for the image cannot be chosen.</summary>
    public IReadOnlyList<Choice>? FlavorChoices(string? image, IStringLocalizer<Text> text)
    {
        var needs = FindImage(image);
        return Flavors is null ? null : [.. Flavors.OrderBy(f => f.Vcpus).ThenBy(f => f.Ram).ThenBy(f => f.Disk).Select(f => new Choice(
            Unique(Flavors, f.Name, x => x.Name) ? f.Name : f.Id,
            f.Name,
            Describe(f, text),
            needs is not null && f.Ram < needs.MinRam ? text["Picker.TooLittleRam", needs.MinRam].Value
                : needs is not null && f.Disk > 0 && f.Disk < needs.MinDisk ? text["Picker.TooLittleDisk", needs.MinDisk].Value : null))];
    }

    /// <summary>Networks of one kind.</summary>
    public IReadOnlyList<Choice>? NetworkChoices(bool external, IStringLocalizer<Text> text) => Networks is null ? null : [.. Networks.Where(n => n.External == external)
        .Select(n => new Choice(
            Unique(Networks, n.Name, x => x.Name) ? n.Name : n.Id,
            n.Name,
            string.Join(", ", (Subnets ?? []).Where(s => s.NetworkId == n.Id).Select(s => s.Cidr)),
            !external && n.SubnetIds.Count == 0 ? text["Picker.NoSubnet"].Value : null))
        .OrderBy(c => c.Title, StringComparer.CurrentCultureIgnoreCase)];

    /// <summary>Subnets of a network, or of all that are not external.</summary>
    public IReadOnlyList<Choice>? SubnetChoices(string? network)
    {
        var of = Networks?.Where(n => network is null ? !n.External : n.Name == network || n.Id == network).Select(n => n.Id).ToHashSet(StringComparer.Ordinal);
        return Subnets is null ? null : [.. Subnets.Where(s => of?.Contains(s.NetworkId) != false)
            .Select(s => new Choice(Unique(Subnets, s.Name, x => x.Name) ? s.Name : s.Id, s.Name.Length == 0 ? s.Id : s.Name, s.Cidr))];
    }

    /// <summary>The person's key pairs.</summary>
    public IReadOnlyList<Choice>? KeyPairChoices() => KeyPairs is null ? null : [.. KeyPairs.Select(k => new Choice(k.Name, k.Name))];

    /// <summary>An image by name or id.</summary>
    public Image? FindImage(string? ident) => ident is null ? null : Images?.FirstOrDefault(i => i.Id == ident) ?? Images?.FirstOrDefault(i => i.Name == ident);

    /// <summary>A flavor by name or id.</summary>
    public Flavor? FindFlavor(string? ident) => ident is null ? null : Flavors?.FirstOrDefault(f => f.Id == ident || f.Name == ident);

    /// <summary>Processors, memory and disk in a few words.</summary>
    public static string Describe(Flavor flavor, IStringLocalizer<Text> text) => string.Join(" · ", new[]
    {
        text["Picker.Cpus", flavor.Vcpus].Value,
        Memory(flavor.Ram),
        flavor.Disk > 0 ? text["Picker.Disk", flavor.Disk].Value : text["Picker.DiskByImage"].Value,
    });

    /// <summary>MiB in words.</summary>
    public static string Memory(long mebibytes) =>
        mebibytes >= 1024 ? string.Create(CultureInfo.CurrentCulture, $"{mebibytes / 1024.0:0.#} GiB") : string.Create(CultureInfo.CurrentCulture, $"{mebibytes} MiB");

    private static bool Unique<T>(IReadOnlyList<T> all, string name, Func<T, string> nameOf) => name.Length > 0 && all.Count(x => nameOf(x) == name) == 1;
}
