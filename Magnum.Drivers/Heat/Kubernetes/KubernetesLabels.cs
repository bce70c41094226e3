using Magnum.Core.Drivers;
using Magnum.Core.Reconciliation;
using Magnum.Drivers.Heat.Kubernetes.Addons;
using Magnum.Drivers.Heat.Labels;

namespace Magnum.Drivers.Heat.Kubernetes;

/// <summary>The labels of Kubernetes clusters, under the names that users of Magnum know.</summary>
internal static class KubernetesLabels
{
    private const string OldNames = """
        master_kube_tag minion_kube_tag hyperkube_prefix kube_image_digest ostree_remote ostree_commit use_podman heat_container_agent_tag
        etcd_tag coredns_tag flannel_cni_tag metrics_server_chart_tag metrics_scraper_tag kube_dashboard_version csi_snapshotter_tag
        k8s_keystone_auth_tag
        octavia_ingress_controller_tag magnum_auto_healer_tag autoscaler_tag draino_tag node_problem_detector_tag nginx_ingress_controller_tag
        nginx_ingress_controller_chart_tag traefik_ingress_controller_tag helm_client_url helm_client_sha256 helm_client_tag prometheus_tag grafana_tag
        prometheus_operator_chart_tag prometheus_adapter_chart_tag container_runtime containerd_version containerd_tarball_url containerd_tarball_sha256
        cgroup_driver monitoring_retention_days monitoring_retention_size monitoring_interval_seconds monitoring_storage_class_name cluster_basic_auth_secret
        cluster_root_domain_name prometheus_adapter_configmap prometheus_monitoring influx_grafana_dashboard_enabled heapster_enabled tiller_enabled
        tiller_tag tiller_namespace system_pods_initial_delay system_pods_timeout
        """;

    public static IReadOnlyList<LabelDefinition> All { get; } =
    [
        new("kube_tag", LabelType.Version, LabelGroups.Versions, null, "Kubernetes version, such as v1.31.1. It has to be the image's (kube_version); without the label it is the image's."),
        new("container_infra_prefix", LabelType.Text, LabelGroups.Versions, null, "Registry that the system images come from, ending in a slash, for clouds without Internet access."),
        new("calico_tag", LabelType.Version, LabelGroups.Versions, "v3.26.4", "Version of Calico, where the image brings no manifest of its own."),
        new("flannel_tag", LabelType.Version, LabelGroups.Versions, "v0.25.6", "Version of Flannel, where the image brings no manifest of its own."),
        new("cloud_provider_tag", LabelType.Version, LabelGroups.Versions, null, "Version of OpenStack's cloud controller; without the label, the one that goes with Kubernetes."),
        new("cinder_csi_plugin_tag", LabelType.Version, LabelGroups.Versions, null, "Version of Cinder's volume driver, v1.32.0 or later; without the label, the one that goes with Kubernetes."),
        new("csi_attacher_tag", LabelType.Version, LabelGroups.Versions, "v4.7.0", "Version of what attaches volumes."),
        new("csi_provisioner_tag", LabelType.Version, LabelGroups.Versions, "v5.1.0", "Version of what makes volumes."),
        new("csi_resizer_tag", LabelType.Version, LabelGroups.Versions, "v1.12.0", "Version of what enlarges volumes."),
        new("csi_node_driver_registrar_tag", LabelType.Version, LabelGroups.Versions, "v2.12.0", "Version of what tells the kubelet of the volume driver."),
        new("csi_liveness_probe_tag", LabelType.Version, LabelGroups.Versions, "v2.14.0", "Version of what looks after the volume driver."),
        new("metrics_server_tag", LabelType.Version, LabelGroups.Versions, "v0.7.2", "Version of the metrics server."),

        HeatLabels.Subnet,
        new("service_cluster_ip_range", LabelType.Cidr, LabelGroups.Network, "10.254.0.0/16", "Addresses of services."),
        new("dns_cluster_domain", LabelType.Text, LabelGroups.Network, "cluster.local", "Domain of names in the cluster."),
        new("pod_cidr", LabelType.Cidr, LabelGroups.Network, null, "Addresses of pods, for any network driver; goes before the drivers' own labels."),
        new("flannel_network_cidr", LabelType.Cidr, LabelGroups.Network, "10.100.0.0/16", "Addresses of pods with Flannel."),
        new("flannel_network_subnetlen", LabelType.Number, LabelGroups.Network, "24", "Prefix length of one node's share of the pods' addresses with Flannel.") { Minimum = 16, Maximum = 30 },
        new("flannel_backend", LabelType.Choice, LabelGroups.Network, "vxlan", "How Flannel carries packets between nodes.") { Choices = ["vxlan", "udp", "host-gw"] },
        new("calico_ipv4pool", LabelType.Cidr, LabelGroups.Network, "10.100.0.0/16", "Addresses of pods with Calico."),
        new("calico_ipv4pool_ipip", LabelType.Choice, LabelGroups.Network, "Off", "When Calico wraps packets in IP-in-IP.") { Choices = ["Off", "Never", "CrossSubnet", "Always"] },
        new("cilium_ipv4pool", LabelType.Cidr, LabelGroups.Network, "10.100.0.0/16", "Addresses of pods with Cilium."),
        .. HeatLabels.Access,
        new("nodeport_allowed_cidrs", LabelType.CommaList, LabelGroups.Network, "0.0.0.0/0", "Networks that may reach services of type NodePort."),

        .. HeatLabels.Volumes,
        new("etcd_volume_size", LabelType.Number, LabelGroups.Storage, "0", "GiB of a Cinder volume for etcd on each master; 0 for none.") { Minimum = 0, Maximum = 65536 },
        new("etcd_volume_type", LabelType.Text, LabelGroups.Storage, null, "Volume type; empty for the cloud's default."),

        .. HeatLabels.Bounds,
        .. HeatLabels.Healing,
        new(AutoScaling.Label, LabelType.Boolean, LabelGroups.Features, "false", "Whether Magnum chooses the number of workers by load, from min_node_count to max_node_count (without it one more than at the beginning)."),
        new(CloudAccess.Label, LabelType.Boolean, LabelGroups.Features, "true", "Load balancers for services and volumes for pods, by a credential of the owner's in the cluster. Without the label a cluster whose owner may not make one goes without."),
        new("cinder_csi_enabled", LabelType.Boolean, LabelGroups.Features, null, "Volumes of Cinder for pods; without the label, as volume_driver is cinder."),
        new("metrics_server_enabled", LabelType.Boolean, LabelGroups.Features, "true", "How busy nodes and pods are, for kubectl top and for scaling by load."),

        new("admission_control_list", LabelType.CommaList, LabelGroups.Options, null, "Admission plugins to enable beside Kubernetes' own; NodeRestriction is always among them."),
        new("kubelet_options", LabelType.Text, LabelGroups.Options, null, "Options of the kubelet as --name=value, by spaces."),
        new("kubeapi_options", LabelType.Text, LabelGroups.Options, null, "Options of the API server as --name=value, by spaces."),
        new("kubecontroller_options", LabelType.Text, LabelGroups.Options, null, "Options of the controller manager as --name=value, by spaces."),
        new("kubescheduler_options", LabelType.Text, LabelGroups.Options, null, "Options of the scheduler as --name=value, by spaces."),
        new("kubeproxy_options", LabelType.Text, LabelGroups.Options, null, "Options of kube-proxy: --proxy-mode=iptables, ipvs or nftables, --cluster-cidr is set."),
        new("selinux_mode", LabelType.Choice, LabelGroups.Options, "enforcing", "Mode of SELinux on nodes that have it.") { Choices = ["enforcing", "permissive", "disabled"] },
        new("post_install_manifest_url", LabelType.Text, LabelGroups.Options, null, "A manifest applied when the control plane is up."),

        .. Later,
        .. WithoutEffect,
    ];

