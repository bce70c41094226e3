using Magnum.Tests.Support;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>
/// What a master does that takes another's place, with the machine's bash, jq and awk: kubeadm, kubectl and kubelet are played, the etcd of the
/// other masters is a list of members.
/// </summary>
public sealed class MasterSuccessionTests : IDisposable
{
    private const string Members = """
        8e9e05c52164694d, started, blue-master-0, https://10.0.0.10:2380, https://10.0.0.10:2379, false
        91bc3c398fb3c146, started, blue-master-1, https://10.0.0.11:2380, https://10.0.0.11:2379, false
        fd422379fda50e48, started, blue-master-2, https://10.0.0.12:2380, https://10.0.0.12:2379, false

        """;

    private readonly ScriptRoom _room = new();

    public MasterSuccessionTests()
    {
        Assert.SkipUnless(new[] { "bash", "jq", "awk" }.All(ScriptRoom.IsInstalled), "The script needs bash, jq and awk.");
        string[] folders = ["/etc/magnum", "/run/magnum", "/etc/kubernetes", "/var/lib/etcd", "/var/log"];
        _room.Bring("Nodes/Files/common.sh", folders);
        _room.Bring("Kubernetes/Nodes/Files/master.sh", folders, text => text.Replace("sleep ", "true ", StringComparison.Ordinal));
        _room.Write("lib/run.sh", """
            set -euo pipefail
            library=$(dirname "$0")
            . "$library/common.sh"
            . "$library/master.sh"
            sleep() { echo "sleep $1" >>"$library/../calls"; }
            mkdir -p "$WORK"
            succeeding_master
            """);
        _room.Write("etc/magnum/node.json", """{"api_port": 6443, "succeeds_master": "true"}""");
        _room.Write("etc/magnum/stack.json", """{"name": "blue-master-1", "address": "10.0.0.11", "index": "1", "api_private_address": "10.0.0.5"}""");
        _room.Write("members", Members);
        _room.Write("versions", "blue-master-0 v1.31.1\nblue-master-1 v1.32.1\nblue-master-2 v1.31.1\n");
        _room.Write("pods", "etcd-blue-master-1 Running\netcd-blue-master-0 Failed\netcd-blue-master-2 Running\n");
        _room.Play("kubelet", "echo 'Kubernetes v1.32.1'");
        _room.Play("kubeadm", $"""
            echo "kubeadm $*" | sed 's#{_room.Root}##g' >>{_room.Root}/calls
            if [[ $1 == join && -f {_room.Root}/join-fails ]]; then rm {_room.Root}/join-fails; exit 1; fi
            """);
        _room.Play("kubectl", $$$$"""
            cd {{{{_room.Root}}}}
            case "$*" in
              *"get --raw /readyz"*) ;;
              *"get pods"*) awk '{ print $1, $2 }' pods | jq -Rn '{items: [inputs | split(" ") | {metadata: {name: .[0]}, status: {phase: .[1]}}]}' ;;
              *"member list"*) cat members ;;
              *"member remove"*) id=${*: -1}; echo "removed $id in $4" >>calls; grep -v "^$id" members >members.new; mv members.new members ;;
              *"get nodes"*) jq -Rn '{items: [inputs | split(" ") | {metadata: {name: .[0]}, status: {nodeInfo: {kubeletVersion: .[1]}}}]}' versions ;;
              *"get node "*) jq -Rn '[inputs | split(" ") | select(.[0] == "blue-master-1") | {status: {nodeInfo: {kubeletVersion: .[1]}}}][0]' versions ;;
              *) echo "unknown: $*" >&2; exit 1 ;;
            esac
            """);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task WithoutAVolume_ThePredecessorLeavesEtcd_AndTheNewVersionIsToldBeforeJoining()
    {
        var (code, output) = await _room.RunAsync("run.sh", Ct);

        Assert.True(code == 0, output);
        Assert.Equal(
            [
                "kubeadm init phase upload-config kubeadm --config /run/magnum/init.yaml --kubeconfig /etc/kubernetes/admin.conf",
                "removed 91bc3c398fb3c146 in etcd-blue-master-2",
                "kubeadm join --config /run/magnum/join.yaml --ignore-preflight-errors=NumCPU,FileAvailable--etc-kubernetes-kubelet.conf,FileAvailable--etc-kubernetes-pki-ca.crt,DirAvailable--var-lib-etcd",
            ],
            _room.Calls);
        Assert.DoesNotContain("10.0.0.11", _room.Read("members"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AJoinThatWasBrokenOff_IsDoneAgainFromItsBeginning()
    {
        _room.Write("join-fails", "");
        var (code, output) = await _room.RunAsync("run.sh", Ct);

        Assert.True(code == 0, output);
        Assert.Equal(2, _room.Calls.Count(c => c.StartsWith("kubeadm join", StringComparison.Ordinal)));
        Assert.Contains("sleep 15", _room.Calls);
    }

    [Fact]
    public async Task OnItsPredecessorsVolume_EtcdGoesOn()
    {
        _room.Write("var/lib/etcd/member/wal", "");
        var (code, output) = await _room.RunAsync("run.sh", Ct);

        Assert.True(code == 0, output);
        Assert.Equal(["kubeadm init --config /run/magnum/init.yaml --skip-token-print --skip-phases=addon --ignore-preflight-errors=NumCPU,DirAvailable--var-lib-etcd"], _room.Calls);
        Assert.Equal(Members, _room.Read("members"));
    }

    [Fact]
    public async Task TheLastOfTheMasters_BringsTheAddOnsUpToDate()
    {
        _room.Write("versions", "blue-master-0 v1.32.1\nblue-master-1 v1.32.1\nblue-master-2 v1.32.1\n");
        var (code, output) = await _room.RunAsync("run.sh", Ct);

        Assert.True(code == 0, output);
        Assert.Equal("kubeadm init phase addon all --config /run/magnum/init.yaml --kubeconfig /etc/kubernetes/admin.conf", _room.Calls[^1]);
    }

    [Fact]
    public async Task WhereNoOtherEtcdRuns_ItSaysSoAndGivesUp()
    {
        _room.Write("pods", "etcd-blue-master-1 Running\netcd-blue-master-0 Failed\n");
        var (code, output) = await _room.RunAsync("run.sh", Ct);

        Assert.NotEqual(0, code);
        Assert.Contains("no other master's etcd runs", output, StringComparison.Ordinal);
        Assert.DoesNotContain(_room.Calls, c => c.StartsWith("kubeadm join", StringComparison.Ordinal));
    }
}
