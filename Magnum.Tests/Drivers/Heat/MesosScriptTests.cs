using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat.Mesos;
using Magnum.Drivers.Heat.Mesos.Nodes;
using Magnum.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>
/// What runs on a node of a Mesos cluster, from its first step to its report, with the machine's bash, jq and curl, in a folder. Heat answers over
/// HTTP and ZooKeeper over TCP; Mesos, Marathon, Docker, packages and systemd are played, and note what they are told.
/// </summary>
public sealed class MesosScriptTests : IAsyncLifetime
{
    private static readonly string[] Folders =
    [
        "/etc/magnum", "/etc/docker", "/etc/systemd", "/etc/mesos", "/etc/apt", "/var/log", "/var/lib", "/run/magnum", "/usr/share/zookeeper", "/opt/zookeeper",
        "/usr/lib/libmesos", "/usr/local/lib/libmesos",
    ];

    private readonly ScriptRoom _room = new();
    private readonly List<JsonNode> _reports = [];
    private readonly TcpListener _zookeeper = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private Task? _serving;
    private WebApplication? _heat;
    private string _mode = "Mode: follower\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Apt => Path.Combine(_room.Root, "etc/apt");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(new[] { "bash", "jq", "curl" }.All(ScriptRoom.IsInstalled), "The scripts need bash, jq and curl.");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _heat = builder.Build();
        _heat.MapPost("/signal", async (HttpContext context) =>
        {
            Assert.Equal("signal-token", context.Request.Headers["X-Auth-Token"]);
            _reports.Add((await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!);
        });
        await _heat.StartAsync(Ct);
        _zookeeper.Start();
        _serving = ServeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _zookeeper.Stop();
        if (_serving is not null)
        {
            await _serving;
        }

        if (_heat is not null)
        {
            await _heat.DisposeAsync();
        }

        _closing.Dispose();
        _room.Dispose();
    }

