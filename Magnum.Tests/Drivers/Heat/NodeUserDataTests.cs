using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Magnum.Drivers.Heat;
using Magnum.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace Magnum.Tests.Drivers.Heat;

public sealed partial class NodeUserDataTests
{
    private static readonly IReadOnlyDictionary<string, string> Places = new Dictionary<string, string>
    {
        ["__NODE_NAME__"] = "blue-master-0",
        ["__NODE_INDEX__"] = "0",
        ["__NODE_ADDRESS__"] = "10.0.0.5",
        ["__NODE_PUBLIC_ADDRESS__"] = "172.24.4.5",
        ["__API_PRIVATE_ADDRESS__"] = "10.0.0.5",
        ["__API_PUBLIC_ADDRESS__"] = "172.24.4.5",
        ["__DOCKER_VOLUME__"] = "",
        ["__ETCD_VOLUME__"] = "0a1b2c3d-0000-0000-0000-000000000000",
        ["__SIGNAL_ENDPOINT__"] = "http://127.0.0.1:8004/v1/0123456789abcdef/stacks/blue-kube_master_0-abc/0a1b2c3d/resources/wait_handle/signal",
        ["__SIGNAL_TOKEN__"] = "gAAAAABn-_token_with-signs==",
    };

    [Theory]
    [InlineData("ubuntu")]
    [InlineData("debian")]
    [InlineData("fedora-coreos")]
    [InlineData("flatcar")]
    public void Node_FindsItsFilesAsHeatWritesThem(string distro)
    {
        var stack = KubernetesClusters.Build(KubernetesClusters.New(distro: distro));
        var files = FilesOf(Fill(stack));

        var signal = JsonNode.Parse(files["/etc/magnum/heat-signal.json"])!;
        Assert.Equal(["endpoint", "token"], signal.AsObject().Select(p => p.Key));
        Assert.Equal(Places["__SIGNAL_ENDPOINT__"], (string?)signal["endpoint"]);
        Assert.Equal(Places["__SIGNAL_TOKEN__"], (string?)signal["token"]);

        var node = JsonNode.Parse(files["/etc/magnum/node.json"])!;
        Assert.Equal("se\"cret$word", (string?)node["password"]);
        Assert.Equal("master", (string?)node["role"]);
        Assert.Equal("10.254.0.1", (string?)node["service_address"]);
        Assert.Equal("10.254.0.10", (string?)node["kubelet"]!["clusterDNS"]![0]);

        var place = JsonNode.Parse(files["/etc/magnum/stack.json"])!;
        Assert.Equal("blue-master-0", (string?)place["name"]);
        Assert.Equal(Places["__ETCD_VOLUME__"], (string?)place["etcd_volume"]);
        Assert.All(["common", "host", "signing", "pki", "system", "master", "worker", "node", "certificates"], s => Assert.StartsWith("#", files[$"/usr/local/lib/magnum/{s}.sh"], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ubuntu")]
    [InlineData("flatcar")]
    public void Node_HasTheTimerOfItsCertificates_WhichStartsWithTheNodeAndNotBefore(string distro)
    {
        var userData = Fill(KubernetesClusters.Build(KubernetesClusters.New(distro: distro)));
        var units = UnitsOf(userData);

        Assert.Contains("OnUnitInactiveSec=2min\nRandomizedDelaySec=", units["magnum-certificates.timer"], StringComparison.Ordinal);
        Assert.Contains("ExecStart=/bin/bash /usr/local/lib/magnum/certificates.sh\n", units["magnum-certificates.service"], StringComparison.Ordinal);
        Assert.Equal(["magnum-node.service"], StartedOf(userData));
        Assert.Contains("systemctl enable --quiet --now magnum-certificates.timer", FilesOf(userData)["/usr/local/lib/magnum/pki.sh"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ubuntu")]
    [InlineData("fedora-coreos")]
    public void EveryPlaceIsFilled_AndTheWholeFitsIntoNova(string distro)
    {
        var cluster = KubernetesClusters.New(distro: distro, labels: new() { ["cinder_csi_enabled"] = "true" });
        cluster.DriverSecret = "protected";
        var bundle = string.Concat(Enumerable.Range(0, 2).Select(_ => $"-----BEGIN CERTIFICATE-----\n{Convert.ToBase64String(RandomNumberGenerator.GetBytes(1300))}\n-----END CERTIFICATE-----\n"));
        var filled = Fill(KubernetesClusters.Build(cluster, enrolment: KubernetesClusters.Enrolment with { CaBundle = bundle }));

        Assert.DoesNotMatch(Place(), filled);
        Assert.True(Convert.ToBase64String(Encoding.UTF8.GetBytes(filled)).Length < 65_535, "Nova takes 65535 bytes of base64");
    }

    [Fact]
    public void SecretFiles_AreRootsAlone()
    {
        var config = (YamlMappingNode)Load(Fill(KubernetesClusters.Build(KubernetesClusters.New())));
        var modes = ((YamlSequenceNode)config["write_files"]).ToDictionary(f => ((YamlScalarNode)f["path"]).Value!, f => ((YamlScalarNode)f["permissions"]).Value);

        Assert.Equal("0600", modes["/etc/magnum/node.json"]);
        Assert.Equal("0600", modes["/etc/magnum/heat-signal.json"]);
        Assert.Equal("0600", modes["/etc/magnum/stack.json"]);
    }

    [Fact]
    public void Scripts_HoldNothingOfTheCluster()
    {
        var one = KubernetesClusters.Build(KubernetesClusters.New());
        var other = KubernetesClusters.Build(KubernetesClusters.New(networkDriver: "calico", name: "other", labels: new() { ["kubelet_options"] = "--v=4" }), generation: "g2");

        Assert.Equal(one.Files["user-data"], other.Files["user-data"]);
    }

    [Fact]
    public void Options_ReachKubernetesAsArguments()
    {
        var stack = KubernetesClusters.Build(KubernetesClusters.New(labels: new()
        {
            ["kubelet_options"] = "--max-pods=50 --v=4",
            ["kubeapi_options"] = "--audit-log-maxage=7",
            ["admission_control_list"] = "AlwaysPullImages",
            ["container_infra_prefix"] = "registry.test/kube/",
        }));
        var node = JsonNode.Parse(Convert.FromBase64String(stack.Parameters["minion_settings"]))!;

        Assert.Equal("50", (string?)node["kubelet_args"]!["max-pods"]);
        Assert.Equal("magnum.openstack.org/nodegroup=default-worker,magnum.openstack.org/role=worker", (string?)node["kubelet_args"]!["node-labels"]);
        Assert.Equal("7", (string?)node["kubeadm"]!["apiServer"]!["extraArgs"]!["audit-log-maxage"]);
        Assert.Equal("NodeRestriction,AlwaysPullImages", (string?)node["kubeadm"]!["apiServer"]!["extraArgs"]!["enable-admission-plugins"]);
        Assert.Equal("registry.test/kube", (string?)node["kubeadm"]!["imageRepository"]);
    }

    /// <summary>As Heat's str_replace does it in the node's template.</summary>
    private static string Fill(StackDefinition stack) => Places.Aggregate(
        stack.Files["user-data"].Replace("__NODE_SETTINGS__", stack.Parameters["master_settings"], StringComparison.Ordinal),
        (text, place) => text.Replace(place.Key, place.Value, StringComparison.Ordinal));

    private static Dictionary<string, string> FilesOf(string userData) => UserDataContent.FilesOf(userData).ToDictionary(f => f.Path, f => f.Content);

    private static Dictionary<string, string> UnitsOf(string userData) => userData.StartsWith("#cloud-config\n", StringComparison.Ordinal)
        ? FilesOf(userData).Where(f => f.Key.StartsWith("/etc/systemd/", StringComparison.Ordinal)).ToDictionary(f => Path.GetFileName(f.Key), f => f.Value)
        : JsonNode.Parse(userData)!["systemd"]!["units"]!.AsArray().ToDictionary(u => (string)u!["name"]!, u => (string)u!["contents"]!);

    private static List<string> StartedOf(string userData) => userData.StartsWith("#cloud-config\n", StringComparison.Ordinal)
        ? [.. ((YamlSequenceNode)Load(userData)["runcmd"]).Cast<YamlSequenceNode>().Select(c => ((YamlScalarNode)c[c.Children.Count - 1]).Value!).Where(c => c.Contains('.', StringComparison.Ordinal))]
        : [.. JsonNode.Parse(userData)!["systemd"]!["units"]!.AsArray().Where(u => (bool)u!["enabled"]!).Select(u => (string)u!["name"]!)];

    private static YamlNode Load(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents[0].RootNode;
    }

    [GeneratedRegex("__[A-Z_]+__")]
    private static partial Regex Place();
}
