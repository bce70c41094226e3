using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Magnum.Tests.Support.ClusterApi;

/// <summary>
/// Cluster API's controllers and OpenStack's provider as a test plays them, by Kubernetes' API alone, so that they can stand on a played server or on a real one:
/// they make the objects behind a Cluster's topology and say of them what is to be said.
/// </summary>
internal sealed class PlayedControllers(string kubeconfig, TimeProvider time, string version) : IDisposable
{
    private const string Core = "cluster.x-k8s.io";
    private const string ControlPlane = "controlplane.cluster.x-k8s.io";
    private const string Infrastructure = "infrastructure.cluster.x-k8s.io";
    private const string Manager = "controllers";

    private readonly Kubernetes _client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
    private int _born;

    /// <summary>Why servers of a group (<c>master</c>, or a group's name) cannot be made; null: they can.</summary>
    public Func<string, string?> Trouble { get; set; } = _ => null;

    /// <summary>The host of the clusters' APIs.</summary>
    public string Host { get; set; } = "192.0.2.10";

    /// <summary>How far a pass goes: false, and machines are made and not ready.</summary>
    public bool Finish { get; set; } = true;

    private bool IsNew => version == "v1beta2";

    /// <summary>One pass over all Clusters.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var cluster in await ListAsync(Core, version, "clusters", null, null, cancellationToken))
        {
            if (cluster["metadata"]!["deletionTimestamp"] is null)
            {
                await BuildAsync(cluster, cancellationToken);
            }
            else
            {
                await RemoveAsync(cluster, cancellationToken);
            }
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task BuildAsync(JsonObject cluster, CancellationToken cancellationToken)
    {
        var (ns, name) = ((string)cluster["metadata"]!["namespace"]!, (string)cluster["metadata"]!["name"]!);
        var topology = (JsonObject)cluster["spec"]!["topology"]!;
        var wanted = (string)topology["version"]!;
        var image = Variable((JsonArray)topology["variables"]!, "imageUUID")!;
        var owned = new JsonObject { [$"{Core}/cluster-name"] = name, [$"topology.{Core}/owned"] = "" };

        await ApplyAsync(Core, version, "Cluster", "clusters", ns, name, null, new JsonObject { ["controlPlaneEndpoint"] = new JsonObject { ["host"] = Host, ["port"] = 6443 } }, null, ["cluster.cluster.x-k8s.io"], cancellationToken);
        await ApplyAsync(
            Infrastructure, "v1beta1", "OpenStackCluster", "openstackclusters", ns, $"{name}-x1", owned,
            new JsonObject { ["apiServerLoadBalancer"] = new JsonObject { ["enabled"] = true } },
            new JsonObject { ["ready"] = true, ["network"] = new JsonObject { ["id"] = "net-1" }, ["apiServerLoadBalancer"] = new JsonObject { ["id"] = "lb-1" } },
            [], cancellationToken);

        var masters = (long?)topology["controlPlane"]!["replicas"] ?? 1;
        var labels = (JsonObject)owned.DeepClone();
        labels[$"{Core}/control-plane"] = "";
        var ready = await MachinesAsync(ns, name, $"{name}-cp", "master", labels, masters, wanted, image, cancellationToken);
        var controlPlane = Counts(masters, ready.Count, ready.UpToDate);
        controlPlane["version"] = ready.Version;
        controlPlane["conditions"] = new JsonArray(Condition("Available", ready.Count == masters));
        await ApplyAsync(ControlPlane, version, "KubeadmControlPlane", "kubeadmcontrolplanes", ns, $"{name}-cp", owned, new JsonObject { ["replicas"] = masters, ["version"] = wanted }, controlPlane, [], cancellationToken);

        var deferred = false;
        var pieces = ((JsonArray)topology["workers"]!["machineDeployments"]!).OfType<JsonObject>().ToList();
        foreach (var piece in pieces)
        {
            deferred |= await WorkersAsync(ns, name, piece, owned, wanted, image, cancellationToken);
        }

        foreach (var gone in (await ListAsync(Core, version, "machinedeployments", ns, $"{Core}/cluster-name={name}", cancellationToken))
                     .Where(d => pieces.TrueForAll(p => (string?)p["name"] != GroupOf(d))).ToList())
        {
            foreach (var machine in await ListAsync(Core, version, "machines", ns, $"topology.{Core}/deployment-name={GroupOf(gone)}", cancellationToken))
            {
                await RemoveMachineAsync(machine, cancellationToken);
            }

            await DeleteAsync(Core, version, "machinedeployments", gone, cancellationToken);
        }

        await SetClusterStatusAsync(ns, name, ready.Count == masters, deferred, cancellationToken);
    }

    /// <returns>Whether the group's upgrade is put off.</returns>
    private async Task<bool> WorkersAsync(string ns, string cluster, JsonObject piece, JsonObject owned, string version1, string image, CancellationToken cancellationToken)
    {
        var group = (string)piece["name"]!;
        var name = $"{cluster}-{group}-x1";
        var annotations = piece["metadata"]?["annotations"] as JsonObject;
        var present = (await ListAsync(Core, version, "machinedeployments", ns, $"topology.{Core}/deployment-name={group}", cancellationToken)).SingleOrDefault(d => (string?)d["metadata"]!["name"] == name);
        var putOff = annotations?.ContainsKey($"topology.{Core}/defer-upgrade") == true && present is not null && (string?)present["spec"]!["template"]!["spec"]!["version"] != version1;
        var wanted = putOff ? (string)present!["spec"]!["template"]!["spec"]!["version"]! : version1;
        var own = putOff ? (string?)present!["spec"]!["template"]!["spec"]!["image"] : Variable(piece["variables"]?["overrides"] as JsonArray, "imageUUID") ?? image;
        var count = (long?)piece["replicas"] ?? (long?)present?["spec"]!["replicas"]
            ?? long.Parse((string)annotations![$"{Core}/cluster-api-autoscaler-node-group-min-size"]!, CultureInfo.InvariantCulture);
        var labels = (JsonObject)owned.DeepClone();
        labels[$"topology.{Core}/deployment-name"] = group;
        var ready = await MachinesAsync(ns, cluster, name, group, labels, count, wanted, own!, cancellationToken);
        var status = Counts(count, ready.Count, ready.UpToDate);
        status["phase"] = ready.Count == count ? "Running" : "ScalingUp";
        status["conditions"] = new JsonArray(Condition("Available", ready.Count == count));
        var spec = new JsonObject { ["template"] = new JsonObject { ["spec"] = new JsonObject { ["version"] = wanted, ["image"] = own } } };
        if (piece["replicas"] is not null || present is null)
        {
            spec["replicas"] = count;
        }

        await ApplyAsync(Core, version, "MachineDeployment", "machinedeployments", ns, name, labels, spec, status, [], cancellationToken);
        return putOff;
    }

    private async Task<(int Count, int UpToDate, string? Version)> MachinesAsync(
        string ns, string cluster, string owner, string group, JsonObject labels, long count, string wanted, string image, CancellationToken cancellationToken)
    {
        var servers = (await ListAsync(Infrastructure, "v1beta1", "openstackmachines", ns, $"{Core}/cluster-name={cluster}", cancellationToken)).ToDictionary(s => (string)s["metadata"]!["name"]!);
        var machines = (await ListAsync(Core, version, "machines", ns, $"{Core}/cluster-name={cluster}", cancellationToken))
            .Where(m => ((string)m["metadata"]!["name"]!).StartsWith($"{owner}-", StringComparison.Ordinal)).ToList();
        foreach (var old in machines.Where(m => (string?)m["spec"]!["version"] != wanted || (string?)servers[(string)m["metadata"]!["name"]!]["spec"]!["image"]!["id"] != image).ToList())
        {
            if (!Finish)
            {
                continue;   // it is still to go
            }

            await RemoveMachineAsync(old, cancellationToken);
            machines.Remove(old);
        }

        foreach (var surplus in machines.OrderByDescending(m => (m["metadata"]!["annotations"] as JsonObject)?.ContainsKey($"{Core}/delete-machine") == true).Take(Math.Max(0, machines.Count - (int)count)).ToList())
        {
            await RemoveMachineAsync(surplus, cancellationToken);
            machines.Remove(surplus);
        }

        var names = machines.Select(m => (string)m["metadata"]!["name"]!).ToList();
        while (names.Count < count)
        {
            names.Add($"{owner}-{++_born:x4}");
        }

        var trouble = Trouble(group);
        var isReady = trouble is null && Finish;
        foreach (var machine in names)
        {
            var known = machines.Find(m => (string?)m["metadata"]!["name"] == machine);
            if (known is not null && (string?)known["status"]?["phase"] == "Running")
            {
                continue;
            }

            await MachineAsync(ns, cluster, machine, labels, wanted, image, trouble, isReady, cancellationToken);
        }

        var now = (await ListAsync(Core, version, "machines", ns, $"{Core}/cluster-name={cluster}", cancellationToken)).Where(m => names.Contains((string)m["metadata"]!["name"]!)).ToList();
        var good = now.Where(m => (string?)m["status"]!["phase"] == "Running").ToList();
        return (good.Count, now.Count(m => (string?)m["spec"]!["version"] == wanted), good.Select(m => (string?)m["spec"]!["version"]).Order(StringComparer.Ordinal).FirstOrDefault());
    }

    private async Task MachineAsync(
        string ns, string cluster, string name, JsonObject labels, string wanted, string image, string? trouble, bool isReady, CancellationToken cancellationToken)
    {
        var number = Convert.ToInt32(name[^4..], 16);
        var server = string.Create(CultureInfo.InvariantCulture, $"{number:x8}-0000-4000-8000-000000000000");
        var infrastructure = new JsonObject { ["conditions"] = new JsonArray(Condition("InstanceReady", isReady, trouble is null ? "InstanceNotReady" : "InstanceCreateFailed", trouble, trouble is null ? "Info" : "Error")) };
        if (trouble is null)
        {
            infrastructure["instanceID"] = server;
        }

        await ApplyAsync(
            Infrastructure, "v1beta1", "OpenStackMachine", "openstackmachines", ns, name, labels, new JsonObject { ["image"] = new JsonObject { ["id"] = image } }, infrastructure, [], cancellationToken);
        var spec = new JsonObject { ["clusterName"] = cluster, ["version"] = wanted, ["infrastructureRef"] = new JsonObject { ["kind"] = "OpenStackMachine", ["name"] = name } };
        if (trouble is null)
        {
            spec["providerID"] = $"openstack:///{server}";
        }

        var status = new JsonObject
        {
            ["phase"] = isReady ? "Running" : trouble is null ? "Provisioned" : "Provisioning",
            ["conditions"] = new JsonArray(
                Condition("InfrastructureReady", trouble is null, trouble is null ? "Ready" : "InstanceCreateFailed", trouble, trouble is null ? null : "Error"), Condition("NodeHealthy", isReady)),
        };
        if (isReady)
        {
            status["nodeRef"] = new JsonObject { ["name"] = name };
            status["addresses"] = new JsonArray(new JsonObject { ["type"] = "InternalIP", ["address"] = $"10.0.0.{number}" }, new JsonObject { ["type"] = "Hostname", ["address"] = name });
        }

        await ApplyAsync(Core, version, "Machine", "machines", ns, name, labels, spec, status, [], cancellationToken);
    }

    private async Task SetClusterStatusAsync(string ns, string name, bool mastersReady, bool deferred, CancellationToken cancellationToken)
    {
        var generation = (long)(await ListAsync(Core, version, "clusters", ns, null, cancellationToken)).Single(c => (string?)c["metadata"]!["name"] == name)["metadata"]!["generation"]!;
        JsonNode[] conditions =
        [
            Condition("InfrastructureReady", true),
            Condition(IsNew ? "ControlPlaneAvailable" : "ControlPlaneReady", mastersReady, "WaitingForControlPlane", null, "Info"),
            Condition(IsNew ? "Available" : "Ready", mastersReady, "WaitingForControlPlane", null, "Info"),
            Condition("TopologyReconciled", !deferred, "MachineDeploymentsUpgradeDeferred", deferred ? "deferred" : null, "Info"),
        ];
        await StatusAsync(Core, version, "Cluster", "clusters", ns, name, new JsonObject { ["observedGeneration"] = generation, ["phase"] = "Provisioned", ["conditions"] = new JsonArray(conditions) }, cancellationToken);
    }

    private async Task RemoveAsync(JsonObject cluster, CancellationToken cancellationToken)
    {
        var (ns, name) = ((string)cluster["metadata"]!["namespace"]!, (string)cluster["metadata"]!["name"]!);
        foreach (var (group, served, plural) in new[]
                 {
                     (Core, version, "machines"), (Infrastructure, "v1beta1", "openstackmachines"), (Core, version, "machinedeployments"),
                     (ControlPlane, version, "kubeadmcontrolplanes"), (Infrastructure, "v1beta1", "openstackclusters"),
                 })
        {
            foreach (var child in await ListAsync(group, served, plural, ns, $"{Core}/cluster-name={name}", cancellationToken))
            {
                await DeleteAsync(group, served, plural, child, cancellationToken);
            }
        }

        // Also the one by which the server waits for dependents: the collector of garbage is among those that are played.
        await _client.CustomObjects.PatchNamespacedCustomObjectAsync(
            new V1Patch("""{"metadata":{"finalizers":null}}""", V1Patch.PatchType.MergePatch), Core, version, ns, "clusters", name, cancellationToken: cancellationToken);
    }

    private async Task RemoveMachineAsync(JsonObject machine, CancellationToken cancellationToken)
    {
        await DeleteAsync(Core, version, "machines", machine, cancellationToken);
        await DeleteAsync(Infrastructure, "v1beta1", "openstackmachines", machine, cancellationToken);
    }

    private JsonObject Counts(long wanted, int ready, int upToDate) => new()
    {
        ["replicas"] = wanted,
        ["readyReplicas"] = ready,
        [IsNew ? "upToDateReplicas" : "updatedReplicas"] = upToDate,
        ["availableReplicas"] = ready,
    };

    private JsonNode Condition(string type, bool isTrue, string? reason = null, string? message = null, string? severity = null)
    {
        var condition = new JsonObject
        {
            ["type"] = type,
            ["status"] = isTrue ? "True" : "False",
            ["reason"] = isTrue ? "Ready" : reason ?? "NotReady",
            ["lastTransitionTime"] = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        };
        if (!isTrue && message is not null)
        {
            condition["message"] = message;
        }

        if (!isTrue && severity is not null && !IsNew)
        {
            condition["severity"] = severity;
        }

        return condition;
    }

    private static string? GroupOf(JsonObject deployment) => (string?)deployment["metadata"]!["labels"]![$"topology.{Core}/deployment-name"];

    private static string? Variable(JsonArray? variables, string name) => (string?)variables?.OfType<JsonObject>().FirstOrDefault(v => (string?)v["name"] == name)?["value"];

    private async Task<IReadOnlyList<JsonObject>> ListAsync(string group, string served, string plural, string? ns, string? labels, CancellationToken cancellationToken)
    {
        var found = new List<JsonObject>();
        string? next = null;
        do
        {
            var page = ns is null
                ? await _client.CustomObjects.ListClusterCustomObjectAsync(group, served, plural, labelSelector: labels, continueParameter: next, cancellationToken: cancellationToken)
                : await _client.CustomObjects.ListNamespacedCustomObjectAsync(group, served, ns, plural, labelSelector: labels, continueParameter: next, cancellationToken: cancellationToken);
            var read = JsonObject.Create((JsonElement)page)!;
            found.AddRange(((JsonArray)read["items"]!).Select(i => (JsonObject)i!.DeepClone()));
            next = (string?)read["metadata"]?["continue"];
        }
        while (!string.IsNullOrEmpty(next));
        return found;
    }

    private async Task ApplyAsync(
        string group, string served, string kind, string plural, string ns, string name, JsonObject? labels, JsonObject? spec, JsonObject? status, string[] finalizers, CancellationToken cancellationToken)
    {
        var metadata = new JsonObject { ["name"] = name, ["namespace"] = ns };
        if (labels is not null)
        {
            metadata["labels"] = labels.DeepClone();
        }

        if (finalizers.Length > 0)
        {
            metadata["finalizers"] = new JsonArray([.. finalizers.Select(f => (JsonNode)f)]);
        }

        var body = new JsonObject { ["apiVersion"] = $"{group}/{served}", ["kind"] = kind, ["metadata"] = metadata };
        if (spec is not null)
        {
            body["spec"] = spec.DeepClone();
        }

        await _client.CustomObjects.PatchNamespacedCustomObjectAsync(Patch(body), group, served, ns, plural, name, fieldManager: Manager, force: true, cancellationToken: cancellationToken);
        if (status is not null)
        {
            await StatusAsync(group, served, kind, plural, ns, name, status, cancellationToken);
        }
    }

    private async Task StatusAsync(string group, string served, string kind, string plural, string ns, string name, JsonObject status, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["apiVersion"] = $"{group}/{served}",
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns },
            ["status"] = status.DeepClone(),
        };
        await _client.CustomObjects.PatchNamespacedCustomObjectStatusAsync(Patch(body), group, served, ns, plural, name, fieldManager: Manager, force: true, cancellationToken: cancellationToken);
    }

    private async Task DeleteAsync(string group, string served, string plural, JsonObject o, CancellationToken cancellationToken)
    {
        try
        {
            await _client.CustomObjects.DeleteNamespacedCustomObjectAsync(
                group, served, (string)o["metadata"]!["namespace"]!, plural, (string)o["metadata"]!["name"]!, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is System.Net.HttpStatusCode.NotFound)
        {
            // Gone already.
        }
    }

    private static V1Patch Patch(JsonObject body) => new(body.ToJsonString(), V1Patch.PatchType.ApplyPatch);
}
