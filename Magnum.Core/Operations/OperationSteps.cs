using Magnum.Core.Clusters;

namespace Magnum.Core.Operations;

/// <summary>Names of the steps, stable keys that the dashboard translates, and which operation has which.</summary>
public static class OperationSteps
{
    /// <summary>Create: the user by which nodes identify themselves. Delete: that user and the trust go.</summary>
    public const string Credentials = "credentials";

    /// <summary>Create: CAs, Magnum's client certificate, the service accounts' key. Rotation: the next CAs. Delete: they go.</summary>
    public const string Certificates = "certificates";

    /// <summary>The engine moves its work off the nodes that are going to go.</summary>
    public const string Drain = "drain";

    /// <summary>The back end is asked to make, change or remove the cluster.</summary>
    public const string Infrastructure = "infrastructure";

    /// <summary>The back end works.</summary>
    public const string Provisioning = "provisioning";

    /// <summary>What only the operation needed is taken away.</summary>
    public const string Finish = "finish";

    /// <summary>Delete: the operation that ran before has let go.</summary>
    public const string Stop = "stop";

    /// <summary>Delete: the back end removes.</summary>
    public const string Removal = "removal";

    /// <summary>Delete: the groups that were added go before what they stand on.</summary>
    public const string NodeGroups = "node-groups";

    /// <summary>How the message of such a step begins while nothing is amiss; the stages that are not done follow.</summary>
    public const string CloudWorks = "the cloud works on the cluster's resources";

    /// <summary>Rotation: every node trusts the next CAs beside the old ones.</summary>
    public const string Trust = "trust";

    /// <summary>Rotation: the next CAs sign, and every node has its certificates from them.</summary>
    public const string Reissue = "reissue";

    /// <summary>Rotation: no node trusts the old CAs any more.</summary>
    public const string Retire = "retire";

    private static readonly (string Name, int Weight)[] Create =
        [(Credentials, 3), (Certificates, 5), (Infrastructure, 5), (Provisioning, 85), (Finish, 2)];

    private static readonly (string Name, int Weight)[] Change =
        [(Credentials, 3), (Drain, 10), (Infrastructure, 5), (Provisioning, 80), (Finish, 2)];

    private static readonly (string Name, int Weight)[] RotateCa =
        [(Certificates, 5), (Trust, 31), (Reissue, 31), (Retire, 31), (Finish, 2)];

    private static readonly (string Name, int Weight)[] Delete =
        [(Stop, 2), (Infrastructure, 5), (Removal, 85), (Certificates, 3), (Credentials, 5)];

    private static readonly (string Name, int Weight)[] DeleteWithGroups =
        [(Stop, 2), (NodeGroups, 40), (Infrastructure, 5), (Removal, 45), (Certificates, 3), (Credentials, 5)];

    private static readonly (string Name, int Weight)[] DeleteGroup =
        [(Stop, 2), (Drain, 10), (Infrastructure, 5), (Removal, 81), (Finish, 2)];

    /// <summary>Steps of an operation in order, with their share of the percentage.</summary>
    public static IReadOnlyList<(string Name, int Weight)> Of(OperationKind kind, Cluster cluster) => kind switch
    {
        OperationKind.Create => Create,
        OperationKind.Delete => cluster.NodeGroups.TrueForAll(g => g.IsDefault) ? Delete : DeleteWithGroups,
        OperationKind.NodeGroupDelete => DeleteGroup,
        OperationKind.RotateCa => RotateCa,
        _ => Change,
    };

    /// <summary>Steps in which the back end works and Magnum only looks.</summary>
    public static bool IsWaitingForBackend(string? step) => step is Provisioning or Removal;
}