    /// <summary>Understood by others of Magnum's drivers or for clusters with a credential of their own; without effect here.</summary>
    private static IEnumerable<LabelDefinition> Later =>
    [
        Flag("keystone_auth_enabled", "Sign-in to the cluster with Keystone's tokens."),
        Flag("cert_manager_api", "CA key on the masters: the CA's keys do not leave Magnum."),
        Flag("npd_enabled", "Node problem detector."),
        Flag("kube_dashboard_enabled", "Kubernetes dashboard."),
        Flag("monitoring_enabled", "Prometheus operator."),
        Flag("prometheus_adapter_enabled", "Prometheus adapter."),
        Flag("monitoring_ingress_enabled", "Ingress to the monitoring."),
        new("ingress_controller", LabelType.Text, LabelGroups.Features, null, "Ingress controller.") { Ignored = true },
        new("ingress_controller_role", LabelType.Text, LabelGroups.Features, null, "Nodes of the ingress controller.") { Ignored = true },
        new(KubernetesHeatDriver.HealerLabel, LabelType.Text, LabelGroups.Features, null, "What replaces broken nodes: Magnum does. magnum-auto-healer leaves it to one of your own, which reports the cluster's health as well."),
        new("grafana_admin_passwd", LabelType.Text, LabelGroups.Features, null, "Grafana's password.") { Ignored = true, Secret = true },
    ];

    /// <summary>Labels of old operating systems, runtimes and add-ons, so that old templates are no riddle.</summary>
    private static IEnumerable<LabelDefinition> WithoutEffect =>
        OldNames.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(name => new LabelDefinition(name, LabelType.Text, LabelGroups.Versions, null, "Of older releases; without effect.") { Ignored = true });

    private static LabelDefinition Flag(string name, string summary) => new(name, LabelType.Boolean, LabelGroups.Features, null, summary) { Ignored = true };
}
