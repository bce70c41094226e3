using System.Text;
using System.Text.Json.Nodes;
using Magnum.Drivers.Heat.Nodes;
using Magnum.Tests.Support;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>How a master brings the cloud into its cluster, with the machine's bash, jq and gzip; kubectl and Magnum's door are played.</summary>
public sealed class AddonScriptTests : IDisposable
{
    private readonly ScriptRoom _room = new();

    public AddonScriptTests()
    {
        Assert.SkipUnless(new[] { "bash", "jq", "gzip", "base64" }.All(ScriptRoom.IsInstalled), "The script needs bash, jq, gzip and base64.");
        string[] folders = ["/etc/magnum", "/run/magnum", "/etc/kubernetes", "/var/log"];
        _room.Bring("Nodes/Files/common.sh", folders);
        _room.Bring("Kubernetes/Nodes/Files/master.sh", folders);
        _room.Write("lib/run.sh", """
            set -euo pipefail
            library=$(dirname "$0")
            . "$library/common.sh"
            . "$library/master.sh"
            sleep() { echo "sleep $1" >>"$library/../calls"; }
            magnum() {
              echo "magnum ${1##*/v1/}" >>"$library/../calls"
              [[ ! -f $library/../door-is-shut ]] || { rm "$library/../door-is-shut"; return 22; }
              jq -n '{cluster_uuid: "1", cloud_credential: ({id: "app", secret: "s3cr&t\\1"} | tojson)}'
            }
            mkdir -p "$WORK"
            apply_addons
            """);
        _room.Write("etc/magnum/stack.json", """{"name": "blue-master-0"}""");
        Settings(new JsonObject
        {
            ["addons"] = new JsonObject
            {
                ["cloud-controller"] = Gzip.Pack("cloud controller"),
                ["cinder-csi"] = Gzip.Pack("cinder"),
                ["metrics-server"] = Gzip.Pack("metrics"),
            },
            ["cloud_config"] = new JsonObject
            {
                ["cloud.conf"] = "[Global]\nauth-url=http://keystone/v3\napplication-credential-id=\napplication-credential-secret=\n\n[LoadBalancer]\n",
                ["ca.crt"] = "CA\n",
            },
        });
        _room.Write("taints", "[]");
        _room.Play("kubectl", $$$$"""
            cd {{{{_room.Root}}}}
            case "$*" in
              "apply --server-side --force-conflicts --filename "*cloud-config.json) cp "${!#}" secret; echo "secret" >>calls ;;
              "apply --server-side --force-conflicts --filename "*)
                what=$(cat "${!#}"); echo "apply $what" >>calls
                [[ ! -f "refuse $what" ]] || { echo "error: $what is refused" >&2; exit 1; } ;;
              "get node blue-master-0 --output json") jq '{spec: {taints: .}}' taints; [[ ! -f later ]] || { rm later; echo '[]' >taints; } ;;
              *) echo "unknown: $*" >&2; exit 1 ;;
            esac
            """);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task TheCredentialIsFetchedAndWritten_AndAllIsApplied_AndNothingIsLeftOrTold()
    {
        var (code, output) = await _room.RunAsync("run.sh", Ct);

        Assert.True(code == 0, output);
        Assert.Equal(
            ["magnum certificates/1-2-3?ca_cert_type=cloud-credential", "secret", "apply cloud controller", "apply cinder", "apply metrics"], _room.Calls);
        var secret = JsonNode.Parse(_room.Read("secret"))!;
        Assert.Equal(("cloud-config", "kube-system"), ((string?)secret["metadata"]!["name"], (string?)secret["metadata"]!["namespace"]));
        Assert.Equal(
            "[Global]\nauth-url=http://keystone/v3\napplication-credential-id=app\napplication-credential-secret=s3cr&t\\1\n\n[LoadBalancer]\n", File("cloud.conf"));
        Assert.Equal("CA\n", File("ca.crt"));
        Assert.DoesNotContain("s3cr&t", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(_room.Root, "run/magnum")), f => System.IO.File.ReadAllText(f).Contains("s3cr&t", StringComparison.Ordinal));

        string File(string name) => Encoding.UTF8.GetString(Convert.FromBase64String((string)secret["data"]![name]!));
    }

    [Fact]
    public async Task ADoorThatIsShut_AndANodeThatTheCloudTakesItsTimeFor_AreWaitedFor()
    {
        _room.Write("door-is-shut", "");
        _room.Write("later", "");
        _room.Write("taints", """[{"key": "node.cloudprovider.kubernetes.io/uninitialized", "effect": "NoSchedule"}]""");
        var (code, output) = await _room.RunAsync("run.sh", Ct);

        Assert.True(code == 0, output);
        Assert.Equal(2, _room.Calls.Count(c => c.StartsWith("magnum", StringComparison.Ordinal)));
        Assert.Equal(2, _room.Calls.Count(c => c == "sleep 15"));
    }

    [Fact]
    public async Task WithoutTheCloudController_TheMasterFails()
    {
        _room.Write("refuse cloud controller", "");
        var (code, output) = await _room.RunAsync("run.sh", Ct);

        Assert.NotEqual(0, code);
        Assert.Contains("error: cloud controller is refused", output, StringComparison.Ordinal);
        Assert.DoesNotContain("apply metrics", _room.Calls);
    }

    [Fact]
    public async Task ANodeThatTheCloudDoesNotKnow_IsWhatTheMasterFailsOf()
    {
        _room.Write("taints", """[{"key": "node.cloudprovider.kubernetes.io/uninitialized", "effect": "NoSchedule"}]""");
        var (code, output) = await _room.RunAsync("run.sh", Ct);

        Assert.NotEqual(0, code);
        Assert.Contains("the cloud controller has not said yet which server of the cloud blue-master-0 is", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherThatFails_IsToldAndHoldsNothingUp()
    {
        _room.Write("refuse cinder", "");
        var (code, output) = await _room.RunAsync("run.sh", Ct);

        Assert.True(code == 0, output);
        Assert.Equal(3, _room.Calls.Count(c => c == "apply cinder"));
        Assert.Equal("apply metrics", _room.Calls[^1]);
        Assert.Contains("add-on cinder-csi was not applied", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutTheCloud_NobodyAsksForACredential()
    {
        Settings(new JsonObject { ["addons"] = new JsonObject { ["metrics-server"] = Gzip.Pack("metrics") } });
        var (code, output) = await _room.RunAsync("run.sh", Ct);

        Assert.True(code == 0, output);
        Assert.Equal(["apply metrics"], _room.Calls);
    }

    private void Settings(JsonObject settings)
    {
        settings["magnum_url"] = "http://magnum/v1";
        settings["cluster_uuid"] = "1-2-3";
        _room.Write("etc/magnum/node.json", settings.ToJsonString());
    }
}
