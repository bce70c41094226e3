using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Magnum.Core.Clusters;
using Magnum.Drivers.Heat.Kubernetes;
using Magnum.Drivers.Heat.Kubernetes.Addons;
using YamlDotNet.RepresentationModel;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>The manifests that masters apply, and what is told to nodes of a cluster with the cloud inside.</summary>
public sealed partial class AddonTests
{
    private static readonly string[] Names = [Addon.CloudController, "cinder-csi", "metrics-server"];

    [Theory]
    [InlineData(false, "true", "true", "cloud-controller cinder-csi metrics-server")]
    [InlineData(false, "true", null, "cloud-controller metrics-server")]
    [InlineData(true, "true", null, "cloud-controller cinder-csi metrics-server")]
    [InlineData(true, "true", "false", "cloud-controller metrics-server")]
    [InlineData(true, "false", "true", "metrics-server")]
    public void TheLabels_Decide(bool cinder, string cloudProvider, string? csi, string expected)
    {
        var cluster = New(("cloud_provider_enabled", cloudProvider), ("cinder_csi_enabled", csi));
        cluster.Template = cluster.Template with { VolumeDriver = cinder ? "cinder" : null };

        Assert.Equal(expected.Split(' '), Addon.Of(new KubernetesDesign(cluster), "v1.31.1").Select(a => a.Name));
    }

    [Fact]
    public void WithoutACredential_NodesWaitForNoCloud()
    {
        var cluster = New(("cinder_csi_enabled", "true"));
        cluster.DriverSecret = null;
        var master = Settings(cluster, "master_settings");

        Assert.Equal(["metrics-server"], master["addons"]!.AsObject().Select(a => a.Key));
        Assert.Null(master["cloud_config"]);
        Assert.Null(master["kubelet_args"]!["cloud-provider"]);
    }

    [Theory]
    [InlineData("v1.29.4", "v1.29.0", "v1.32.0")]
    [InlineData("v1.31.1", "v1.31.0", "v1.32.0")]
    [InlineData("v1.33.2", "v1.33.0", "v1.33.0")]
    [InlineData("v1.28.9", "v1.29.0", "v1.32.0")]
    [InlineData("v1.99.0", "v1.35.0", "v1.35.0")]
    [InlineData(null, "v1.29.0", "v1.32.0")]
    public void WithoutTags_TheVersionsGoWithKubernetes(string? kubernetes, string controller, string csi)
    {
        var images = Images(Addon.Of(new KubernetesDesign(New(("cinder_csi_enabled", "true"))), kubernetes));

        Assert.Contains($"registry.k8s.io/provider-os/openstack-cloud-controller-manager:{controller}", images);
        Assert.Contains($"registry.k8s.io/provider-os/cinder-csi-plugin:{csi}", images);
        Assert.Contains("registry.k8s.io/sig-storage/csi-attacher:v4.7.0", images);
        Assert.Contains("registry.k8s.io/metrics-server/metrics-server:v0.7.2", images);
    }

