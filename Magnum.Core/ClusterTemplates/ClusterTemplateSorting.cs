using Magnum.Core.Paging;

namespace Magnum.Core.ClusterTemplates;

/// <summary>By what lists of templates can be sorted: the stored columns.</summary>
internal static class ClusterTemplateSorting
{
    public static readonly SortColumns<ClusterTemplate> Stored = new SortColumns<ClusterTemplate>(t => t.Id)
        .Add("uuid", t => t.Uuid)
        .Add("name", t => t.Name)
        .Add("project_id", t => t.ProjectId)
        .Add("user_id", t => t.UserId)
        .Add("coe", t => t.Coe)
        .Add("image_id", t => t.ImageId)
        .Add("flavor_id", t => t.FlavorId == null, t => t.FlavorId!)
        .Add("master_flavor_id", t => t.MasterFlavorId == null, t => t.MasterFlavorId!)
        .Add("keypair_id", t => t.KeyPairId == null, t => t.KeyPairId!)
        .Add("external_network_id", t => t.ExternalNetworkId == null, t => t.ExternalNetworkId!)
        .Add("fixed_network", t => t.FixedNetwork == null, t => t.FixedNetwork!)
        .Add("fixed_subnet", t => t.FixedSubnet == null, t => t.FixedSubnet!)
        .Add("network_driver", t => t.NetworkDriver == null, t => t.NetworkDriver!)
        .Add("volume_driver", t => t.VolumeDriver == null, t => t.VolumeDriver!)
        .Add("dns_nameserver", t => t.DnsNameserver == null, t => t.DnsNameserver!)
        .Add("apiserver_port", t => t.ApiserverPort == null, t => t.ApiserverPort!.Value)
        .Add("docker_volume_size", t => t.DockerVolumeSize == null, t => t.DockerVolumeSize!.Value)
        .Add("docker_storage_driver", t => t.DockerStorageDriver == null, t => t.DockerStorageDriver!)
        .Add("cluster_distro", t => t.ClusterDistro == null, t => t.ClusterDistro!)
        .Add("http_proxy", t => t.HttpProxy == null, t => t.HttpProxy!)
        .Add("https_proxy", t => t.HttpsProxy == null, t => t.HttpsProxy!)
        .Add("no_proxy", t => t.NoProxy == null, t => t.NoProxy!)
        .Add("registry_enabled", t => t.RegistryEnabled ? 1 : 0)
        .Add("insecure_registry", t => t.InsecureRegistry == null, t => t.InsecureRegistry!)
        .Add("tls_disabled", t => t.TlsDisabled ? 1 : 0)
        .Add("public", t => t.Public ? 1 : 0)
        .Add("hidden", t => t.Hidden ? 1 : 0)
        .Add("server_type", t => t.ServerType)
        .Add("master_lb_enabled", t => t.MasterLbEnabled ? 1 : 0)
        .Add("floating_ip_enabled", t => t.FloatingIpEnabled ? 1 : 0)
        .Add("tags", t => t.Tags == null, t => t.Tags!)
        .Add("driver", t => t.Driver)
        .Add("created_at", t => t.CreatedAt)
        .Add("updated_at", t => t.UpdatedAt == null, t => t.UpdatedAt!.Value);
}
