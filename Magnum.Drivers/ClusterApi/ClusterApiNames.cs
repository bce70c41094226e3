using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Magnum.Core.Clusters;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat;

namespace Magnum.Drivers.ClusterApi;

/// <summary>Names, labels and annotations of a cluster's objects, all derived from its rows: an object is found again without anything having been stored.</summary>
internal static partial class ClusterApiNames
{
    /// <summary>Of whoever applies: fields that others manage are theirs.</summary>
    public const string FieldManager = "magnum";

    public const string ClusterUuidLabel = "magnum.openstack.org/cluster-uuid";
    public const string ProjectLabel = "magnum.openstack.org/project-id";

    /// <summary>The network driver, by which an operator's add-ons choose clusters.</summary>
    public const string NetworkDriverLabel = "magnum.openstack.org/network-driver";

    /// <summary>On the secret of the cloud's credential.</summary>
    public const string CredentialAnnotation = "magnum.openstack.org/application-credential-id";

    /// <summary>Whose credential it is; no label, for some clouds' ids are too long for one.</summary>
    public const string UserAnnotation = "magnum.openstack.org/user-id";

    /// <summary>What the annotations that name operations begin with; a group's uuid or <c>cluster</c> follows.</summary>
    public const string GenerationPrefix = "generation.magnum.openstack.org/";


    /// <summary>The same for the moments at which they were asked for.</summary>
    public const string MomentPrefix = "moment.magnum.openstack.org/";

    /// <summary>The name that people gave.</summary>
    public const string NameAnnotation = "magnum.openstack.org/name";

    /// <summary>Cluster API's own labels and annotations.</summary>
    public const string ClusterNameLabel = "cluster.x-k8s.io/cluster-name";
    public const string ControlPlaneLabel = "cluster.x-k8s.io/control-plane";
    public const string DeploymentNameLabel = "topology.cluster.x-k8s.io/deployment-name";
    public const string TopologyOwnedLabel = "topology.cluster.x-k8s.io/owned";
    public const string DeferUpgrade = "topology.cluster.x-k8s.io/defer-upgrade";
    public const string DeleteMachine = "cluster.x-k8s.io/delete-machine";
    public const string AutoscalerMinimum = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size";
    public const string AutoscalerMaximum = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size";

    // A machine's name, which is its server's too, ends in three parts of five characters and has to be a DNS label.
    private const int LongestGroup = 24;

    public static string NamespaceOf(ClusterApiOptions options, string projectId) =>
        options.NamespacePattern.Replace(
            ClusterApiOptions.ProjectPlaceholder, string.Concat(projectId.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant(), StringComparison.Ordinal);

    public static string NameOf(Cluster cluster) => StackNames.For(cluster.Name, cluster.Uuid);

    /// <summary>The name of a group's machine deployment in the topology: the group's own where that is a name for Kubernetes, and not too long.</summary>
    public static string NameOf(NodeGroup group)
    {
        if (group.Name.Length <= LongestGroup && IsLabel(group.Name))
        {
            return group.Name;
        }

        var name = new StringBuilder();
        foreach (var c in group.Name.Select(char.ToLowerInvariant).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'))
        {
            if (name.Length < LongestGroup - 9 && (c != '-' || (name.Length > 0 && name[^1] != '-')))
            {
                name.Append(c);
            }
        }

        var stem = name.ToString().Trim('-') is { Length: > 0 } some ? some : "group";
        return string.Create(CultureInfo.InvariantCulture, $"{stem}-{group.Uuid:N}")[..(stem.Length + 9)];
    }

    /// <summary>What is stored for an added group.</summary>
    public static string BackendIdOf(string cluster, string topologyName) => $"{cluster}/{topologyName}";

    public static string CloudSecretOf(string cluster) => $"{cluster}-cloud-config";

    /// <summary>The name of what puts the cloud's credential into the cluster itself: a secret, and the resource set that has it.</summary>
    public static string CloudProviderOf(string cluster) => $"{cluster}-cloud-provider";

    public static string GenerationOf(NodeGroup? group) => $"{GenerationPrefix}{Piece(group)}";

    public static string MomentOf(NodeGroup? group) => $"{MomentPrefix}{Piece(group)}";

    /// <summary>Whether a text is a name for a namespace and the like (RFC 1123).</summary>
    public static bool IsLabel(string text) => text.Length <= 63 && Label().IsMatch(text);

    public static bool IsSubdomain(string text) => text.Length is > 0 and <= 253 && text.Split('.').All(IsLabel);

    /// <summary>Whether a text may stand behind a label's key's slash.</summary>
    public static bool IsLabelName(string text) => LabelName().IsMatch(text);

    private static string Piece(NodeGroup? group) => group?.Uuid.ToString() ?? "cluster";

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex LabelName();
}