    [Fact]
    public void PrefixAndTags_AreThoseOfTheLabels()
    {
        (string, string?)[] tags =
        [
            ("cloud_provider_tag", "v9.0.1"), ("cinder_csi_plugin_tag", "v9.0.2"), ("csi_attacher_tag", "v9.0.3"), ("csi_provisioner_tag", "v9.0.4"), ("csi_resizer_tag", "v9.0.5"),
            ("csi_node_driver_registrar_tag", "v9.0.6"), ("csi_liveness_probe_tag", "v9.0.7"), ("metrics_server_tag", "v9.0.8"),
        ];
        var images = Images(Addon.Of(new KubernetesDesign(New([("cinder_csi_enabled", "true"), ("container_infra_prefix", "registry.test/kube/"), .. tags])), "v1.31.1"));

        Assert.Equal(
            [
                "registry.test/kube/cinder-csi-plugin:v9.0.2", "registry.test/kube/csi-attacher:v9.0.3", "registry.test/kube/csi-node-driver-registrar:v9.0.6",
                "registry.test/kube/csi-provisioner:v9.0.4", "registry.test/kube/csi-resizer:v9.0.5", "registry.test/kube/livenessprobe:v9.0.7",
                "registry.test/kube/metrics-server:v9.0.8", "registry.test/kube/openstack-cloud-controller-manager:v9.0.1",
            ],
            images.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(AllNames))]
    public void AManifest_IsWholeAndSparing(string name)
    {
        var manifest = Read(name);
        var objects = Objects(manifest);
        var accounts = objects.Where(o => Text(o, "kind") is "ServiceAccount").Select(o => Text(o, "metadata", "name")).ToHashSet();
        var roles = objects.Where(o => Text(o, "kind") is "ClusterRole" or "Role").Select(o => (Text(o, "kind"), Text(o, "metadata", "name"))).ToHashSet();

        Assert.DoesNotMatch(Place(), manifest);
        Assert.Equal(objects.Count, objects.Select(o => (Text(o, "kind"), Text(o, "metadata", "name"))).Distinct().Count());
        foreach (var binding in objects.Where(o => Text(o, "kind") is "ClusterRoleBinding" or "RoleBinding"))
        {
            var role = (Text(binding, "roleRef", "kind"), Text(binding, "roleRef", "name"));
            Assert.True(roles.Contains(role) || role.Item2 is "extension-apiserver-authentication-reader" or "system:auth-delegator", role.ToString());
            Assert.All((YamlSequenceNode)binding["subjects"], s => Assert.True(Text(s, "kind") is "ServiceAccount" && Text(s, "namespace") is "kube-system" && accounts.Contains(Text(s, "name"))));
        }

        foreach (var workload in Workloads(objects))
        {
            var pod = workload["spec"]["template"]["spec"];
            Assert.Contains(Text(pod, "serviceAccountName"), accounts);
            Assert.StartsWith("system-", Text(pod, "priorityClassName"), StringComparison.Ordinal);
            Assert.NotEmpty(((YamlSequenceNode)pod["tolerations"]).Children);
            Assert.Equal(Labels(workload["spec"]["selector"]["matchLabels"]), Labels(workload["spec"]["template"]["metadata"]["labels"]));
            var volumes = ((YamlSequenceNode)pod["volumes"]).Select(v => Text(v, "name")).ToHashSet();
            foreach (var container in (YamlSequenceNode)pod["containers"])
            {
                Assert.NotNull(Text(container, "resources", "requests", "cpu"));
                Assert.NotNull(Text(container, "resources", "requests", "memory"));
                Assert.True(Text(container, "securityContext", "allowPrivilegeEscalation") is "false" || Text(container, "securityContext", "privileged") is "true");
                Assert.All((YamlSequenceNode)container["volumeMounts"], m => Assert.Contains(Text(m, "name"), volumes));
            }
        }
    }

    public static TheoryData<string> AllNames => [.. Names];

    [Fact]
    public void WhatReadsTheCredential_RunsOnMastersAlone_AndIsStartedAgainWhenItChanges()
    {
        var workloads = Names.SelectMany(n => Workloads(Objects(Read(n)))).ToList();
        var readers = workloads.Where(w => w.ToString().Contains("secretName", StringComparison.Ordinal)).ToList();

        Assert.Equal(["openstack-cloud-controller-manager", "csi-cinder-controller"], readers.Select(w => Text(w, "metadata", "name")));
        Assert.All(readers, w =>
        {
            Assert.Equal("cloud-config", ((YamlMappingNode)w["metadata"]["labels"])["magnum.openstack.org/reads"]);
            Assert.Equal("", ((YamlMappingNode)w["spec"]["template"]["spec"]["nodeSelector"])["node-role.kubernetes.io/control-plane"]);
        });
    }

    [Fact]
    public void TheCloudController_KnowsTheClusterByItsUuid_AndComesToNodesThatWaitForIt()
    {
        var daemons = Workloads(Objects(Read(Addon.CloudController))).Single();
        var pod = daemons["spec"]["template"]["spec"];
        var arguments = ((YamlSequenceNode)((YamlSequenceNode)pod["containers"])[0]["args"]).Select(a => ((YamlScalarNode)a).Value).ToList();

        Assert.Contains("--cluster-name=11111111-2222-3333-4444-555555555555", arguments);
        Assert.Contains("--cluster-cidr=10.100.0.0/16", arguments);
        Assert.Equal("true", Text(pod, "hostNetwork"));
        Assert.Contains((YamlSequenceNode)pod["tolerations"], t => Text(t, "key") is "node.cloudprovider.kubernetes.io/uninitialized");
    }

