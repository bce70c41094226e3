using System.Text.Json.Serialization;
using Magnum.Core;
using Magnum.Core.Drivers;
using Magnum.Web.Api;
using Magnum.Web.Api.Description;

namespace Magnum.Web.Features.Clusters;

/// <summary>What launching would do.</summary>
internal sealed record PlanView(
    bool CanLaunch, IReadOnlyList<CheckView> Checks, IReadOnlyList<PlannedResourceView> Resources, IReadOnlyList<QuotaProjectionView> Quotas)
{
    public static PlanView Of(ClusterPlan plan) => new(
        plan.CanLaunch,
        [.. plan.Checks.Select(c => new CheckView(c.Id, c.Outcome.ToWire(), c.Message, c.Field))],
        [.. plan.Resources.Select(r => new PlannedResourceView(r.Type, r.Name, r.Count, r.Detail))],
        [.. plan.Quotas.Select(q => new QuotaProjectionView(q.Resource, q.Used, q.Adds, q.Limit, q.Fits))]);
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Field">The request's field to change.</param>
internal sealed record CheckView(string Id, [property: Words<CheckOutcome>] string Outcome, string Message, string? Field);

/// <summary>Resources of one kind that would be made.</summary>
internal sealed record PlannedResourceView(string Type, string Name, int Count, string Detail);

/// <summary>Use of a limit before and after.</summary>
/// <param name="Limit">-1: none.</param>
internal sealed record QuotaProjectionView(string Resource, int Used, int Adds, int Limit, bool Fits);

[JsonSerializable(typeof(PlanView))]
internal sealed partial class PlanJson : JsonSerializerContext
{
    public static readonly PlanJson Api = new(ApiJson.CreateOptions());
}
