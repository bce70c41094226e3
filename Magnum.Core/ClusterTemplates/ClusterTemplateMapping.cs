using System.Reflection;
using System.Text.Json;

namespace Magnum.Core.ClusterTemplates;

/// <summary>The one place where what is said about a template meets what is stored.</summary>
public static class ClusterTemplateMapping
{
    private static readonly (string Field, PropertyInfo Property)[] Fields =
        [.. typeof(ClusterTemplateSpec).GetProperties().Select(p => (FieldName(p.Name), p))];

    /// <summary>What is stored, as somebody would say it.</summary>
    public static ClusterTemplateSpec ToSpec(this ClusterTemplate template) => new()
    {
        Uuid = template.Uuid,
        Name = template.Name,
        Coe = template.Coe,
        ImageId = template.ImageId,
        FlavorId = template.FlavorId,
        MasterFlavorId = template.MasterFlavorId,
        KeyPairId = template.KeyPairId,
        ExternalNetworkId = template.ExternalNetworkId,
        FixedNetwork = template.FixedNetwork,
        FixedSubnet = template.FixedSubnet,
        NetworkDriver = template.NetworkDriver,
        VolumeDriver = template.VolumeDriver,
        DnsNameserver = template.DnsNameserver,
        ApiserverPort = template.ApiserverPort,
        DockerVolumeSize = template.DockerVolumeSize,
        DockerStorageDriver = template.DockerStorageDriver,
        ClusterDistro = template.ClusterDistro,
        HttpProxy = template.HttpProxy,
        HttpsProxy = template.HttpsProxy,
        NoProxy = template.NoProxy,
        RegistryEnabled = template.RegistryEnabled,
        InsecureRegistry = template.InsecureRegistry,
        Labels = new Dictionary<string, string>(template.Labels),
        TlsDisabled = template.TlsDisabled,
        Public = template.Public,
        Hidden = template.Hidden,
        ServerType = template.ServerType,
        MasterLbEnabled = template.MasterLbEnabled,
        FloatingIpEnabled = template.FloatingIpEnabled,
        Tags = template.Tags,
        Driver = template.Driver,
    };

    /// <summary>Stores a spec that has passed validation: name, engine, image and driver are there.</summary>
    internal static void Apply(this ClusterTemplate template, ClusterTemplateSpec spec)
    {
        template.Uuid = spec.Uuid!.Value;
        template.Name = spec.Name!;
        template.Coe = spec.Coe!;
        template.ImageId = spec.ImageId!;
        template.FlavorId = spec.FlavorId;
        template.MasterFlavorId = spec.MasterFlavorId;
        template.KeyPairId = spec.KeyPairId;
        template.ExternalNetworkId = spec.ExternalNetworkId;
        template.FixedNetwork = spec.FixedNetwork;
        template.FixedSubnet = spec.FixedSubnet;
        template.NetworkDriver = spec.NetworkDriver;
        template.VolumeDriver = spec.VolumeDriver;
        template.DnsNameserver = spec.DnsNameserver;
        template.ApiserverPort = spec.ApiserverPort;
        template.DockerVolumeSize = spec.DockerVolumeSize;
        template.DockerStorageDriver = spec.DockerStorageDriver;
        template.ClusterDistro = spec.ClusterDistro;
        template.HttpProxy = spec.HttpProxy;
        template.HttpsProxy = spec.HttpsProxy;
        template.NoProxy = spec.NoProxy;
        template.RegistryEnabled = spec.RegistryEnabled;
        template.InsecureRegistry = spec.InsecureRegistry;
        template.Labels = new Dictionary<string, string>(spec.Labels);
        template.TlsDisabled = spec.TlsDisabled;
        template.Public = spec.Public;
        template.Hidden = spec.Hidden;
        template.ServerType = spec.ServerType;
        template.MasterLbEnabled = spec.MasterLbEnabled;
        template.FloatingIpEnabled = spec.FloatingIpEnabled;
        template.Tags = spec.Tags;
        template.Driver = spec.Driver!;
    }

    /// <summary>The fields, in the API's spelling, whose values differ.</summary>
    internal static HashSet<string> ChangedFields(ClusterTemplateSpec before, ClusterTemplateSpec after) =>
        [.. Fields.Where(f => !Same(f.Property.GetValue(before), f.Property.GetValue(after))).Select(f => f.Field)];

    private static bool Same(object? left, object? right) =>
        left is IReadOnlyDictionary<string, string> a && right is IReadOnlyDictionary<string, string> b
            ? a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out var value) && value == p.Value)
            : Equals(left, right);

    private static string FieldName(string property) =>
        property == nameof(ClusterTemplateSpec.KeyPairId) ? "keypair_id" : JsonNamingPolicy.SnakeCaseLower.ConvertName(property);
}
