namespace Magnum.Core.Policies;

/// <summary>What holds without a policy file, in oslo.policy's syntax.</summary>
internal static class PolicyDefaults
{
    private const string Admin = "rule:context_is_admin";
    private const string Reader = "rule:admin_or_project_reader";
    private const string Member = "rule:admin_or_project_member";
    private const string DeniedReader = "rule:admin_or_project_reader_deny_cluster_user";
    private const string DeniedMember = "rule:admin_or_project_member_deny_cluster_user";

    /// <summary>The blocks of which the rules are made.</summary>
    /// <param name="enforceNewDefaults">False: each composite is or-ed with what it replaced, so that any role of the project suffices.</param>
    public static Dictionary<string, string> Blocks(bool enforceNewDefaults)
    {
        var orOwner = enforceNewDefaults ? "" : " or rule:admin_or_owner";
        var orUser = enforceNewDefaults ? "" : " or rule:admin_or_user";
        return new()
        {
            [PolicyRules.ContextIsAdmin] = "role:admin",
            ["is_user"] = "user_id:%(user_id)s",
            ["cluster_user"] = "user_id:%(trustee_user_id)s",
            ["admin_or_owner"] = "rule:context_is_admin or project_id:%(project_id)s",
            ["admin_or_user"] = "rule:context_is_admin or user_id:%(user_id)s",
            ["project_member"] = "role:member and project_id:%(project_id)s",
            ["project_reader"] = "role:reader and project_id:%(project_id)s",
            ["admin_or_project_member"] = "rule:context_is_admin or rule:project_member" + orOwner,
            ["admin_or_project_reader"] = "rule:context_is_admin or rule:project_reader" + orOwner,
            ["admin_or_project_member_user"] = "rule:context_is_admin or (rule:project_member and rule:is_user)" + orUser,
            ["admin_or_project_reader_user"] = "rule:context_is_admin or (rule:project_reader and rule:is_user)" + orUser,
            ["admin_or_project_member_user_or_cluster_user"] = "rule:context_is_admin or (rule:project_member and rule:is_user)" + orUser,
            ["project_member_deny_cluster_user"] = "rule:project_member" + (enforceNewDefaults ? "" : " or project_id:%(project_id)s"),
            ["project_reader_deny_cluster_user"] = "rule:project_reader" + (enforceNewDefaults ? "" : " or project_id:%(project_id)s"),
            ["admin_or_project_member_deny_cluster_user"] = "rule:context_is_admin or rule:project_member_deny_cluster_user",
            ["admin_or_project_reader_deny_cluster_user"] = "rule:context_is_admin or rule:project_reader_deny_cluster_user",
        };
    }

    /// <summary>The rules that requests are checked against. Nodes may use the certificate API of their own cluster, and nothing else.</summary>
    public static readonly IReadOnlyDictionary<string, string> Rules = new Dictionary<string, string>
    {
        [PolicyRules.CertificateCreate] = "rule:admin_or_project_member_user or rule:cluster_user",
        [PolicyRules.CertificateGet] = "rule:admin_or_project_reader_user or rule:cluster_user",
        [PolicyRules.CertificateRotateCa] = Member,
        [PolicyRules.ClusterCreate] = DeniedMember,
        [PolicyRules.ClusterDelete] = DeniedMember,
        [PolicyRules.ClusterDeleteAllProjects] = Admin,
        [PolicyRules.ClusterDetail] = DeniedReader,
        [PolicyRules.ClusterDetailAllProjects] = Admin,
        [PolicyRules.ClusterGet] = DeniedReader,
        [PolicyRules.ClusterGetOneAllProjects] = Admin,
        [PolicyRules.ClusterGetAll] = DeniedReader,
        [PolicyRules.ClusterGetAllAllProjects] = Admin,
        [PolicyRules.ClusterUpdate] = DeniedMember,
        [PolicyRules.ClusterUpdateHealthStatus] = "rule:admin_or_project_member_user_or_cluster_user",
        [PolicyRules.ClusterUpdateAllProjects] = Admin,
        [PolicyRules.ClusterResize] = DeniedMember,
        [PolicyRules.ClusterUpgrade] = DeniedMember,
        [PolicyRules.ClusterUpgradeAllProjects] = Admin,
        [PolicyRules.ClusterTemplateCreate] = DeniedMember,
        [PolicyRules.ClusterTemplateDelete] = Member,
        [PolicyRules.ClusterTemplateDeleteAllProjects] = Admin,
        [PolicyRules.ClusterTemplateDetail] = DeniedReader,
        [PolicyRules.ClusterTemplateDetailAllProjects] = Admin,
        [PolicyRules.ClusterTemplateGet] = DeniedReader,
        [PolicyRules.ClusterTemplateGetOneAllProjects] = Admin,
        [PolicyRules.ClusterTemplateGetAll] = DeniedReader,
        [PolicyRules.ClusterTemplateGetAllAllProjects] = Admin,
        [PolicyRules.ClusterTemplateUpdate] = Member,
        [PolicyRules.ClusterTemplateUpdateAllProjects] = Admin,
        [PolicyRules.ClusterTemplatePublish] = Admin,
        [PolicyRules.CredentialRotate] = "rule:project_member_deny_cluster_user",
        [PolicyRules.FederationCreate] = DeniedMember,
        [PolicyRules.FederationDelete] = DeniedMember,
        [PolicyRules.FederationDetail] = DeniedReader,
        [PolicyRules.FederationGet] = DeniedReader,
        [PolicyRules.FederationGetAll] = DeniedReader,
        [PolicyRules.FederationUpdate] = DeniedMember,
        [PolicyRules.ServiceGetAll] = Admin,
        [PolicyRules.NodeGroupGet] = Reader,
        [PolicyRules.NodeGroupGetAll] = Reader,
        [PolicyRules.NodeGroupGetAllAllProjects] = Admin,
        [PolicyRules.NodeGroupGetOneAllProjects] = Admin,
        [PolicyRules.NodeGroupCreate] = Member,
        [PolicyRules.NodeGroupDelete] = Member,
        [PolicyRules.NodeGroupUpdate] = Member,
        [PolicyRules.QuotaCreate] = Admin,
        [PolicyRules.QuotaDelete] = Admin,
        [PolicyRules.QuotaGet] = Reader,
        [PolicyRules.QuotaGetAll] = Admin,
        [PolicyRules.QuotaUpdate] = Admin,
        [PolicyRules.StatsGetAll] = Reader,
        [PolicyRules.AnnouncementEdit] = Admin,
        [PolicyRules.AuditGetAll] = Admin,
    };
}
