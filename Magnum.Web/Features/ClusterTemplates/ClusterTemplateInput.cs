using Magnum.Core.ClusterTemplates;
using Magnum.Core.Errors;
using Magnum.Web.Api.Input;
using Magnum.Web.Api.Patch;

namespace Magnum.Web.Features.ClusterTemplates;

/// <summary>What the REST API takes for a cluster template.</summary>
internal static class ClusterTemplateInput
{
    private static readonly TextType Name255 = new();

    /// <summary>The fields in the reference's order. Numbers and booleans may come as text.</summary>
    public static readonly ResourceSchema Schema = new(
        "cluster_template",
        new Field("uuid", new UuidType()),
        new Field("name", Name255),
        new Field("coe", new EnumType("kubernetes", "swarm", "swarm-mode", "mesos", "dcos")),
        new Field("image_id", Name255) { Mandatory = true },
        new Field("flavor_id", Name255),
        new Field("master_flavor_id", Name255),
        new Field("dns_nameserver", new TextType(0, 1024)),
        new Field("keypair_id", new TextType { EmptyIsNull = true }),
        new Field("external_network_id", Name255),
        new Field("fixed_network", Name255),
        new Field("fixed_subnet", Name255),
        new Field("network_driver", Name255),
        new Field("apiserver_port", new IntegerType(1024, 65535)),
        new Field("docker_volume_size", new IntegerType(1)),
        new Field("cluster_distro", Name255),
        new Field("links", new AnyType()) { ReadOnly = true },
        new Field("http_proxy", Name255),
        new Field("https_proxy", Name255),
        new Field("no_proxy", Name255),
        new Field("volume_driver", Name255),
        new Field("registry_enabled", new BooleanType()) { Default = false },
        new Field("labels", new MapType()),
        new Field("tls_disabled", new BooleanType()) { Default = false },
        new Field("public", new BooleanType()) { Default = false },
        new Field("server_type", new EnumType("vm", "bm")) { Default = "vm" },
        new Field("insecure_registry", Name255),
        new Field("docker_storage_driver", Name255),
        new Field("master_lb_enabled", new BooleanType()) { Default = false },
        new Field("floating_ip_enabled", new BooleanType()) { Default = true },
        new Field("project_id", new AnyType()) { ReadOnly = true },
        new Field("user_id", new AnyType()) { ReadOnly = true },
        new Field("hidden", new BooleanType()) { Default = false },
        new Field("tags", new TextType(0)),
        new Field("driver", Name255),
        new Field("created_at", new AnyType()) { ReadOnly = true },
        new Field("updated_at", new AnyType()) { ReadOnly = true });

    /// <summary>What a patch may not do.</summary>
    public static readonly PatchRules Patch = new()
    {
        Mandatory = new HashSet<string>(StringComparer.Ordinal)
        {
            "/coe", "/image_id", "/network_driver", "/external_network_id", "/tls_disabled", "/public", "/server_type", "/registry_enabled",
            "/cluster_distro", "/hidden",
        },
    };

    /// <summary>The whole of a new template, or of a patched one.</summary>
    public static ClusterTemplateSpec ToSpec(FieldValues values) => new()
    {
        Uuid = values.Uuid("uuid"),
        Name = values.Text("name"),
        Coe = values.Text("coe"),
        ImageId = values.Text("image_id"),
        FlavorId = values.Text("flavor_id"),
        MasterFlavorId = values.Text("master_flavor_id"),
        KeyPairId = values.Text("keypair_id"),
        ExternalNetworkId = values.Text("external_network_id"),
        FixedNetwork = values.Text("fixed_network"),
        FixedSubnet = values.Text("fixed_subnet"),
        NetworkDriver = values.Text("network_driver"),
        VolumeDriver = values.Text("volume_driver"),
        DnsNameserver = values.Text("dns_nameserver"),
        ApiserverPort = values.Integer("apiserver_port"),
        DockerVolumeSize = values.Integer("docker_volume_size"),
        DockerStorageDriver = values.Text("docker_storage_driver"),
        ClusterDistro = values.Text("cluster_distro"),
        HttpProxy = values.Text("http_proxy"),
        HttpsProxy = values.Text("https_proxy"),
        NoProxy = values.Text("no_proxy"),
        RegistryEnabled = values.Boolean("registry_enabled") is true,
        InsecureRegistry = values.Text("insecure_registry"),
        Labels = values.Map("labels"),
        TlsDisabled = values.Boolean("tls_disabled") is true,
        Public = values.Boolean("public") is true,
        Hidden = values.Boolean("hidden") is true,
        ServerType = values.Text("server_type") ?? "vm",
        MasterLbEnabled = values.Boolean("master_lb_enabled") is true,
        FloatingIpEnabled = values.Boolean("floating_ip_enabled") is not false,
        Tags = values.Text("tags"),
        Driver = values.Text("driver"),
    };

    /// <summary>The template as it would be after the patch.</summary>
    public static Result<ClusterTemplateSpec> Change(ClusterTemplateSpec present, IReadOnlyList<PatchOperation> operations)
    {
        var patched = PatchDocument.Apply(ToFields(present), operations, Patch);
        if (!patched.IsSuccess)
        {
            return patched.Error;
        }

        return Schema.ReadPatched(patched.Value).Match<Result<ClusterTemplateSpec>>(values => ToSpec(values), error => error);
    }

    private static Dictionary<string, object?> ToFields(ClusterTemplateSpec spec) => new(StringComparer.Ordinal)
    {
        ["uuid"] = spec.Uuid,
        ["name"] = spec.Name,
        ["coe"] = spec.Coe,
        ["image_id"] = spec.ImageId,
        ["flavor_id"] = spec.FlavorId,
        ["master_flavor_id"] = spec.MasterFlavorId,
        ["dns_nameserver"] = spec.DnsNameserver,
        ["keypair_id"] = spec.KeyPairId,
        ["external_network_id"] = spec.ExternalNetworkId,
        ["fixed_network"] = spec.FixedNetwork,
        ["fixed_subnet"] = spec.FixedSubnet,
        ["network_driver"] = spec.NetworkDriver,
        ["apiserver_port"] = spec.ApiserverPort,
        ["docker_volume_size"] = spec.DockerVolumeSize,
        ["cluster_distro"] = spec.ClusterDistro,
        ["http_proxy"] = spec.HttpProxy,
        ["https_proxy"] = spec.HttpsProxy,
        ["no_proxy"] = spec.NoProxy,
        ["volume_driver"] = spec.VolumeDriver,
        ["registry_enabled"] = spec.RegistryEnabled,
        ["labels"] = spec.Labels,
        ["tls_disabled"] = spec.TlsDisabled,
        ["public"] = spec.Public,
        ["server_type"] = spec.ServerType,
        ["insecure_registry"] = spec.InsecureRegistry,
        ["docker_storage_driver"] = spec.DockerStorageDriver,
        ["master_lb_enabled"] = spec.MasterLbEnabled,
        ["floating_ip_enabled"] = spec.FloatingIpEnabled,
        ["hidden"] = spec.Hidden,
        ["tags"] = spec.Tags,
        ["driver"] = spec.Driver,
    };
}
