using System.Text.Json.Nodes;
using Magnum.Core.Certificates;
using Magnum.Drivers.Kubernetes;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Engines;

/// <summary>
/// A Kubernetes cluster of two workers that run what Magnum gave them, with a real kubelet and containerd each. In the master's place this machine runs
/// a real control plane at the master's address, and reports as the master would.
/// </summary>
public sealed class KubeletLane() : MachineLane(Name)
{
    internal const string Name = "pods";

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly string _admin = Path.Combine(Directory.CreateTempSubdirectory("magnum-pods-").FullName, "config");
    private KubeApiServer? _server;

    private KubeApiServer Server => _server ?? throw new InvalidOperationException("The lane was not chosen.");

    /// <inheritdoc />
    private protected override IReadOnlyList<WrittenFile> Image =>
    [
        // The network driver's part: no pod asks another one's node.
        new("/etc/cni/net.d/10-pods.conflist", Readable, """
            {"cniVersion": "0.4.0", "name": "pods", "plugins": [
              {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.100.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}}
            ]}
            """),
        // There are kernels on which root may not make a process safer from the lack of memory than its parent is.
        new("/etc/containerd/config.toml", Readable, """
            version = 2
            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "docker.io/magnum/busybox:1"
              restrict_oom_score_adj = true
            [plugins."io.containerd.grpc.v1.cri".cni]
              bin_dir = "/usr/lib/cni"
            """),
        new("/usr/local/bin/kubeadm", Executable, "#!/bin/sh\necho 'a worker needs no kubeadm' >&2\nexit 1\n"),
    ];

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(Path.GetDirectoryName(_admin)!, recursive: true);
        await base.DisposeAsync();
    }

    /// <summary>What the driver asks the cluster by.</summary>
    internal async Task<KubernetesApi> OpenAsync() => new(Name, new Uri((string)(await ShowAsync())["api_address"]!), await AccessAsync(await ClientFilesAsync()));

    /// <summary>Runs <c>kubectl</c> as the cluster's administrator, which must succeed.</summary>
    /// <returns>What it printed.</returns>
    internal Task<string> KubectlAsync(params string[] arguments) => Server.OkAsync(_admin, arguments);

    /// <summary>The same, however it ends.</summary>
    internal Task<CommandResult> TryKubectlAsync(params string[] arguments) => Server.KubectlAsync(_admin, arguments);

    /// <inheritdoc />
    protected override JsonObject Template()
    {
        var template = EmbeddedCloudView.TemplateBody(Name);
        template["labels"] = new JsonObject
        {
            ["cloud_provider_enabled"] = "false",
            ["auto_healing_enabled"] = "true",
            ["health_check_timeout"] = "60",
            ["max_unhealthy"] = "100%",
            ["auto_scaling_enabled"] = "true",
            // As releases of this age are told to use containerd, and without what takes systemd.
            ["kubelet_options"] = "--container-runtime=remote --container-runtime-endpoint=unix:///run/containerd/containerd.sock"
                + " --cgroup-driver=cgroupfs --cgroups-per-qos=false --enforce-node-allocatable= --fail-swap-on=false --node-status-update-frequency=2s",
        };
        return template;
    }

    /// <inheritdoc />
    protected override async Task FollowAsync(IReadOnlyList<JsonNode> servers)
    {
        var master = servers.SingleOrDefault(s => ((string)s["name"]!).EndsWith("-master-0", StringComparison.Ordinal));
        await base.FollowAsync([.. servers.Where(s => s != master)]);
        if (_server is null && (string?)master?["status"] == "ACTIVE")
        {
            await BeMasterAsync(Machines.FilesOf(master));
        }
    }

    private async Task BeMasterAsync(IReadOnlyList<WrittenFile> files)
    {
        var address = (string)Machines.Json(files, "/etc/magnum/stack.json")["address"]!;
        await Machines.ServeAsync(address, Ct);
        var url = $"https://{address}:6443";
        var client = await AccessAsync(await ClientFilesAsync());
        await File.WriteAllTextAsync(_admin, Kubeconfig.Write(Name, url, client.Authorities, new KeyMaterial(client.Certificate, client.Key, DateTimeOffset.MaxValue)), Ct);
        _server = await KubeApiServer.StartAsync(Name, url, client.Authorities, SignAsync, Ct, isWhole: true);
        var signal = Machines.Json(files, "/etc/magnum/heat-signal.json");
        using var report = new HttpRequestMessage(HttpMethod.Post, (string)signal["endpoint"]!)
        {
            Content = JsonApi.Json(new JsonObject { ["status"] = "SUCCESS", ["reason"] = "", ["id"] = "master", ["data"] = "" }),
        };
        report.Headers.Add("X-Auth-Token", (string)signal["token"]!);
        (await Http.SendAsync(report, Ct)).EnsureSuccessStatusCode();
    }
}
