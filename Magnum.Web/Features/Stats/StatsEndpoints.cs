using System.Text.Json.Serialization;
using Magnum.Core.Errors;
using Magnum.Core.Stats;
using Magnum.Web.Api;
using Magnum.Web.Api.Output;

namespace Magnum.Web.Features.Stats;

/// <summary><c>/v1/stats</c>.</summary>
internal static class StatsEndpoints
{
    public static void MapStats(this RouteGroupBuilder v1) =>
        v1.MapGet("/stats", GetAsync).WithMetadata(new ApiRoute("get")
        {
            Summary = "How much there is",
            Query = ["project_id", "type"],
            Answers = [StatsJson.Api.StatsView],
        });

    internal static async Task<IResult> GetAsync(ApiRequest request, StatsService stats, CancellationToken cancellationToken)
    {
        if ((request.One("type", out var type) ?? request.One("project_id", out _)) is { } refused)
        {
            return new ApiError(refused);
        }

        if (type is not null && !type.Equals("cluster", StringComparison.OrdinalIgnoreCase))
        {
            return new ApiError(new MagnumError.Invalid("Invalid stats type. Allowed values are 'cluster'") { Field = "type" });
        }

        request.One("project_id", out var project);
        var counted = await stats.GetAsync(request.Caller, project, cancellationToken);
        return counted.ToAnswer(s => ApiResponse.Json(new StatsView(s.Clusters, s.Nodes), StatsJson.Api.StatsView));
    }
}

/// <summary>How much there is.</summary>
/// <param name="Nodes">Masters included.</param>
internal sealed record StatsView(int Clusters, int Nodes);

[JsonSerializable(typeof(StatsView))]
internal sealed partial class StatsJson : JsonSerializerContext
{
    public static readonly StatsJson Api = new(ApiJson.CreateOptions());
}
