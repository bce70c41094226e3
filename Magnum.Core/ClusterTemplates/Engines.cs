namespace Magnum.Core.ClusterTemplates;

/// <summary>What has to be known of engines beyond their drivers.</summary>
public static class Engines
{
    /// <summary>Whether it is Docker in swarm mode, under either of its names.</summary>
    public static bool IsSwarm(string coe) => coe is "swarm" or "swarm-mode";

    /// <summary>Whether it is Apache Mesos, in whose clusters nobody has a certificate.</summary>
    public static bool IsMesos(string coe) => coe is "mesos";
}
