using System.Globalization;
using System.Text.RegularExpressions;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.OpenStack;
using Magnum.Core.Policies;
using Magnum.Core.Validation;
using Microsoft.Extensions.Options;

namespace Magnum.Core.ClusterTemplates;

/// <summary>What a template has to be, for both doors. Every refusal names its field.</summary>
internal sealed partial class ClusterTemplateValidator(
    CloudLookups cloudLookups,
    IImages images,
    IClusterDriverRegistry drivers,
    IOptions<ClusterTemplateOptions> options,
    IOptions<ClusterOptions> clusterOptions)
{
    /// <summary>Engines that clients know of, whether or not a driver for them is installed.</summary>
    private static readonly string[] KnownEngines = ["kubernetes", "swarm", "swarm-mode", "mesos", "dcos"];

    private static readonly (string Field, Func<ClusterTemplateSpec, string?> Value)[] Texts =
    [
        ("name", s => s.Name), ("image_id", s => s.ImageId), ("flavor_id", s => s.FlavorId), ("master_flavor_id", s => s.MasterFlavorId),
        ("keypair_id", s => s.KeyPairId), ("external_network_id", s => s.ExternalNetworkId), ("fixed_network", s => s.FixedNetwork),
        ("fixed_subnet", s => s.FixedSubnet), ("network_driver", s => s.NetworkDriver), ("volume_driver", s => s.VolumeDriver),
        ("docker_storage_driver", s => s.DockerStorageDriver), ("cluster_distro", s => s.ClusterDistro), ("http_proxy", s => s.HttpProxy),
        ("https_proxy", s => s.HttpsProxy), ("no_proxy", s => s.NoProxy), ("insecure_registry", s => s.InsecureRegistry), ("driver", s => s.Driver),
    ];

    /// <summary>Look-ups in the caller's name, shared by the checks of one request.</summary>
    public RequestLookups Lookups(Caller caller, CancellationToken cancellationToken) =>
        new(cloudLookups, images, caller.Credential, cancellationToken);

    /// <summary>Lengths, numbers and addresses: what can be said without asking anybody.</summary>
    public MagnumError? CheckBounds(ClusterTemplateSpec spec)
    {
        if (spec.ImageId is null)
        {
            return FieldError.Invalid("image_id", null, "Mandatory field missing.");
        }

        foreach (var (field, value) in Texts)
        {
            if (FieldError.Length(field, value(spec), 1, 255) is { } length)
            {
                return length;
            }
        }

        return FieldError.Length("tags", spec.Tags, 0, 255)
            ?? FieldError.Range("apiserver_port", spec.ApiserverPort, 1024, 65535)
            ?? FieldError.Range("docker_volume_size", spec.DockerVolumeSize, 1)
            ?? CheckDns(spec.DnsNameserver);
    }

    /// <summary>Engine, server type, network and volume driver, storage driver.</summary>
    public MagnumError? CheckEngine(ClusterTemplateSpec spec)
    {
        var engines = drivers.Drivers.SelectMany(d => d.ClusterTypes).Select(t => t.Coe).Distinct().Order(StringComparer.Ordinal).ToList();
        if (spec.Coe is null || !engines.Contains(spec.Coe))
        {
            return spec.Coe is null || KnownEngines.Contains(spec.Coe)
                ? new MagnumError.Invalid($"Requested COE type {spec.Coe ?? "None"} is not supported.") { Field = "coe" }
                : FieldError.OneOf("coe", spec.Coe, engines);
        }

        if (spec.ServerType is not ("vm" or "bm"))
        {
            return FieldError.OneOf("server_type", spec.ServerType, ["vm", "bm"]);
        }

        var ofEngine = drivers.Drivers.Where(d => d.ClusterTypes.Any(t => t.Coe == spec.Coe)).ToList();
        return CheckNetworkDriver(spec, [.. ofEngine.SelectMany(d => d.NetworkDrivers).Distinct()])
            ?? CheckVolumeDriver(spec, [.. ofEngine.SelectMany(d => d.VolumeDrivers).Distinct()])
            ?? CheckStorageDriver(spec.DockerStorageDriver, spec.DockerVolumeSize);
    }

    /// <summary><c>devicemapper</c> needs a volume of 3 GiB.</summary>
    public static MagnumError? CheckStorageDriver(string? storageDriver, int? volumeSize) =>
        storageDriver != "devicemapper" || volumeSize >= 3
            ? null
            : new MagnumError.Invalid(string.Create(
                CultureInfo.InvariantCulture,
                $"docker volume size {(object?)volumeSize ?? "None"} GB is not valid, expecting minimum value 3GB for devicemapper storage driver."))
            {
                Field = "docker_volume_size",
            };

    /// <summary>Chooses the driver: named by the template, named by the image, else by what the image is. Fills what follows from the choice.</summary>
    public async Task<Result<ClusterTemplateSpec>> ResolveAsync(ClusterTemplateSpec spec, RequestLookups cloud)
    {
        var found = await cloud.ImageAsync(spec.ImageId!);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        var image = found.Value;
        var driver = Choose(spec, image);
        if (!driver.IsSuccess)
        {
            return driver.Error;
        }

        var resolved = spec with
        {
            Driver = driver.Value.Name,
            ClusterDistro = image.OsDistro,
            NetworkDriver = spec.NetworkDriver ?? options.Value.DefaultNetworkDriver.GetValueOrDefault(spec.Coe!) ?? (driver.Value.NetworkDrivers is [var first, ..] ? first : null),
        };
        var refused = CheckNetworkDriver(resolved, driver.Value.NetworkDrivers)
            ?? CheckVolumeDriver(resolved, driver.Value.VolumeDrivers)
            ?? LabelRules.Check(driver.Value, resolved.Labels).FirstOrDefault();
        return refused is null ? resolved : refused;
    }

    /// <summary>Flavors and networks.</summary>
    public async Task<MagnumError?> CheckCloudAsync(ClusterTemplateSpec spec, RequestLookups cloud)
    {
        foreach (var (field, flavor) in Flavors(spec))
        {
            var found = await cloud.FlavorAsync(flavor, field);
            if (!found.IsSuccess)
            {
                return found.Error;
            }
        }

        return (spec.ExternalNetworkId is null ? null : await cloud.CheckExternalNetworkAsync(spec.ExternalNetworkId))
            ?? (spec.FixedNetwork is null ? null : await cloud.CheckFixedNetworkAsync(spec.FixedNetwork))
            ?? (spec.FixedSubnet is null ? null : await cloud.CheckFixedSubnetAsync(spec.FixedSubnet));
    }

    /// <summary>Root disks of the flavors that are named; a template may leave them to its clusters.</summary>
    public async Task<MagnumError?> CheckRootVolumesAsync(ClusterTemplateSpec spec, RequestLookups cloud)
    {
        foreach (var (field, flavor) in Flavors(spec))
        {
            if (await RootVolumeRule.CheckAsync(cloud, flavor, field, spec.Labels, clusterOptions.Value.BootVolumeSize) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static IEnumerable<(string Field, string Flavor)> Flavors(ClusterTemplateSpec spec)
    {
        if (spec.FlavorId is not null)
        {
            yield return ("flavor_id", spec.FlavorId);
        }

        if (spec.MasterFlavorId is not null)
        {
            yield return ("master_flavor_id", spec.MasterFlavorId);
        }
    }

    private static MagnumError? CheckDns(string? list) =>
        list is null || list.Split(',').All(address => Ipv4().IsMatch(address.Trim()))
            ? null
            : new MagnumError.Invalid($"Expected a single dns address or comma separated dns list, but received {list}.") { Field = "dns_nameserver" };

    private static MagnumError? CheckVolumeDriver(ClusterTemplateSpec spec, IReadOnlyList<string> supported) =>
        spec.VolumeDriver is null || supported.Contains(spec.VolumeDriver)
            ? null
            : new MagnumError.Invalid($"Volume driver type {spec.VolumeDriver} is not supported, {Expected(spec.VolumeDriver, supported)}.") { Field = "volume_driver" };

    private static string Expected(string volumeDriver, IReadOnlyList<string> supported) =>
        supported.Count > 0 ? $"expecting a {string.Join('/', [.. supported, "unspecified"])} volume driver"
        : volumeDriver is "rexray" ? "expecting none: REX-Ray is not maintained any more"
        : "expecting none";

    private MagnumError? CheckNetworkDriver(ClusterTemplateSpec spec, IReadOnlyList<string> supported)
    {
        if (spec.NetworkDriver is null)
        {
            return null;
        }

        if (!supported.Contains(spec.NetworkDriver))
        {
            return Refusal("supported", supported);
        }

        return options.Value.AllowedNetworkDrivers.TryGetValue(spec.Coe!, out var allowed) && !allowed.Contains("all") && !allowed.Contains(spec.NetworkDriver)
            ? Refusal("allowed", allowed)
            : null;

        MagnumError Refusal(string what, IReadOnlyList<string> expected) => new MagnumError.Invalid(
            $"Network driver type {spec.NetworkDriver} is not {what}, expecting a {string.Join('/', [.. expected, "unspecified"])} network driver.")
        {
            Field = "network_driver",
        };
    }

    private Result<DriverDescription> Choose(ClusterTemplateSpec spec, Image image)
    {
        if ((spec.Driver ?? image.Properties.GetValueOrDefault("magnum_driver")) is { Length: > 0 } name)
        {
            var field = spec.Driver is null ? "image_id" : "driver";
            return drivers.Find(name)?.Description is not { } named ? new MagnumError.Invalid($"Cluster driver ({name}) not supported.") { Field = field }
                : named.ClusterTypes.Any(t => t.Coe == spec.Coe) ? named
                : new MagnumError.Invalid($"Cluster driver ({name}) does not provide COE {spec.Coe}.") { Field = field };
        }

        var providing = drivers.FindByType(spec.ServerType, image.OsDistro!, spec.Coe!);
        return (providing.FirstOrDefault(d => d.Name == options.Value.DefaultDriver) ?? (providing is [var first, ..] ? first : null))
            is { } chosen
                ? chosen
                : new MagnumError.Invalid($"Cluster type ({spec.ServerType}, {image.OsDistro}, {spec.Coe}) not supported.") { Field = "image_id" };
    }

    [GeneratedRegex(@"^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$")]
    private static partial Regex Ipv4();
}
