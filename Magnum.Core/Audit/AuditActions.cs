using Magnum.Core.Policies;

namespace Magnum.Core.Audit;

/// <summary>What requests are on record as: the policy rule that is asked for, or a name of the same form for what has no rule of its own.</summary>
public static class AuditActions
{
    public const string AnnouncementCreate = "announcement:create";
    public const string AnnouncementDelete = "announcement:delete";
    public const string ClusterRetry = "cluster:retry";
    public const string QuotaRequestApprove = "quota_request:approve";
    public const string QuotaRequestCreate = "quota_request:create";
    public const string QuotaRequestRefuse = "quota_request:refuse";
    public const string QuotaRequestWithdraw = "quota_request:withdraw";

    /// <summary>All of them, as one chooses from.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        PolicyRules.ClusterCreate, PolicyRules.ClusterUpdate, PolicyRules.ClusterResize, PolicyRules.ClusterUpgrade, ClusterRetry, PolicyRules.ClusterDelete,
        PolicyRules.NodeGroupCreate, PolicyRules.NodeGroupUpdate, PolicyRules.NodeGroupDelete,
        PolicyRules.CertificateCreate, PolicyRules.CertificateRotateCa, PolicyRules.CredentialRotate,
        PolicyRules.ClusterTemplateCreate, PolicyRules.ClusterTemplateUpdate, PolicyRules.ClusterTemplateDelete,
        PolicyRules.QuotaCreate, PolicyRules.QuotaUpdate, PolicyRules.QuotaDelete,
        QuotaRequestCreate, QuotaRequestApprove, QuotaRequestRefuse, QuotaRequestWithdraw, AnnouncementCreate, AnnouncementDelete,
    ];
}
