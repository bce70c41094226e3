namespace Magnum.Core.Diagnosis.Known;

/// <summary>What an operation waits for without a message that says why.</summary>
internal static class Waits
{
    public static readonly FailureCause Node = new("waiting-for-node", Actor.User, "Nodes have not reported themselves yet.", null);

    public static readonly FailureCause Server = new("waiting-for-server", Actor.Operator, "Nova builds servers and does not come to an end.", null);

    public static readonly FailureCause Volume = new("waiting-for-volume", Actor.Operator, "Cinder makes volumes and does not come to an end.", null);

    public static readonly FailureCause LoadBalancer = new("waiting-for-load-balancer", Actor.Operator, "Octavia builds the load balancer and does not come to an end.", null);

    public static readonly FailureCause Conductor = new("waiting-for-conductor", Actor.Operator, "No conductor takes the work up.", null);

    public static readonly FailureCause Cloud = new("waiting-for-cloud", Actor.Wait, "The cloud works and tells of no progress.", null);

    public static readonly FailureCause Unknown = new("unknown", Actor.Operator, "Magnum does not know this failure.", null);

    public static readonly IReadOnlyList<FailureCause> All = [Node, Server, Volume, LoadBalancer, Conductor, Cloud, Unknown];
}