    [Fact]
    public async Task OnlyMaster_HoldsEverythingAndReports()
    {
        Make(masters: 1, index: 0);

        await RunAsync();

        Assert.Equal(
            ["useradd zookeeper", "restart magnum-zookeeper.service", "restart magnum-mesos-master.service", "useradd marathon", "restart magnum-marathon.service"],
            _room.Calls);
        Assert.Equal("blue-master-0 is up", Report("SUCCESS"));
        Assert.DoesNotContain("server.", _room.Read("etc/mesos/zoo.cfg"), StringComparison.Ordinal);
        Assert.Contains($"ZOOKEEPER_SERVER={_room.Root}/bin/zkServer.sh\n", _room.Read("etc/mesos/zookeeper.env"), StringComparison.Ordinal);
        Assert.Contains("MESOS_QUORUM=1\n", _room.Read("etc/mesos/master.env"), StringComparison.Ordinal);
        Assert.Contains("MESOS_ZK=zk://10.0.0.5:2181/mesos\n", _room.Read("etc/mesos/master.env"), StringComparison.Ordinal);
        Assert.Contains("MARATHON_ZK=zk://10.0.0.5:2181/marathon\nMARATHON_HOSTNAME=10.0.0.5\nMARATHON_HTTP_PORT=8080\n", _room.Read("etc/mesos/marathon.env"), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_room.Root, "etc/magnum/node.json")));
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(5, 3)]
    public async Task OneOfSeveralMasters_KnowsAllOfThem(int masters, int quorum)
    {
        Make(masters, index: 1);

        await RunAsync();

        Report("SUCCESS");
        Assert.Equal("2\n", _room.Read("var/lib/zookeeper/myid"));
        Assert.Equal(
            Enumerable.Range(1, masters).Select(i => $"server.{i}=10.0.0.{i + 4}:2888:3888"),
            _room.Read("etc/mesos/zoo.cfg").Split('\n').Where(l => l.StartsWith("server.", StringComparison.Ordinal)));
        Assert.Contains($"MESOS_QUORUM={quorum}\n", _room.Read("etc/mesos/master.env"), StringComparison.Ordinal);
        Assert.Contains($"MESOS_ZK=zk://{string.Join(',', Enumerable.Range(5, masters).Select(i => $"10.0.0.{i}:2181"))}/mesos\n", _room.Read("etc/mesos/master.env"), StringComparison.Ordinal);
        Assert.Contains("MESOS_HOSTNAME=10.0.0.6\n", _room.Read("etc/mesos/master.env"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MasterWithoutMarathon_StartsNone()
    {
        Make(masters: 1, index: 0, labels: new() { ["marathon_enabled"] = "false" });
        _room.Unplay("marathon");

        await RunAsync();

        Report("SUCCESS");
        Assert.Equal(["useradd zookeeper", "restart magnum-zookeeper.service", "restart magnum-mesos-master.service"], _room.Calls);
    }

    [Fact]
    public async Task ZooKeeperWithoutAMajority_IsSaid()
    {
        Make(masters: 3, index: 0);
        _mode = "This ZooKeeper instance is not currently serving requests\n";

        Assert.NotEqual(0, (await TryAsync()).ExitCode);

        Assert.Equal("zookeeper: ZooKeeper does not serve: it needs a majority of the masters", Report("FAILURE"));
    }

    [Fact]
    public async Task MastersWithoutALeader_AreSaid()
    {
        Make(masters: 3, index: 0);
        _room.Write("state", """{"pid": "master@10.0.0.5:5050", "leader": null}""");

        Assert.NotEqual(0, (await TryAsync()).ExitCode);

        Assert.Equal("mesos-master: no master leads: Mesos needs a majority of the masters", Report("FAILURE"));
    }

    [Fact]
    public async Task Agent_RunsWithDockerAndReports()
    {
        Make(masters: 3, index: null, labels: new()
        {
            ["mesos_agent_isolation"] = "cgroups/cpu,cgroups/mem",
            ["mesos_agent_executor_env_variables"] = """{"GREETING": "it's $HOME"}""",
        });

        await RunAsync();

        Assert.Equal(["restart docker.service", "restart magnum-mesos-agent.service"], _room.Calls);
        Assert.Equal("blue-worker-0 is up", Report("SUCCESS"));
        var settings = _room.Read("etc/mesos/agent.env");
        Assert.Equal(
            [
                "MESOS_MASTER=zk://10.0.0.5:2181,10.0.0.6:2181,10.0.0.7:2181/mesos", "MESOS_IP=10.0.0.9", "MESOS_HOSTNAME=10.0.0.9", "MESOS_PORT=5051", $"MESOS_WORK_DIR={_room.Root}/srv/mesos",
                "MESOS_CONTAINERIZERS=docker,mesos", "MESOS_EXECUTOR_REGISTRATION_TIMEOUT=5mins", "MESOS_ATTRIBUTES=nodegroup:default-worker;role:worker", "MESOS_ISOLATION=cgroups/cpu,cgroups/mem",
                $"MESOS_EXECUTOR_ENVIRONMENT_VARIABLES=file://{_room.Root}/etc/mesos/executor-environment.json", "",
            ],
            settings.Split('\n'));
        Assert.Equal("it's $HOME", (string?)JsonNode.Parse(_room.Read("etc/mesos/executor-environment.json"))!["GREETING"]);
        var daemon = JsonNode.Parse(_room.Read("etc/docker/daemon.json"))!;
        Assert.Equal(("fd://", "overlay2"), ((string?)daemon["hosts"]![0], (string?)daemon["storage-driver"]));
    }

    [Fact]
    public async Task AgentThatNobodyRegisters_IsSaid()
    {
        Make(masters: 1, index: null);
        _room.Write("agent", """{"id": "", "pid": "slave(1)@10.0.0.9:5051"}""");

        Assert.NotEqual(0, (await TryAsync()).ExitCode);

        Assert.Equal("mesos-agent: no master has registered the agent", Report("FAILURE"));
    }

    [Theory]
    [InlineData("mesos-agent", null, "software: the image has no mesos-agent, and label mesos_package_source names no repository that has it")]
    [InlineData("mesos-master", 0, "software: the image has no mesos-master, and label mesos_package_source names no repository that has it")]
    [InlineData("marathon", 0, "software: the image has no marathon, and label mesos_package_source names no repository that has it")]
    [InlineData("zkServer.sh", 0, "software: the image has no zkServer.sh (ZooKeeper), and the distribution has none either")]
    public async Task ImageWithoutAProgram_IsSaid(string program, int? index, string reason)
    {
        Make(masters: 1, index);
        _room.Unplay(program);

        Assert.NotEqual(0, (await TryAsync()).ExitCode);

        Assert.Equal(reason, Report("FAILURE"));
        Assert.False(Directory.Exists(Apt));
    }

    [Fact]
    public async Task ProgramsThatTheImageLacks_ComeFromTheOperatorsRepositoryAndTheDistribution()
    {
        Make(masters: 1, index: 0, labels: new()
        {
            ["mesos_package_source"] = "https://packages.test/mesos bookworm main contrib",
            ["mesos_package_key"] = "https://packages.test/key.asc",
            ["mesos_version"] = "1.11",
        });
        _room.Unplay("mesos-master");
        _room.Unplay("marathon");
        _room.Unplay("zkServer.sh");

        await RunAsync();

        Report("SUCCESS");
        Assert.Equal(["apt-get install marathon mesos=1.11*", "apt-get install zookeeper"], _room.Calls.Where(c => c.StartsWith("apt-get", StringComparison.Ordinal)));
        Assert.Equal("the key\n", _room.Read("etc/apt/keyrings/magnum-mesos.asc"));
        Assert.Equal(
            $"Types: deb\nURIs: https://packages.test/mesos\nSuites: bookworm\nComponents: main contrib\nSigned-By: {Apt}/keyrings/magnum-mesos.asc\n",
            _room.Read("etc/apt/sources.list.d/magnum-mesos.sources"));
    }

    [Fact]
    public async Task AnotherMesosThanAskedFor_IsRefusedByName()
    {
        Make(masters: 1, index: null, labels: new() { ["mesos_version"] = "1.9.0" });

        Assert.NotEqual(0, (await TryAsync()).ExitCode);

        Assert.Equal("software: Mesos 1.9.0 was asked for by label mesos_version, and this node has 1.11.0", Report("FAILURE"));
    }

    /// <summary>A server as it is after its first boot.</summary>
    /// <param name="index">Of a master; null: an agent.</param>
    private void Make(int masters, int? index, Dictionary<string, string>? labels = null)
    {
        // An agent's directory is what the label says, and not to be the machine's.
        var cluster = MesosClusters.New(masters, loadBalancer: masters > 1, labels: new(labels ?? []) { ["mesos_agent_work_dir"] = $"{_room.Root}/srv/mesos" });
        NodeGroup group = index is null ? cluster.DefaultWorker : cluster.DefaultMaster;
        _room.Write("etc/magnum/node.json", Encoding.UTF8.GetString(Convert.FromBase64String(
            MesosSettings.For(new MesosDesign(cluster), MesosClusters.Facts, group, KubernetesClusters.Enrolment))));
        _room.Write("etc/magnum/stack.json", new JsonObject
        {
            ["name"] = index is null ? "blue-worker-0" : $"blue-master-{index}",
            ["index"] = index?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "",
            ["address"] = index is null ? "10.0.0.9" : $"10.0.0.{index + 5}",
            ["public_address"] = "172.24.4.5",
            ["api_private_address"] = "10.0.0.5",
            ["api_public_address"] = "172.24.4.5",
            ["docker_volume"] = "",
            ["managers"] = string.Join(',', Enumerable.Range(5, masters).Select(i => $"10.0.0.{i}")),
        }.ToJsonString());
        _room.Write("etc/magnum/heat-signal.json", new JsonObject { ["endpoint"] = $"{_heat!.Urls.Single()}/signal", ["token"] = "signal-token" }.ToJsonString());
        _room.Write("state", """{"pid": "master@10.0.0.6:5050", "leader": "master@10.0.0.6:5050"}""");
        _room.Write("agent", """{"id": "2f4c-S0", "pid": "slave(1)@10.0.0.9:5051"}""");
        Directory.CreateDirectory(Path.Combine(_room.Root, "var/log"));
        Directory.CreateDirectory(Path.Combine(_room.Root, "run"));
        var port = ((IPEndPoint)_zookeeper.LocalEndpoint).Port;
        foreach (var script in new[]
                 {
                     "Nodes/Files/common.sh", "Nodes/Files/host.sh", "Nodes/Files/docker-engine.sh", "Mesos/Nodes/Files/packages.sh", "Mesos/Nodes/Files/zookeeper.sh",
                     "Mesos/Nodes/Files/mesos.sh", "Mesos/Nodes/Files/node.sh",
                 })
        {
            // An hour of patience is more than a test needs.
            _room.Bring(script, Folders, text => text.Replace("attempt 240 ", "attempt 3 ", StringComparison.Ordinal).Replace("attempt 40 ", "attempt 3 ", StringComparison.Ordinal)
                .Replace("/dev/tcp/127.0.0.1/2181", $"/dev/tcp/127.0.0.1/{port}", StringComparison.Ordinal));
        }

        _room.Play("sleep", "exit 0");
        _room.Play("id", "exit 1");
        _room.Play("chown", "exit 0");
        _room.Play("useradd", $"echo \"useradd ${{@: -1}}\" >>{_room.Root}/calls");
        _room.Play("systemctl", $"[[ $1 != restart ]] || echo \"$*\" >>{_room.Root}/calls");
        _room.Play("java", "exit 0");
        _room.Play("dockerd", "exit 0");
        _room.Play("docker", "exit 0");
        foreach (var program in new[] { "zkServer.sh", "marathon" })
        {
            _room.Play(program, "exit 0");
        }

        foreach (var program in new[] { "mesos-master", "mesos-agent" })
        {
            _room.Play(program, "echo 'mesos 1.11.0'");
        }

        // What is installed is there from then on; the machine's own packages are none of the test's business.
        _room.Play("apt-get", $$"""
            [[ " $* " == *" install "* ]] || exit 0
            words=$*
            echo "apt-get install ${words##* install }" >>{{_room.Root}}/calls
            for package in ${words##* install }; do
              case $package in
                mesos*) programs="mesos-master mesos-agent" ;;
                marathon*) programs=marathon ;;
                zookeeper) [[ -d {{Apt}} ]] || exit 0; programs=zkServer.sh ;;
              esac
              for program in $programs; do
                printf '#!/bin/bash\necho mesos 1.11.0\n' >{{_room.Root}}/bin/$program
                chmod 755 {{_room.Root}}/bin/$program
              done
            done
            """);
        _room.Play("curl", $$"""
            for last in "$@"; do :; done
            case "$last" in
              */key.asc|http://10.0.0.*) ;;
              *) [[ " $* " == *" --output "*"/keyrings/"* ]] || exec {{ScriptRoom.Find("curl")}} "$@" ;;
            esac
            case "$*" in
              *keyrings*) while [[ $1 != --output ]]; do shift; done; echo 'the key' >"$2" ;;
              *:5050/state) cat {{_room.Root}}/state ;;
              *:5051/state) cat {{_room.Root}}/agent ;;
              *:8080/ping) echo pong ;;
              *) exit 22 ;;
            esac
            """);
    }

    /// <summary>Answers whatever it is asked with how it is.</summary>
    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _zookeeper.AcceptTcpClientAsync(_closing.Token);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"Zookeeper version: 3.8.0\n{_mode}"), _closing.Token);
            }
        }
        catch (Exception e) when (_closing.IsCancellationRequested && e is OperationCanceledException or SocketException)
        {
        }
    }

    /// <returns>The reason.</returns>
    private string Report(string status)
    {
        var report = Assert.Single(_reports);
        Assert.Equal(status, (string?)report["status"]);
        return (string)report["reason"]!;
    }

    private async Task RunAsync()
    {
        var (exitCode, output) = await TryAsync();
        Assert.True(exitCode == 0, output);
    }

    private Task<(int ExitCode, string Output)> TryAsync() => _room.RunAsync("node.sh", Ct);
}
