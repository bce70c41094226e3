using Magnum.Core.Operations;

namespace Magnum.Core.Reconciliation;

/// <summary>Operations in words.</summary>
internal static class Words
{
    public static string Of(OperationKind kind) => kind switch
    {
        OperationKind.Create => "creating the cluster",
        OperationKind.Delete => "deleting the cluster",
        OperationKind.Resize or OperationKind.Update => "resizing the cluster",
        OperationKind.Upgrade => "upgrading the cluster",
        OperationKind.RotateCa => "rotating the cluster's CAs",
        OperationKind.NodeGroupCreate => "adding a node group",
        OperationKind.NodeGroupUpdate => "changing a node group",
        _ => "removing a node group",
    };

    public static string Capital(OperationKind kind)
    {
        var words = Of(kind);
        return char.ToUpperInvariant(words[0]) + words[1..];
    }
}
