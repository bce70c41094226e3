using System.Text;
using System.Text.Json.Nodes;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat.Swarm;
using Magnum.Drivers.Heat.Swarm.Nodes;
using Magnum.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>
/// What runs on a swarm's node, from its first step to its report, with the machine's bash, jq, curl and openssl, in a folder. Keystone, Magnum and
/// Heat answer over HTTP; Docker and systemd are played: a daemon that knows one swarm, and notes what it is told.
/// </summary>
public sealed class SwarmScriptTests : IAsyncLifetime
{
    private const string Token = "SWMTKN-1-secret-of-";

    private readonly ScriptRoom _room = new();
    private readonly List<JsonNode> _reports = [];
    private SigningService? _magnum;
    private WebApplication? _cloud;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(new[] { "bash", "jq", "curl", "openssl" }.All(ScriptRoom.IsInstalled), "The scripts need bash, jq, curl and openssl.");
        _magnum = await SigningService.StartAsync(Ct);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _cloud = builder.Build();
        _cloud.MapPost("/v3/auth/tokens", (HttpContext context) =>
        {
            context.Response.Headers["X-Subject-Token"] = "token";
            return Results.Json(new { }, statusCode: StatusCodes.Status201Created);
        });
        _cloud.MapPost("/signal", async (HttpContext context) =>
        {
            Assert.Equal("signal-token", context.Request.Headers["X-Auth-Token"]);
            _reports.Add((await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!);
        });
        await _cloud.StartAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cloud is not null)
        {
            await _cloud.DisposeAsync();
        }

        if (_magnum is not null)
        {
            await _magnum.DisposeAsync();
        }

