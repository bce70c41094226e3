using k8s;
using k8s.Models;
using Magnum.Core.Drivers;
using Magnum.Drivers.Kubernetes;

namespace Magnum.Tests.Drivers.Kubernetes;

/// <summary>What nodes have, what pods ask for, and where they may run.</summary>
public sealed class KubernetesLoadTests
{
    private const string Insufficient = "0/2 nodes are available: 2 Insufficient cpu.";

    [Fact]
    public void ANodesRoom_AndWhatIsTakenOfIt_AreAsTheSchedulerCounts()
    {
        var load = Measure(
            [Node("w-0")],
            [
                Pod("web", "w-0", """{"containers":[{"name":"a","resources":{"requests":{"cpu":"250m","memory":"128Mi"}}},{"name":"b","resources":{"requests":{"memory":"0.5Gi"}}}]}"""),
                Pod("first", "w-0", """{"initContainers":[{"name":"i","resources":{"requests":{"cpu":"1"}}}],"containers":[{"name":"a","resources":{"requests":{"cpu":"100m"}}}]}"""),
                Pod("beside", "w-0", """{"initContainers":[{"name":"s","restartPolicy":"Always","resources":{"requests":{"cpu":"200m"}}}],"containers":[{"name":"a","resources":{"requests":{"cpu":"100m"}}}],"overhead":{"cpu":"50m"}}"""),
                Pod("none", "w-0"),
                Pod("ended", "w-0", """{"containers":[{"name":"a","resources":{"requests":{"cpu":"2"}}}]}""", phase: "Succeeded"),
            ]);

        var node = Assert.Single(load.Nodes);
        Assert.Equal((new TaskNeeds(1.9, 3700, 110), true, true), (node.Room, node.IsReady, node.TakesWork));
        Assert.Equal((0.25 + 1 + 0.35, 640, 4), (Math.Round(node.Taken.Cpus, 6), node.Taken.MemoryMib, node.Taken.Tasks));
        Assert.Empty(load.Waiting);
    }

    [Fact]
    public void WhatIsOnEveryNode_NeedNotMove()
    {
        const string Asks = """{"containers":[{"name":"a","resources":{"requests":{"cpu":"100m"}}}]}""";
        var node = Measure([Node("w-0")], [Pod("proxy", "w-0", Asks, owner: "DaemonSet"), Pod("static", "w-0", Asks, owner: "Node", annotation: "kubernetes.io/config.mirror"), Pod("web", "w-0", Asks)]).Nodes[0];

        Assert.Equal((2, 1, 3), (node.OnEveryNode.Tasks, node.Movable.Count, node.Taken.Tasks));
    }

