namespace Magnum.Core.Policies;

/// <summary>The rules' names, as operators write them in <c>policy.yaml</c>.</summary>
public static class PolicyRules
{
    public const string ContextIsAdmin = "context_is_admin";

    public const string CertificateCreate = "certificate:create";
    public const string CertificateGet = "certificate:get";
    public const string CertificateRotateCa = "certificate:rotate_ca";

    public const string ClusterCreate = "cluster:create";
    public const string ClusterDelete = "cluster:delete";
    public const string ClusterDeleteAllProjects = "cluster:delete_all_projects";
    public const string ClusterDetail = "cluster:detail";
    public const string ClusterDetailAllProjects = "cluster:detail_all_projects";
    public const string ClusterGet = "cluster:get";
    public const string ClusterGetOneAllProjects = "cluster:get_one_all_projects";
    public const string ClusterGetAll = "cluster:get_all";
    public const string ClusterGetAllAllProjects = "cluster:get_all_all_projects";
    public const string ClusterUpdate = "cluster:update";
    public const string ClusterUpdateHealthStatus = "cluster:update_health_status";
    public const string ClusterUpdateAllProjects = "cluster:update_all_projects";
    public const string ClusterResize = "cluster:resize";
    public const string ClusterUpgrade = "cluster:upgrade";
    public const string ClusterUpgradeAllProjects = "cluster:upgrade_all_projects";

    public const string ClusterTemplateCreate = "clustertemplate:create";
    public const string ClusterTemplateDelete = "clustertemplate:delete";
    public const string ClusterTemplateDeleteAllProjects = "clustertemplate:delete_all_projects";
    public const string ClusterTemplateDetail = "clustertemplate:detail";
    public const string ClusterTemplateDetailAllProjects = "clustertemplate:detail_all_projects";
    public const string ClusterTemplateGet = "clustertemplate:get";
    public const string ClusterTemplateGetOneAllProjects = "clustertemplate:get_one_all_projects";
    public const string ClusterTemplateGetAll = "clustertemplate:get_all";
    public const string ClusterTemplateGetAllAllProjects = "clustertemplate:get_all_all_projects";
    public const string ClusterTemplateUpdate = "clustertemplate:update";
    public const string ClusterTemplateUpdateAllProjects = "clustertemplate:update_all_projects";
    public const string ClusterTemplatePublish = "clustertemplate:publish";

    public const string CredentialRotate = "credential:rotate";

    public const string FederationCreate = "federation:create";
    public const string FederationDelete = "federation:delete";
    public const string FederationDetail = "federation:detail";
    public const string FederationGet = "federation:get";
    public const string FederationGetAll = "federation:get_all";
    public const string FederationUpdate = "federation:update";

    public const string ServiceGetAll = "magnum-service:get_all";

    public const string NodeGroupGet = "nodegroup:get";
    public const string NodeGroupGetAll = "nodegroup:get_all";
    public const string NodeGroupGetAllAllProjects = "nodegroup:get_all_all_projects";
    public const string NodeGroupGetOneAllProjects = "nodegroup:get_one_all_projects";
    public const string NodeGroupCreate = "nodegroup:create";
    public const string NodeGroupDelete = "nodegroup:delete";
    public const string NodeGroupUpdate = "nodegroup:update";

    public const string QuotaCreate = "quota:create";
    public const string QuotaDelete = "quota:delete";
    public const string QuotaGet = "quota:get";
    public const string QuotaGetAll = "quota:get_all";
    public const string QuotaUpdate = "quota:update";

    public const string StatsGetAll = "stats:get_all";

    // Beyond OpenStack Magnum: what only this dashboard has.
    public const string AnnouncementEdit = "announcement:edit";
    public const string AuditGetAll = "audit:get_all";
}