        _room.Dispose();
    }

    [Fact]
    public async Task FirstManager_BeginsTheSwarm_ServesWithTlsAndReports()
    {
        Make(master: true, index: 0);

        await RunAsync();

        Assert.Equal(["systemctl restart docker.service", "init 10.0.0.5 10.100.0.0/16 24"], _room.Calls);
        Report("SUCCESS");
        var daemon = JsonNode.Parse(_room.Read("etc/docker/daemon.json"))!;
        Assert.Equal(["fd://", "tcp://0.0.0.0:2376"], daemon["hosts"]!.AsArray().Select(h => (string?)h));
        Assert.True((bool)daemon["tlsverify"]!);
        Assert.Equal((_room.Root + "/etc/docker/tls/ca.pem", _room.Root + "/etc/docker/tls/server.crt", _room.Root + "/etc/docker/tls/server.key"),
            ((string?)daemon["tlscacert"], (string?)daemon["tlscert"], (string?)daemon["tlskey"]));
        Assert.Contains("magnum.role=master", daemon["labels"]!.AsArray().Select(l => (string?)l));
        Assert.Contains("ExecStart=\nExecStart=/", _room.Read("etc/systemd/system/docker.service.d/20-magnum.conf"), StringComparison.Ordinal);
        using var server = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(_room.Read("etc/docker/tls/server.crt"));
        Assert.Equal("CN=blue-master-0, O=swarm:managers", server.Subject);
        Assert.True(server.MatchesHostname("10.0.0.5") && server.MatchesHostname("172.24.4.5") && server.MatchesHostname("127.0.0.1"));
        NothingSecretIsLeft();
    }

    [Fact]
    public async Task FirstManagerMadeAnew_WhereThereIsASwarm_JoinsIt()
    {
        Make(master: true, index: 0);   // init is still true, as in a creation that is tried again
        SwarmOf("10.0.0.6");

        await RunAsync();

        Assert.Equal(["systemctl restart docker.service", "ask 10.0.0.6 manager", $"join 10.0.0.6:2377 {Token}manager"], _room.Calls);
        Report("SUCCESS");
    }

    [Fact]
    public async Task FirstManagerMadeAnew_InAnOldCluster_NeverBeginsAnother()
    {
        Make(master: true, index: 0, init: false);

        Assert.NotEqual(0, (await TryAsync()).ExitCode);

        Assert.Equal(["systemctl restart docker.service"], _room.Calls);
        Assert.Equal("wait-for-manager: no manager of the swarm answers", Report("FAILURE"));
    }

    [Fact]
    public async Task Manager_WhoseDiskHasTheSwarm_DoesNothing()
    {
        Make(master: true, index: 0, init: false);
        _room.Write("state", "active");

        await RunAsync();

        Assert.Equal(["systemctl restart docker.service"], _room.Calls);
        Report("SUCCESS");
    }

    [Fact]
    public async Task Worker_AsksAnyManagerThatAnswers_AndKeepsNoCertificate()
    {
        Make(master: false, index: null);
        SwarmOf("10.0.0.6");   // and not the first one of the list

        await RunAsync();

        Assert.Equal(["systemctl restart docker.service", "ask 10.0.0.6 worker", $"join 10.0.0.6:2377 {Token}worker"], _room.Calls);
        Report("SUCCESS");
        Assert.Equal(["fd://"], JsonNode.Parse(_room.Read("etc/docker/daemon.json"))!["hosts"]!.AsArray().Select(h => (string?)h));
        Assert.Equal(["ca.pem"], Directory.EnumerateFiles(Path.Combine(_room.Root, "etc/docker/tls")).Select(Path.GetFileName));
        NothingSecretIsLeft();
    }

    [Fact]
    public async Task SwarmThatRefuses_FailsWithItsWords()
    {
        Make(master: false, index: null);
        SwarmOf("10.0.0.5");
        _room.Write("refuses", "rpc error: the swarm is locked");

        Assert.NotEqual(0, (await TryAsync()).ExitCode);

        Assert.Equal("swarm-join: rpc error: the swarm is locked", Report("FAILURE"));
        Assert.True(File.Exists(Path.Combine(_room.Root, "etc/magnum/node.json")), "it may be started again by hand");
    }

    [Fact]
    public async Task AnotherDockerThanAskedFor_IsRefusedByName()
    {
        Make(master: false, index: null, labels: new() { ["docker_version"] = "26.1" });

        Assert.NotEqual(0, (await TryAsync()).ExitCode);

        Assert.Equal("docker-engine: Docker 26.1 was asked for by label docker_version, and this node has 27.3.1", Report("FAILURE"));
    }

    [Fact]
    public async Task CertificateRefused_NamesTheStep()
    {
        Make(master: false, index: null);
        _magnum!.Refusal = 403;

        Assert.NotEqual(0, (await TryAsync()).ExitCode);

        Assert.StartsWith("certificates: ", Report("FAILURE"), StringComparison.Ordinal);
        Assert.Empty(_room.Calls);
    }

    private void SwarmOf(string manager) => _room.Write("swarm", manager);

    /// <summary>A server as it is after its first boot.</summary>
    private void Make(bool master, int? index, bool init = true, Dictionary<string, string>? labels = null)
    {
        var cluster = SwarmClusters.New(masters: 2, labels: labels);
        cluster.ApiAddress = init ? null : "tcp://172.24.4.5:2376";
        var enrolment = KubernetesClusters.Enrolment with { AuthUrl = $"{_cloud!.Urls.Single()}/v3", MagnumUrl = _magnum!.Url };
        NodeGroup group = master ? cluster.DefaultMaster : cluster.DefaultWorker;
        _room.Write("etc/magnum/node.json", Encoding.UTF8.GetString(Convert.FromBase64String(SwarmSettings.For(new SwarmDesign(cluster), SwarmClusters.Facts, group, enrolment))));
        _room.Write("etc/magnum/stack.json", new JsonObject
        {
            ["name"] = master ? $"blue-master-{index}" : "blue-worker-0",
            ["index"] = index?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "",
            ["address"] = master ? "10.0.0.5" : "10.0.0.9",
            ["public_address"] = "172.24.4.5",
            ["api_private_address"] = "10.0.0.5",
            ["api_public_address"] = "172.24.4.5",
            ["docker_volume"] = "",
            ["managers"] = "10.0.0.5,10.0.0.6",
        }.ToJsonString());
        _room.Write("etc/magnum/heat-signal.json", new JsonObject { ["endpoint"] = $"{_cloud.Urls.Single()}/signal", ["token"] = "signal-token" }.ToJsonString());
        _room.Write("etc/docker/x", "");
        Directory.CreateDirectory(Path.Combine(_room.Root, "var/log"));
        Directory.CreateDirectory(Path.Combine(_room.Root, "run"));
        foreach (var script in new[] { "Nodes/Files/common.sh", "Nodes/Files/host.sh", "Nodes/Files/signing.sh", "Nodes/Files/docker-engine.sh", "Swarm/Nodes/Files/docker.sh", "Swarm/Nodes/Files/swarm.sh", "Swarm/Nodes/Files/node.sh" })
        {
            // An hour of patience is more than a test needs.
            _room.Bring(
                script, ["/etc/magnum", "/etc/docker", "/etc/systemd", "/var/log", "/run/magnum"], text => text.Replace("attempt 240 ", "attempt 3 ", StringComparison.Ordinal));
        }

        _room.Play("sleep", "exit 0");
        _room.Play("systemctl", $"[[ $1 != restart ]] || echo \"systemctl $*\" >>{_room.Root}/calls");
        _room.Play("dockerd", "echo 'Docker version 27.3.1, build 41ca978'");
        _room.Play("docker", $$$"""
            state() { cat {{{_room.Root}}}/state 2>/dev/null || echo inactive; }
            if [[ $1 == --host ]]; then
              manager=${2#tcp://}; manager=${manager%:2376}
              [[ $manager == "$(cat {{{_room.Root}}}/swarm 2>/dev/null)" ]] || { echo "Cannot connect to the Docker daemon at $2" >&2; exit 1; }
              [[ $3 == --tlsverify && -s $5 ]] && openssl verify -CAfile "$5" "$7" >/dev/null && [[ $(stat -c %a "$9") == 600 ]] || exit 1
              shift 9
              case "$*" in
                "info "*) echo true ;;
                "swarm join-token --quiet "*) echo "ask $manager $4" >>{{{_room.Root}}}/calls; echo "{{{Token}}}$4" ;;
              esac
              exit
            fi
            case "$*" in
              *LocalNodeState*) state ;;
              *ControlAvailable*) [[ $(state) == active ]] && echo true ;;
              *Server.APIVersion*) echo 1.47 ;;
              "swarm init "*) echo "init $4 ${10} ${12}" >>{{{_room.Root}}}/calls; echo active >{{{_room.Root}}}/state; echo "docker swarm join --token {{{Token}}}worker" ;;
              *) exit 1 ;;
            esac
            """);
        _room.Play("curl", $$$"""
            [[ " $* " == *" --unix-socket "* ]] || exec {{{ScriptRoom.Find("curl")}}} "$@"
            [[ " $* " == *"/v1.47/swarm/join "* || $* == *"/v1.47/swarm/join" ]] || exit 1
            while (($# > 0)); do
              case $1 in
                --data-binary) body=${2#@} ;;
                --output) output=$2 ;;
              esac
              shift
            done
            if [[ -f {{{_room.Root}}}/refuses ]]; then
              jq -n --rawfile why {{{_room.Root}}}/refuses '{message: $why}' >"$output"; printf 503; exit
            fi
            jq -r '"join \(.RemoteAddrs[0]) \(.JoinToken)"' "$body" >>{{{_room.Root}}}/calls
            echo active >{{{_room.Root}}}/state; : >"$output"; printf 200
            """);
    }

    private void NothingSecretIsLeft()
    {
        Assert.False(File.Exists(Path.Combine(_room.Root, "etc/magnum/node.json")));
        Assert.False(File.Exists(Path.Combine(_room.Root, "etc/magnum/heat-signal.json")));
        Assert.False(Directory.Exists(Path.Combine(_room.Root, "run/magnum")));
        Assert.DoesNotContain(Token, _room.Read("var/log/magnum-node.log"), StringComparison.Ordinal);
    }

    /// <returns>The reason.</returns>
    private string Report(string status)
    {
        var report = Assert.Single(_reports);
        Assert.Equal(status, (string?)report["status"]);
        Assert.DoesNotContain(Token, report.ToJsonString(), StringComparison.Ordinal);
        return (string)report["reason"]!;
    }

    private async Task RunAsync()
    {
        var (exitCode, output) = await TryAsync();
        Assert.True(exitCode == 0, output);
    }

    private Task<(int ExitCode, string Output)> TryAsync() => _room.RunAsync("node.sh", Ct);
}
