using System.Globalization;
using System.Text.Json.Nodes;

namespace Magnum.Drivers.ClusterApi.Contract;

/// <summary>When a node counts as broken, and when it is replaced.</summary>
/// <param name="UnhealthyAfter">How long a node may be not ready.</param>
/// <param name="MostUnhealthy">A count or percentage; with more broken nodes than that none is replaced.</param>
internal sealed record NodeHealthCheck(TimeSpan UnhealthyAfter, string MostUnhealthy);

/// <summary>How one version of Cluster API writes what differs between versions.</summary>
internal abstract class TopologyFormat
{
    public abstract string Name { get; }

    /// <param name="ns">Null: the cluster's own namespace.</param>
    public abstract void SetClass(JsonObject topology, string name, string? ns);

    /// <summary>The class' name and namespace; the latter null for the cluster's own.</summary>
    public abstract (string? Name, string? Namespace) ClassOf(JsonObject topology);

    /// <param name="piece">The control plane's or a machine deployment's.</param>
    /// <param name="check">Null: nodes are not replaced by themselves.</param>
    public abstract void SetHealthCheck(JsonObject piece, NodeHealthCheck? check);

    /// <summary>How long a node that goes is drained, and how long volumes may take to leave it.</summary>
    public abstract void SetTimeouts(JsonObject piece, TimeSpan drain, TimeSpan volumes);

    /// <summary>How many nodes are made at a time before others go.</summary>
    public abstract void SetSurge(JsonObject machineDeployment, int nodes);

    protected static JsonObject RollingUpdate(int nodes) => new()
    {
        ["type"] = "RollingUpdate",
        ["rollingUpdate"] = new JsonObject { ["maxSurge"] = nodes, ["maxUnavailable"] = 0 },
    };

    /// <summary>Percentages are texts and counts numbers.</summary>
    protected static JsonNode Share(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : text;

    protected static JsonArray NotReady(Func<TimeSpan, (string Field, JsonNode Value)> timeout, TimeSpan after) =>
        new(((string[])["False", "Unknown"]).Select(status =>
        {
            var (field, value) = timeout(after);
            return (JsonNode)new JsonObject { ["type"] = "Ready", ["status"] = status, [field] = value };
        }).ToArray());
}

/// <summary>The contract until Cluster API 1.10, and beside the next one until it is taken away.</summary>
internal sealed class TopologyFormatV1Beta1 : TopologyFormat
{
    public const string Version = "v1beta1";

    public override string Name => Version;

    public override void SetClass(JsonObject topology, string name, string? ns)
    {
        topology["class"] = name;
        if (ns is not null)
        {
            topology["classNamespace"] = ns;
        }
    }

    public override (string? Name, string? Namespace) ClassOf(JsonObject topology) => ((string?)topology["class"], (string?)topology["classNamespace"]);

    public override void SetHealthCheck(JsonObject piece, NodeHealthCheck? check) => piece["machineHealthCheck"] = check is null
        ? new JsonObject { ["enable"] = false }
        : new JsonObject
        {
            ["enable"] = true,
            ["maxUnhealthy"] = Share(check.MostUnhealthy),
            ["unhealthyConditions"] = NotReady(after => ("timeout", Duration(after)), check.UnhealthyAfter),
        };

    public override void SetTimeouts(JsonObject piece, TimeSpan drain, TimeSpan volumes)
    {
        piece["nodeDrainTimeout"] = Duration(drain);
        piece["nodeVolumeDetachTimeout"] = Duration(volumes);
    }

    public override void SetSurge(JsonObject machineDeployment, int nodes) => machineDeployment["strategy"] = RollingUpdate(nodes);

    private static string Duration(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalSeconds}s");
}

/// <summary>The contract since Cluster API 1.11.</summary>
internal sealed class TopologyFormatV1Beta2 : TopologyFormat
{
    public const string Version = "v1beta2";

    public override string Name => Version;

    public override void SetClass(JsonObject topology, string name, string? ns)
    {
        var reference = new JsonObject { ["name"] = name };
        if (ns is not null)
        {
            reference["namespace"] = ns;
        }

        topology["classRef"] = reference;
    }

    public override (string? Name, string? Namespace) ClassOf(JsonObject topology) =>
        topology["classRef"] is JsonObject reference ? ((string?)reference["name"], (string?)reference["namespace"]) : (null, null);

    public override void SetHealthCheck(JsonObject piece, NodeHealthCheck? check) => piece["healthCheck"] = check is null
        ? new JsonObject { ["enabled"] = false }
        : new JsonObject
        {
            ["enabled"] = true,
            ["checks"] = new JsonObject { ["unhealthyNodeConditions"] = NotReady(after => ("timeoutSeconds", (int)after.TotalSeconds), check.UnhealthyAfter) },
            ["remediation"] = new JsonObject { ["triggerIf"] = new JsonObject { ["unhealthyLessThanOrEqualTo"] = Share(check.MostUnhealthy) } },
        };

    public override void SetTimeouts(JsonObject piece, TimeSpan drain, TimeSpan volumes) => piece["deletion"] = new JsonObject
    {
        ["nodeDrainTimeoutSeconds"] = (int)drain.TotalSeconds,
        ["nodeVolumeDetachTimeoutSeconds"] = (int)volumes.TotalSeconds,
    };

    public override void SetSurge(JsonObject machineDeployment, int nodes) =>
        machineDeployment["rollout"] = new JsonObject { ["strategy"] = RollingUpdate(nodes) };
}
