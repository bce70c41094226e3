using Magnum.Core;
using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Web.Api;
using Magnum.Web.Api.Input;
using Magnum.Web.Api.Patch;

namespace Magnum.Web.Features.Clusters;

/// <summary>What a patch of a cluster means: three fields may change, the others may only be repeated.</summary>
internal static class ClusterPatch
{
    /// <summary>What a patch may not do.</summary>
    public static readonly PatchRules Rules = new PatchRules
    {
        Mandatory = new HashSet<string>(StringComparer.Ordinal) { "/cluster_template_id" },
    }.WithInternal(
        "/api_address", "/node_addresses", "/master_addresses", "/stack_id", "/cluster_id", "/ca_cert_ref", "/magnum_cert_ref",
        "/etcd_ca_cert_ref", "/front_proxy_ca_cert_ref");

    private static readonly string[] Changeable = ["node_count", "health_status", "health_status_reason"];

    private static readonly ResourceSchema Schema = new(
        "cluster",
        [
            .. ClusterInput.Schema.Fields.Where(f => !f.ReadOnly && !Changeable.Contains(f.Name)),
            new Field("node_count", new IntegerType(0)) { Default = 1 },
            new Field("health_status", new EnumType(WireSpelling.WireNames<HealthStatus>())),
            new Field("health_status_reason", new MapType()),
            new Field("coe_version", new TextType(0)),
            new Field("container_version", new TextType(0)),
        ]);

    /// <summary>The change that the operations ask for.</summary>
    public static Result<ClusterUpdate> Change(Cluster cluster, IReadOnlyList<PatchOperation> operations, Microversion version, bool rollback)
    {
        var present = ToFields(cluster);
        var patched = PatchDocument.Apply(present, operations, Rules);
        if (!patched.IsSuccess)
        {
            return patched.Error;
        }

        // Only what an operation names is read anew: a stored value need not pass today's rules to be left as it is.
        var named = operations.Select(o => o.Parts[0]).ToHashSet(StringComparer.Ordinal);
        var schema = new ResourceSchema("cluster", [.. Schema.Fields.Where(f => named.Contains(f.Name))]);
        var read = schema.ReadPatched(patched.Value);
        if (!read.IsSuccess)
        {
            return read.Error;
        }

        var refused = schema.Fields.Select(f => f.Name)
            .Where(name => !Changeable.Contains(name) && !Same(read.Value[name], present[name]))
            .ToList();
        if (refused.Count > 0)
        {
            return new MagnumError.Invalid($"cannot change cluster property(ies) {string.Join(", ", refused)}.") { Field = refused[0] };
        }

        var nodeCount = named.Contains("node_count") ? read.Value.Integer("node_count") : null;
        if (nodeCount == 0 && version < Microversion.ZeroNodes)
        {
            return ZeroNodesTooEarly();
        }

        return new ClusterUpdate(
            nodeCount,
            named.Contains("health_status") ? WireSpelling.FromWire<HealthStatus>(read.Value.Text("health_status")) : null,
            named.Contains("health_status_reason") ? read.Value.Map("health_status_reason") : null,
            rollback);
    }

    private static bool Same(object? one, object? other) =>
        one is IReadOnlyDictionary<string, string> map && other is IReadOnlyDictionary<string, string> otherMap
            ? map.Count == otherMap.Count && !map.Except(otherMap).Any()
            : Equals(one, other) || PythonText.Repr(one) == PythonText.Repr(other);

    /// <summary>Groups of no nodes are newer than the version asked for.</summary>
    public static MagnumError ZeroNodesTooEarly() =>
        new MagnumError.Invalid("Resizing a nodegroup to zero is not supported in the provided microversion.") { Field = "node_count" };

    private static Dictionary<string, object?> ToFields(Cluster cluster)
    {
        var labels = ClusterLabels.Compare(cluster.Template.Labels, cluster.Labels);
        return new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["name"] = cluster.Name,
            ["cluster_template_id"] = cluster.ClusterTemplateId.ToString(),
            ["keypair"] = cluster.KeyPair,
            ["node_count"] = cluster.NodeCount,
            ["master_count"] = cluster.MasterCount,
            ["docker_volume_size"] = cluster.DockerVolumeSize,
            ["labels"] = cluster.Labels,
            ["master_flavor_id"] = cluster.MasterFlavorId,
            ["flavor_id"] = cluster.FlavorId,
            ["create_timeout"] = cluster.CreateTimeout,
            ["status"] = cluster.Status.ToWire(),
            ["status_reason"] = cluster.StatusReason,
            ["health_status"] = cluster.HealthStatus?.ToWire(),
            ["health_status_reason"] = cluster.HealthStatusReason,
            ["discovery_url"] = cluster.DiscoveryUrl,
            ["coe_version"] = cluster.CoeVersion,
            ["container_version"] = cluster.ContainerVersion,
            ["fixed_network"] = cluster.FixedNetwork,
            ["fixed_subnet"] = cluster.FixedSubnet,
            ["floating_ip_enabled"] = cluster.FloatingIpEnabled,
            ["master_lb_enabled"] = cluster.MasterLbEnabled,
            ["merge_labels"] = false,
            ["labels_overridden"] = labels.Overridden,
            ["labels_added"] = labels.Added,
            ["labels_skipped"] = labels.Skipped,
            ["faults"] = new Dictionary<string, string>(),
        };
    }
}
