using System.Globalization;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;

namespace Magnum.Web.Features.ClusterTemplates;

/// <summary>A field or a label on both sides.</summary>
/// <param name="Name">In the API's spelling.</param>
/// <param name="Left">Null: not set.</param>
/// <param name="Differs">Told apart from the texts, since secret ones are not shown.</param>
public sealed record DiffRow(string Name, bool IsLabel, string? Left, string? Right, bool Differs);

/// <summary>What tells two templates apart, or a template from a cluster: field by field, label by label.</summary>
internal static class TemplateDiff
{
    private const string Hidden = "••••••";

    private static readonly (string Name, Func<ClusterTemplateSnapshot, object?> Read)[] Fields =
    [
        ("coe", t => t.Coe),
        ("driver", t => t.Driver),
        ("image_id", t => t.ImageId),
        ("cluster_distro", t => t.ClusterDistro),
        ("server_type", t => t.ServerType),
        ("master_flavor_id", t => t.MasterFlavorId),
        ("flavor_id", t => t.FlavorId),
        ("keypair_id", t => t.KeyPairId),
        ("external_network_id", t => t.ExternalNetworkId),
        ("fixed_network", t => t.FixedNetwork),
        ("fixed_subnet", t => t.FixedSubnet),
        ("network_driver", t => t.NetworkDriver),
        ("master_lb_enabled", t => t.MasterLbEnabled),
        ("floating_ip_enabled", t => t.FloatingIpEnabled),
        ("dns_nameserver", t => t.DnsNameserver),
        ("apiserver_port", t => t.ApiserverPort),
        ("tls_disabled", t => t.TlsDisabled),
        ("volume_driver", t => t.VolumeDriver),
        ("docker_volume_size", t => t.DockerVolumeSize),
        ("docker_storage_driver", t => t.DockerStorageDriver),
        ("http_proxy", t => t.HttpProxy),
        ("https_proxy", t => t.HttpsProxy),
        ("no_proxy", t => t.NoProxy),
        ("registry_enabled", t => t.RegistryEnabled),
        ("insecure_registry", t => t.InsecureRegistry),
    ];

    /// <summary>The names of the fields that are compared.</summary>
    public static IEnumerable<string> FieldNames => Fields.Select(f => f.Name);

    /// <summary>A cluster as a template that would make the same.</summary>
    public static ClusterTemplateSnapshot Of(Cluster cluster) => cluster.Template with
    {
        Driver = cluster.Driver,
        KeyPairId = cluster.KeyPair,
        DockerVolumeSize = cluster.DockerVolumeSize,
        Labels = cluster.Labels,
        MasterFlavorId = cluster.MasterFlavorId,
        FlavorId = cluster.FlavorId,
        FixedNetwork = cluster.FixedNetwork,
        FixedSubnet = cluster.FixedSubnet,
        FloatingIpEnabled = cluster.FloatingIpEnabled,
        MasterLbEnabled = cluster.MasterLbEnabled,
    };

    /// <summary>All fields in their usual order, then all labels by name.</summary>
    /// <param name="definitions">Tell which labels are secret.</param>
    public static IReadOnlyList<DiffRow> Between(ClusterTemplateSnapshot left, ClusterTemplateSnapshot right, IEnumerable<LabelDefinition> definitions)
    {
        var secret = definitions.Where(d => d.Secret).Select(d => d.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Fields.Select(f => Row(f.Name, isLabel: false, Text(f.Read(left)), Text(f.Read(right)))),
            .. left.Labels.Keys.Union(right.Labels.Keys).Order(StringComparer.Ordinal)
                .Select(name => Row(name, isLabel: true, left.Labels.GetValueOrDefault(name), right.Labels.GetValueOrDefault(name))),
        ];

        DiffRow Row(string name, bool isLabel, string? a, string? b) =>
            isLabel && secret.Contains(name) ? new(name, isLabel, a is null ? null : Hidden, b is null ? null : Hidden, a != b) : new(name, isLabel, a, b, a != b);
    }

    private static string? Text(object? value) => value switch
    {
        null or "" => null,
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
