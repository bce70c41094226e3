using System.Globalization;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.OpenStack;
using Magnum.Core.Policies;
using Magnum.Core.Validation;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Clusters;

/// <summary>What a new cluster has to be, for both doors. Every refusal names its field.</summary>
internal sealed class ClusterValidator(
    CloudLookups cloudLookups,
    IImages images,
    IClusterDriverRegistry drivers,
    IOptions<ClusterOptions> options)
{
    /// <summary>The bounds of node counts.</summary>
    public MagnumError? CheckNodeCount(int count) => FieldError.Range("node_count", count, 0, options.Value.MaxNodes);

    /// <summary>Lengths and numbers: what can be said without asking anybody.</summary>
    public IEnumerable<ValidationRule> Bounds(NewCluster request)
    {
        yield return new("name", () => CheckName(request.Name));
        foreach (var (field, text) in new[]
                 {
                     ("keypair", request.KeyPair), ("master_flavor_id", request.MasterFlavorId), ("flavor_id", request.FlavorId),
                     ("fixed_network", request.FixedNetwork), ("fixed_subnet", request.FixedSubnet), ("discovery_url", request.DiscoveryUrl),
                 })
        {
            yield return new($"text.{field}", () => FieldError.Length(field, text, 0, 255));
        }

        yield return new("count.node_count", () => CheckNodeCount(request.NodeCount));
        yield return new("count.master_count", () => FieldError.Range("master_count", request.MasterCount, 1, options.Value.MaxNodes));
        yield return new("count.docker_volume_size", () => FieldError.Range("docker_volume_size", request.DockerVolumeSize, 1));
        yield return new("count.create_timeout", () => FieldError.Range("create_timeout", request.CreateTimeout, 0));
    }

    /// <summary>What the driver has to say to the shape of the cluster.</summary>
    public IEnumerable<ValidationRule> Shape(Cluster cluster, ClusterTemplate template)
    {
        yield return new("driver", () => CheckType(template), $"Driver {template.Driver} makes {template.Coe} clusters on {template.ClusterDistro}.");
        yield return new("docker_storage_driver", () => ClusterTemplateValidator.CheckStorageDriver(template.DockerStorageDriver, cluster.DockerVolumeSize));
        yield return new("masters.odd", () => CheckMasterCount(drivers.Find(template.Driver)?.Description, cluster.DefaultMaster.NodeCount));
    }

    /// <summary>What the cloud has to say, asked in the caller's name.</summary>
    public IEnumerable<ValidationRule> Cloud(Cluster cluster, RequestLookups cloud)
    {
        var defaultSize = options.Value.BootVolumeSize;
        yield return new("labels", () => Task.FromResult(CheckLabels(cluster)));
        yield return new("flavor", () => RootVolumeRule.CheckAsync(cloud, cluster.FlavorId, "flavor_id", cluster.Labels, defaultSize), $"Worker flavor {cluster.FlavorId} is there.");
        yield return new("flavor.master", () => RootVolumeRule.CheckAsync(cloud, cluster.MasterFlavorId, "master_flavor_id", cluster.Labels, defaultSize), $"Master flavor {cluster.MasterFlavorId} is there.");
        yield return new("image", async () => (await cloud.ImageAsync(cluster.Template.ImageId)).Error, $"Image {cluster.Template.ImageId} is there.");
        if (cluster.Template.ExternalNetworkId is { } external)
        {
            yield return new("network.external", () => cloud.CheckExternalNetworkAsync(external), $"External network {external} is there.");
        }

        if (cluster.FixedNetwork is { } network)
        {
            yield return new("network.fixed", () => cloud.CheckFixedNetworkAsync(network), $"Network {network} is there.");
        }

        if (cluster.FixedSubnet is { } subnet)
        {
            yield return new("subnet.fixed", () => cloud.CheckFixedSubnetAsync(subnet), $"Subnet {subnet} is there.");
        }

        if (cluster.KeyPair is { } keyPair)
        {
            yield return new("keypair", () => cloud.CheckKeyPairAsync(keyPair), $"Key pair {keyPair} is there.");
        }

        yield return new("masters.load_balancer", () => cluster.DefaultMaster.NodeCount > 1 && !cluster.MasterLbEnabled
            ? new MagnumError.Invalid("master_count must be 1 when master_lb_enabled is False") { Field = "master_count" }
            : null);
    }

    /// <summary>Look-ups in the caller's name, already under way.</summary>
    public async Task<RequestLookups> LookupsAsync(Cluster cluster, Caller caller, CancellationToken cancellationToken)
    {
        var cloud = new RequestLookups(cloudLookups, images, caller.Credential, cancellationToken);
        await cloud.PrefetchAsync(
            cluster.Template.ImageId, cluster.FlavorId, cluster.FixedNetwork ?? cluster.Template.ExternalNetworkId, cluster.FixedSubnet);
        return cloud;
    }

    /// <summary>Labels that the driver does not know: told, not refused.</summary>
    public PreflightCheck? UnknownLabels(Cluster cluster)
    {
        var unknown = drivers.Find(cluster.Driver) is { } driver ? LabelRules.Unknown(driver.Description, cluster.Labels) : [];
        return unknown.Count == 0
            ? null
            : new PreflightCheck(
                "labels.unknown", CheckOutcome.Warning, $"The driver {cluster.Driver} does not know these labels: {string.Join(", ", unknown)}.", "labels");
    }

    /// <summary>The engine's rule on the number of masters.</summary>
    public static MagnumError? CheckMasterCount(DriverDescription? driver, int count) =>
        count < 1 || (driver is { OddMasterCount: true } && count % 2 == 0)
            ? new MagnumError.Invalid(string.Create(
                CultureInfo.InvariantCulture, $"master nodegroup size of {count} is invalid, size cannot be an even number."))
            {
                Field = "master_count",
            }
            : null;

    private static MagnumError? CheckName(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return null;
        }

        return FieldError.Length("name", name, 1, ClusterName.MaxLength)
            ?? (ClusterName.IsWellFormed(name) ? null : FieldError.Invalid("name", name, $"Value should match the pattern {ClusterName.Pattern}"));
    }

    private MagnumError? CheckType(ClusterTemplate template)
    {
        var type = new ClusterType(template.ServerType, template.ClusterDistro ?? "None", template.Coe);
        return drivers.Find(template.Driver) is not { } driver
            ? new MagnumError.Invalid($"Cluster driver ({template.Driver}) not supported.") { Field = "cluster_template_id" }
            : driver.Description.ClusterTypes.Contains(type)
                ? null
                : new MagnumError.Invalid($"Cluster type ({type.ServerType}, {type.Distro}, {type.Coe}) not supported.") { Field = "cluster_template_id" };
    }

    private MagnumError? CheckLabels(Cluster cluster)
    {
        if (cluster.Labels.TryGetValue(ClusterBuilder.MinNodeCountLabel, out var minimum)
            && !int.TryParse(minimum, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return FieldError.Invalid($"labels.{ClusterBuilder.MinNodeCountLabel}", minimum, "Value should be a whole number");
        }

        return drivers.Find(cluster.Driver) is { } driver ? LabelRules.Check(driver.Description, cluster.Labels).FirstOrDefault() : null;
    }
}
