using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.Operations;
using Magnum.Web.Components.Parts;

namespace Magnum.Web.Features.Clusters;

/// <summary>The wizard's steps in order.</summary>
public enum LaunchStep
{
    Template,
    Size,
    Network,
    Options,
    Access,
    Review,
}

/// <summary>What the wizard holds: the request as typed so far, and what is known about it.</summary>
public sealed record LaunchModel
{
    public NewCluster Request { get; init; } = new() { ClusterTemplateId = "" };

    public ClusterTemplate? Template { get; init; }

    public DriverDescription? Driver { get; init; }

    public CloudChoices Cloud { get; init; } = new();

    /// <summary>The last plan; it may be older than the request while <see cref="IsPlanning"/>.</summary>
    public ClusterPlan? Plan { get; init; }

    public bool IsPlanning { get; init; }

    /// <summary>How long launches with this driver took; null: too few to tell.</summary>
    public OperationEstimate? Estimate { get; init; }

    /// <summary>Refusals of the server by field, in the API's spelling.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; init; } = new Dictionary<string, string>();

    public string? MasterFlavor => Request.MasterFlavorId ?? Template?.MasterFlavorId;

    public string? Flavor => Request.FlavorId ?? Template?.FlavorId;

    public string? KeyPair => Request.KeyPair ?? Template?.KeyPairId;

    public string? Network => Request.FixedNetwork ?? Template?.FixedNetwork;

    public bool LoadBalancer => Request.MasterLbEnabled ?? Template?.MasterLbEnabled ?? false;

    public bool FloatingIps => Request.FloatingIpEnabled ?? Template?.FloatingIpEnabled ?? true;

    public int? VolumeSize => Request.DockerVolumeSize ?? Template?.DockerVolumeSize;

    /// <summary>Whether the number of masters needs the load balancer and has none.</summary>
    public bool NeedsLoadBalancer => Request.MasterCount > 1 && !LoadBalancer;

    /// <summary>The request by which a cluster would be made again: what it has from its template is left to the template.</summary>
    public static NewCluster RequestOf(Cluster cluster)
    {
        var (template, labels) = (cluster.Template, cluster.Labels);
        var own = labels.Where(l => !template.Labels.TryGetValue(l.Key, out var value) || value != l.Value).ToDictionary();
        var merges = template.Labels.Keys.All(labels.ContainsKey);
        return new NewCluster
        {
            Name = cluster.Name,
            ClusterTemplateId = cluster.ClusterTemplateId.ToString(),
            KeyPair = cluster.KeyPair,
            MasterCount = cluster.MasterCount,
            NodeCount = cluster.NodeCount,
            MasterFlavorId = cluster.MasterFlavorId,
            FlavorId = cluster.FlavorId,
            DockerVolumeSize = cluster.DockerVolumeSize,
            CreateTimeout = cluster.CreateTimeout,
            FixedNetwork = cluster.FixedNetwork,
            FixedSubnet = cluster.FixedSubnet,
            FloatingIpEnabled = cluster.FloatingIpEnabled,
            MasterLbEnabled = cluster.MasterLbEnabled,
            Labels = own.Count == 0 && merges ? null : merges ? own : labels,
            MergeLabels = merges && own.Count > 0,
        };
    }

    /// <summary>What can be said without asking: name of a text by field.</summary>
    public IEnumerable<(string Field, string TextName)> LocalProblems()
    {
        if (Template is null)
        {
            yield return ("cluster_template_id", "Launch.NoTemplate");
        }

        if (NameProblem(Request.Name) is { } name)
        {
            yield return ("name", name);
        }

        if (Request.MasterCount is < 1 or NumberInput.Unusable)
        {
            yield return ("master_count", "Launch.MasterCount");
        }
        else if (Request.MasterCount % 2 == 0 && Driver?.OddMasterCount != false)
        {
            yield return ("master_count", "Launch.OddMasters");
        }
        else if (NeedsLoadBalancer)
        {
            yield return ("master_lb_enabled", "Launch.NeedsBalancer");
        }

        if (Request.NodeCount is < 0 or NumberInput.Unusable)
        {
            yield return ("node_count", "Launch.NodeCount");
        }

        if (Template is not null && MasterFlavor is null)
        {
            yield return ("master_flavor_id", "Launch.NoFlavor");
        }

        if (Template is not null && Flavor is null)
        {
            yield return ("flavor_id", "Launch.NoFlavor");
        }

        if (Request.DockerVolumeSize is < 1 or NumberInput.Unusable)
        {
            yield return ("docker_volume_size", "Launch.VolumeSize");
        }

        if (Request.CreateTimeout is < 0 or NumberInput.Unusable)
        {
            yield return ("create_timeout", "Launch.Timeout");
        }
    }

    /// <summary>The name of a text that says what is wrong with a cluster's name; null when nothing is.</summary>
    public static string? NameProblem(string? name) => name switch
    {
        null or "" => "Launch.NameMissing",
        { Length: > ClusterName.MaxLength } => "Launch.NameLong",
        _ when !ClusterName.IsWellFormed(name) => "Launch.NamePattern",
        _ => null,
    };

    /// <summary>The step on which a field is; unknown ones are told on the review.</summary>
    public static LaunchStep StepOf(string field) => field.Split('.', '/')[0] switch
    {
        "name" or "cluster_template_id" or "image_id" => LaunchStep.Template,
        "master_count" or "node_count" or "master_flavor_id" or "flavor_id" or "docker_volume_size" => LaunchStep.Size,
        "fixed_network" or "fixed_subnet" or "floating_ip_enabled" or "master_lb_enabled" or "external_network_id" => LaunchStep.Network,
        "labels" or "merge_labels" or "create_timeout" => LaunchStep.Options,
        "keypair" => LaunchStep.Access,
        _ => LaunchStep.Review,
    };
}
