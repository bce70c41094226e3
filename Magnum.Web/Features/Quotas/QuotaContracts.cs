using System.Text.Json.Serialization;
using Magnum.Core.Quotas;
using Magnum.Web.Api;
using Magnum.Web.Api.Input;

namespace Magnum.Web.Features.Quotas;

/// <summary>A stored quota.</summary>
internal sealed record QuotaView(long Id, int HardLimit, string ProjectId, string Resource, DateTimeOffset CreatedAt, DateTimeOffset? UpdatedAt)
{
    public static QuotaView Of(Quota quota) => new(quota.Id, quota.HardLimit, quota.ProjectId, quota.Resource, quota.CreatedAt, quota.UpdatedAt);
}

/// <summary>The limit of a project that has no quota of its own.</summary>
internal sealed record DefaultQuotaView(int HardLimit, string ProjectId, string Resource);

/// <summary>What the REST API takes for a quota.</summary>
internal static class QuotaInput
{
    private static readonly Field HardLimit = new("hard_limit", new IntegerType(0)) { Default = 1 };

    public static readonly ResourceSchema Schema = new(
        "quota",
        new Field("id", new AnyType()),
        HardLimit,
        new Field("project_id", new TextType()),
        new Field("resource", new EnumType(Quota.ClusterResource)) { Default = Quota.ClusterResource },
        new Field("created_at", new AnyType()) { ReadOnly = true },
        new Field("updated_at", new AnyType()) { ReadOnly = true });
}

[JsonSerializable(typeof(QuotaView))]
[JsonSerializable(typeof(DefaultQuotaView))]
internal sealed partial class QuotaJson : JsonSerializerContext
{
    public static readonly QuotaJson Api = new(ApiJson.CreateOptions());
}