    [Theory]
    [InlineData(Insufficient, true)]
    [InlineData("0/2 nodes are available: 1 Insufficient memory, 1 node(s) had untolerated taint {a: }.", true)]
    [InlineData("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.", false)]
    [InlineData("0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.", false)]
    public void WhatLacksRoom_Waits(string message, bool waits)
    {
        var waiting = Measure([Node("w-0")], [Waits(message: message)]).Waiting;

        Assert.Equal(waits, waiting.Count == 1);
        Assert.All(waiting, w => Assert.Equal((new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero), 1), (w.Since, w.Needs.Tasks)));
    }

    [Theory]
    [InlineData("{}", true, true)]
    [InlineData("""{"nodeSelector":{"disk":"ssd"}}""", true, false)]
    [InlineData("""{"nodeSelector":{"disk":"none"}}""", false, false)]
    [InlineData("""{"tolerations":[{"key":"gpu","operator":"Exists"}],"nodeSelector":{"kind":"gpu"}}""", false, true)]
    [InlineData("""{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"disk","operator":"In","values":["ssd","nvme"]}]}]}}}}""", true, false)]
    [InlineData("""{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"disk","operator":"DoesNotExist"}]},{"matchExpressions":[{"key":"size","operator":"Gt","values":["4"]}]}]}}}}""", true, true)]
    [InlineData("""{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"disk","operator":"NotIn","values":["ssd"]},{"key":"kind","operator":"Exists"},{"key":"size","operator":"Lt","values":["9"]}]}]}}}}""", false, false)]
    [InlineData("""{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchFields":[{"key":"metadata.name","operator":"In","values":["w-0"]}]}]}}}}""", true, false)]
    [InlineData("""{"containers":[{"name":"a","resources":{"requests":{"nvidia.com/gpu":"1"}}}],"tolerations":[{"operator":"Exists"}]}""", false, true)]
    public void WhereAPodMayRun_IsAsItSays(string spec, bool onPlain, bool onGpu)
    {
        // The second has room for pods that put up with its taint alone; the plain ones below do unless said otherwise.
        var plain = Node("w-0", labels: """{"disk":"ssd","size":"8"}""");
        var gpu = Node("g-0", labels: """{"kind":"gpu"}""", taints: """[{"key":"gpu","value":"yes","effect":"NoSchedule"},{"key":"node.kubernetes.io/unschedulable","effect":"NoSchedule"},{"key":"soft","effect":"PreferNoSchedule"}]""", extra: ""","nvidia.com/gpu":"2" """);
        var tolerant = spec.Contains("tolerations", StringComparison.Ordinal) ? spec : With(spec, """ "tolerations":[{"key":"gpu","operator":"Equal","value":"yes","effect":"NoSchedule"}]""");
        var waiting = Assert.Single(Measure([plain, gpu], [Waits(tolerant)]).Waiting);

        Assert.Equal((onPlain, onGpu), (waiting.Suits("w-0"), waiting.Suits("g-0")));
        Assert.False(waiting.Suits("gone"));
    }

    [Theory]
    [InlineData("""[{"key":"gpu","operator":"Equal","value":"no","effect":"NoSchedule"}]""", false)]
    [InlineData("""[{"key":"gpu","value":"yes","effect":"NoExecute"}]""", false)]
    [InlineData("""[{"key":"gpu","value":"yes"}]""", true)]
    [InlineData("""[{"operator":"Exists"}]""", true)]
    [InlineData("[]", false)]
    public void ATaint_HasToBePutUpWith(string tolerations, bool may)
    {
        var node = Node("g-0", taints: """[{"key":"gpu","value":"yes","effect":"NoSchedule"}]""");

        Assert.Equal(may, Assert.Single(Measure([node], [Waits($$"""{"tolerations":{{tolerations}}}""")]).Waiting).Suits("g-0"));
    }

    [Theory]
    [InlineData("ReplicaSet", null, null, null)]
    [InlineData(null, null, null, "its pod it belongs to nothing that would make it again")]
    [InlineData(null, "true", null, null)]
    [InlineData("ReplicaSet", "false", null, "its pod it is marked cluster-autoscaler.kubernetes.io/safe-to-evict: false")]
    [InlineData("ReplicaSet", null, "true", "it is marked cluster-autoscaler.kubernetes.io/scale-down-disabled")]
    public void WhatPeopleHaveMarked_OrNobodyWouldMakeAgain_KeepsItsNode(string? owner, string? safe, string? disabled, string? why)
    {
        var node = Node("w-0", annotations: disabled is null ? "{}" : $$"""{"cluster-autoscaler.kubernetes.io/scale-down-disabled":"{{disabled}}"}""");
        var pod = Pod("it", "w-0", owner: owner, annotation: safe is null ? null : "cluster-autoscaler.kubernetes.io/safe-to-evict", annotated: safe ?? "");

        Assert.Equal(why, Measure([node], [pod]).Nodes[0].MustStay);
    }

    [Fact]
    public void WhatIsNotReadyOrClosed_IsSaidToBe()
    {
        var load = Measure([Node("w-0", ready: "Unknown"), Node("w-1", closed: true)], []);

        Assert.Equal([(false, true), (true, false)], load.Nodes.Select(n => (n.IsReady, n.TakesWork)));
    }

    private static EngineLoad Measure(IReadOnlyList<string> nodes, IReadOnlyList<string> pods) =>
        KubernetesLoad.Measure([.. nodes.Select(n => KubernetesJson.Deserialize<V1Node>(n))], [.. pods.Select(p => KubernetesJson.Deserialize<V1Pod>(p))]);

    private static string Node(string name, string labels = "{}", string taints = "[]", string annotations = "{}", string ready = "True", bool closed = false, string extra = "") => $$"""
        {"metadata":{"name":"{{name}}","labels":{{labels}},"annotations":{{annotations}} },"spec":{"taints":{{taints}},"unschedulable":{{(closed ? "true" : "false")}} },
         "status":{"allocatable":{"cpu":"1900m","memory":"3700Mi","pods":"110","ephemeral-storage":"9Gi"{{extra}} },"conditions":[{"type":"Ready","status":"{{ready}}"}] } }
        """;

    private static string Pod(string name, string node, string spec = "{}", string? owner = "ReplicaSet", string phase = "Running", string? annotation = null, string annotated = "x") => $$"""
        {"metadata":{"name":"{{name}}","namespace":"default","annotations":{ {{(annotation is null ? "" : $"\"{annotation}\":\"{annotated}\"")}} },
         "ownerReferences":[{{(owner is null ? "" : $$"""{"apiVersion":"v1","uid":"u","name":"o","kind":"{{owner}}","controller":true}""")}}] },
         "spec":{{With(spec, $"\"nodeName\":\"{node}\"")}},"status":{"phase":"{{phase}}"} }
        """;

    private static string Waits(string spec = "{}", string message = Insufficient) => $$"""
        {"metadata":{"name":"waits","namespace":"default"},"spec":{{With(spec, "\"schedulerName\":\"default-scheduler\"")}},
         "status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"{{message}}","lastTransitionTime":"2026-03-01T09:00:00Z"}] } }
        """;

    private static string With(string spec, string member) => spec == "{}" ? $"{{{member}}}" : $"{{{member},{spec[1..]}";
}