    [Fact]
    public void Masters_AreToldHowToFindTheCloud_ButNoCredential()
    {
        var cluster = New(("cinder_csi_enabled", "true"), ("octavia_provider", "ovn"), ("octavia_lb_algorithm", "SOURCE_IP_PORT"));
        cluster.DriverSecret = "protected:s3cret";
        var stack = KubernetesClusters.Build(cluster, enrolment: KubernetesClusters.Enrolment with { Region = "north", CaBundle = "CA" });
        var master = Decode(stack.Parameters["master_settings"]);
        var worker = Decode(stack.Parameters["minion_settings"]);

        Assert.Equal(
            """
            [Global]
            auth-url=http://keystone.test/v3
            region=north
            ca-file=/etc/config/ca.crt
            application-credential-id=
            application-credential-secret=

            [LoadBalancer]
            lb-provider=ovn
            lb-method=SOURCE_IP_PORT
            floating-network-id=external-id
            create-monitor=true
            monitor-delay=1m
            monitor-timeout=30s
            monitor-max-retries=3

            """,
            (string?)master["cloud_config"]!["cloud.conf"]);
        Assert.Equal("CA", (string?)master["cloud_config"]!["ca.crt"]);
        Assert.Equal(("external", "external"), ((string?)master["kubelet_args"]!["cloud-provider"], (string?)worker["kubelet_args"]!["cloud-provider"]));
        Assert.True(worker["cloud_config"] is null && worker["addons"] is null);
        Assert.Equal(Names.Select(Read), master["addons"]!.AsObject().Select(a => Unpack((string)a.Value!)));
        Assert.DoesNotContain("s3cret", master.ToJsonString() + worker.ToJsonString() + string.Concat(stack.Files.Values) + string.Concat(stack.Parameters.Values), StringComparison.Ordinal);
    }

    private static Cluster New(params (string Label, string? Value)[] labels)
    {
        var cluster = KubernetesClusters.New(labels: labels.Where(l => l.Value is not null).ToDictionary(l => l.Label, l => l.Value!));
        cluster.DriverSecret = "protected";
        return cluster;
    }

    private static string Read(string name) =>
        Addon.Of(new KubernetesDesign(New(("cinder_csi_enabled", "true"))), "v1.31.1").Single(a => a.Name == name).Manifest;

    private static JsonNode Settings(Cluster cluster, string parameter) => Decode(KubernetesClusters.Build(cluster).Parameters[parameter]);

    private static JsonNode Decode(string settings) => JsonNode.Parse(Convert.FromBase64String(settings))!;

    private static string Unpack(string packed)
    {
        using var zip = new GZipStream(new MemoryStream(Convert.FromBase64String(packed)), CompressionMode.Decompress);
        using var reader = new StreamReader(zip, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static List<YamlNode> Objects(string manifest)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(manifest));
        return [.. stream.Documents.Select(d => d.RootNode)];
    }

    private static IEnumerable<YamlNode> Workloads(IEnumerable<YamlNode> objects) => objects.Where(o => Text(o, "kind") is "Deployment" or "DaemonSet");

    private static List<string> Images(IEnumerable<Addon> addons) =>
    [
        .. addons.SelectMany(a => Workloads(Objects(a.Manifest))).SelectMany(w => (YamlSequenceNode)w["spec"]["template"]["spec"]["containers"]).Select(c => Text(c, "image")!),
    ];

    private static Dictionary<string, string?> Labels(YamlNode map) =>
        ((YamlMappingNode)map).Children.ToDictionary(l => ((YamlScalarNode)l.Key).Value!, l => ((YamlScalarNode)l.Value).Value);

    /// <summary>A text in maps within maps; null where one of the names is not there.</summary>
    private static string? Text(YamlNode node, params string[] path) => path.Length == 0 ? (node as YamlScalarNode)?.Value
        : node is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(path[0]), out var inner) ? Text(inner, path[1..]) : null;

    [GeneratedRegex("%[a-z_]+%")]
    private static partial Regex Place();
}
