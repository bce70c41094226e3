namespace Magnum.Drivers.ClusterApi;

/// <summary>Section <c>Drivers:ClusterApi</c>: the management cluster, and what clusters are made of there. Without a kubeconfig there is no such driver.</summary>
public sealed class ClusterApiOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Drivers:ClusterApi";

    /// <summary>What stands for the project's id in <see cref="NamespacePattern"/>.</summary>
    public const string ProjectPlaceholder = "{project_id}";

    /// <summary>A kubeconfig file by which Magnum reaches the management cluster; read again when it has changed.</summary>
    public string? Kubeconfig { get; set; }

    /// <summary>The kubeconfig's context; its current one unless given.</summary>
    public string? Context { get; set; }

    /// <summary>Magnum runs in the management cluster and uses its pod's service account; no kubeconfig then.</summary>
    public bool InCluster { get; set; }

    /// <summary>The namespace of a project's clusters; <c>{project_id}</c> has to be in it.</summary>
    public string NamespacePattern { get; set; } = $"magnum-{ProjectPlaceholder}";

    /// <summary>The ClusterClass of new clusters. A cluster keeps the class that it was made with.</summary>
    public string ClusterClass { get; set; } = "magnum-openstack";

    /// <summary>The class' namespace; empty: each project's namespace has the class.</summary>
    public string ClassNamespace { get; set; } = "magnum-system";

    /// <summary>The class' machine deployment class, which node groups are of.</summary>
    public string WorkerClass { get; set; } = "default-worker";

    /// <summary>Keystone's address for Cluster API and for the clusters, ending in <c>/v3</c>; OpenStack's public one unless given.</summary>
    public string? CloudAuthUrl { get; set; }

    /// <summary>Which of the cloud's endpoints Cluster API calls: <c>public</c>, <c>internal</c> or <c>admin</c>. The clusters themselves use the public ones.</summary>
    public string CloudInterface { get; set; } = "public";

    /// <summary>A PEM file with the authorities of the cloud's certificates, for Cluster API; <c>OpenStack:CaFile</c> unless given.</summary>
    public string? CloudCaFile { get; set; }

    /// <summary>Networks from which the management cluster reaches the clusters: let in too where a cluster's API is open to some networks only (label <c>master_lb_allowed_cidrs</c>).</summary>
    public IList<string> ManagementCidrs { get; } = [];

    /// <summary>Roles that a cluster's application credential gets, as far as its owner has them. Never <c>admin</c>.</summary>
    public IList<string> CredentialRoles { get; } = [];

    /// <summary>How long a call to the management cluster may take; 30 s.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long something may be in error, tried again and again by Cluster API, until the cluster counts as failed; 10 min.</summary>
    public TimeSpan FailAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether the driver is configured.</summary>
    public bool IsConfigured => InCluster || !string.IsNullOrEmpty(Kubeconfig);

    /// <summary>Roles of the application credential.</summary>
    internal IReadOnlyList<string> Roles => CredentialRoles.Count > 0 ? [.. CredentialRoles] : OpenStack.Keystone.ClusterCredentials.UsualRoles;
}
