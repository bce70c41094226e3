using System.Security.Cryptography.X509Certificates;

namespace Magnum.Core.Certificates;

/// <summary>What a Kubernetes node may be called in a certificate: the subjects of kubelets and of the control plane, and nothing else.</summary>
internal static class NodeSubjects
{
    private const string CommonName = "2.5.4.3";
    private const string OrganizationName = "2.5.4.10";
    private const string NodePrefix = "system:node:";

    private static readonly HashSet<(string CommonName, string? Organization)> ClusterCa =
    [
        ("kube-apiserver", null),
        ("kube-apiserver-kubelet-client", "kubeadm:cluster-admins"),
        ("kube-apiserver-kubelet-client", "system:masters"),
        ("system:kube-controller-manager", null),
        ("system:kube-scheduler", null),
        ("kubernetes-admin", "kubeadm:cluster-admins"),
        ("kubernetes-super-admin", "system:masters"),
    ];

    public static bool Allows(X500DistinguishedName subject, CaType ca) => Read(subject) is var (name, organization) && ca switch
    {
        // Everything that the etcd and front-proxy CAs sign is good for their own service only.
        CaType.Etcd => organization is null or "system:masters",
        CaType.FrontProxy => name == "front-proxy-client" && organization is null,
        _ => ClusterCa.Contains((name, organization)) || NodeOf(name, organization) is not null,
    };

    /// <summary>The node whose kubelet is called so; null when it is no kubelet's subject.</summary>
    public static string? NodeOf(X500DistinguishedName subject) => Read(subject) is var (name, organization) ? NodeOf(name, organization) : null;

    private static string? NodeOf(string name, string? organization) =>
        organization == "system:nodes" && name.Length > NodePrefix.Length && name.StartsWith(NodePrefix, StringComparison.Ordinal) ? name[NodePrefix.Length..] : null;

    /// <summary>A subject of one common name and at most one organization; null for any other.</summary>
    internal static (string Name, string? Organization)? Read(X500DistinguishedName subject)
    {
        string? name = null, organization = null;
        foreach (var part in subject.EnumerateRelativeDistinguishedNames())
        {
            if (part.HasMultipleElements || part.GetSingleElementValue() is not { } value)
            {
                return null;
            }

            switch (part.GetSingleElementType().Value)
            {
                case CommonName when name is null:
                    name = value;
                    break;
                case OrganizationName when organization is null:
                    organization = value;
                    break;
                default:
                    return null;
            }
        }

        return name is null ? null : (name, organization);
    }
}
