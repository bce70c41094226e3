using System.ComponentModel.DataAnnotations;
using Magnum.Core.Clusters;

namespace Magnum.Core.Operations;

/// <summary>How long operations may take.</summary>
public sealed class OperationLimits
{
    /// <summary>What a create gets beyond its timeout, so that the back end's own time-out is seen first. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan CreateGrace { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Of every change of a cluster but an upgrade and a rotation of its CAs. Default 60 minutes.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan ChangeTimeout { get; set; } = TimeSpan.FromMinutes(60);

    /// <summary>Of a rotation of CAs, in which masters follow one after the other. Default 2 hours.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan RotateCaTimeout { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Of an upgrade: as long for each of the nodes that it replaces. Default 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan UpgradeTimeoutPerNode { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Of a delete, tries again included. Default 60 minutes.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan DeleteTimeout { get; set; } = TimeSpan.FromMinutes(60);

    /// <summary>How long an operation may take; null: no limit.</summary>
    public TimeSpan? For(OperationKind kind, Cluster cluster) => kind switch
    {
        OperationKind.Create when cluster.CreateTimeout == 0 => null,
        OperationKind.Create => TimeSpan.FromMinutes(cluster.CreateTimeout ?? ClusterOptions.DefaultCreateTimeout) + CreateGrace,
        OperationKind.Delete or OperationKind.NodeGroupDelete => DeleteTimeout,
        OperationKind.RotateCa => RotateCaTimeout,
        OperationKind.Upgrade => ChangeTimeout + (UpgradeTimeoutPerNode * cluster.NodeGroups.Sum(g => g.NodeCount)),
        _ => ChangeTimeout,
    };
}
