using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Web.Api;
using Magnum.Web.Api.Http;
using Magnum.Web.Api.Input;
using Magnum.Web.Api.Output;
using Magnum.Web.Api.Patch;

namespace Magnum.Web.Features.Clusters;

/// <summary><c>/v1/clusters</c>.</summary>
internal static class ClusterEndpoints
{
    private const string Argument = "cluster_ident";

    public static void MapClusters(this RouteGroupBuilder v1)
    {
        var list = new ApiRoute("get_all") { Query = ApiRoute.PageParameters, Collection = "clusters" };
        v1.MapGet("/clusters", ListAsync).WithMetadata(list with
        {
            Summary = "Clusters of the project; of all projects for administrators",
            Answers = [ClusterJson.ListView(Microversion.Maximum)],
        });
        v1.MapGet("/clusters/detail", ListDetailAsync).WithMetadata(list with
        {
            Summary = "The same with all fields",
            Answers = [ClusterJson.View(Microversion.Maximum)],
        });
        v1.MapPost("/clusters", CreateAsync).WithMetadata(new ApiRoute("post")
        {
            Summary = "Launch a cluster. No nodes (node_count 0) from 1.10",
            Body = "cluster",
            Input = ClusterInput.Schema,
            Status = StatusCodes.Status202Accepted,
            Answers = [ApiContractsJson.Api.UuidOnly],
            IsIdempotent = true,
        });
        v1.MapMissingIdent("/clusters", Argument);
        v1.MapGet("/clusters/{ident}", ShowAsync).WithMetadata(new ApiRoute("get_one")
        {
            Summary = "A cluster",
            Answers = [ClusterJson.View(Microversion.Maximum)],
            HasEntityTag = true,
        });
        v1.MapPatch("/clusters/{ident}", PatchAsync).WithMetadata(new ApiRoute("patch")
        {
            Summary = "Change the number of workers, or the health; no nodes from 1.10",
            Body = "patch",
            Status = StatusCodes.Status202Accepted,
            Answers = [ApiContractsJson.Api.UuidOnly],
            HasEntityTag = true,
            NewerQuery = new Dictionary<string, Microversion> { ["rollback"] = new(3) },
        });
        v1.MapDelete("/clusters/{ident}", DeleteAsync).WithMetadata(new ApiRoute("delete")
        {
            Summary = "Delete a cluster, whatever it is doing",
            Status = StatusCodes.Status204NoContent,
            HasEntityTag = true,
        });
        var action = new ApiRoute("resize") { Since = new(7), Status = StatusCodes.Status202Accepted, Answers = [ApiContractsJson.Api.UuidOnly] };
        v1.MapPost("/clusters/{ident}/actions/resize", ResizeAsync).WithMetadata(action with
        {
            Summary = "Give a node group another size; no nodes from 1.10",
            Body = "cluster_resize_req",
            Input = ClusterInput.Resize,
        });
        v1.MapPost("/clusters/{ident}/actions/upgrade", UpgradeAsync).WithMetadata(action with
        {
            Handler = "upgrade",
            Summary = "Move a cluster to another template; refused below 1.8",
            Body = "cluster_upgrade_req",
            Input = ClusterInput.Upgrade,
        });
        v1.MapPost("/clusters/plan", PlanAsync).WithMetadata(new ApiRoute("plan")
        {
            Summary = "What launching would make and use, and whether it can work; nothing is made",
            Body = "cluster",
            Input = ClusterInput.Schema,
            Answers = [PlanJson.Api.PlanView],
            Beyond = true,
        });
        v1.MapPost("/clusters/{ident}/actions/retry", RetryAsync).WithMetadata(new ApiRoute("retry")
        {
            Summary = "Try again what failed",
            Status = StatusCodes.Status202Accepted,
            Answers = [ApiContractsJson.Api.UuidOnly],
            Beyond = true,
        });
    }

    internal static async Task<IResult> PlanAsync(ApiRequest request, ClusterService clusters, CancellationToken cancellationToken)
    {
        var input = ClusterInput.Schema.Read(request.Body);
        if (!input.IsSuccess)
        {
            return new ApiError(input.Error);
        }

        var plan = await clusters.PlanAsync(request.Caller, ClusterInput.ToNewCluster(input.Value), cancellationToken);
        return plan.ToAnswer(p => ApiResponse.Json(PlanView.Of(p), PlanJson.Api.PlanView));
    }

    internal static async Task<IResult> RetryAsync(ApiRequest request, string ident, ClusterService clusters, CancellationToken cancellationToken)
    {
        var retried = await clusters.RetryAsync(request.Caller, ident, cancellationToken);
        return retried.ToAnswer(cluster => ApiResponse.Accepted(cluster.Uuid));
    }

    internal static async Task<IResult> ListAsync(ApiRequest request, IClusterQueries clusters, CancellationToken cancellationToken)
    {
        var query = PageQuery.Read(request, "/v1/clusters");
        if (!query.IsSuccess)
        {
            return new ApiError(query.Error);
        }

        var page = await clusters.ListAsync(request.Caller, query.Value.Request, cancellationToken);
        return page.ToAnswer(found => new Collection<ClusterSummary, ClusterListView>(
            "clusters",
            found.Items,
            cluster => ClusterListView.Of(cluster, request),
            ClusterJson.ListView(request.Version),
            query.Value,
            cluster => cluster.Uuid.ToString()));
    }

    internal static async Task<IResult> ListDetailAsync(ApiRequest request, IClusterQueries clusters, CancellationToken cancellationToken)
    {
        var query = PageQuery.Read(request, "/v1/clusters/detail");
        if (!query.IsSuccess)
        {
            return new ApiError(query.Error);
        }

        var page = await clusters.ListDetailAsync(request.Caller, query.Value.Request, cancellationToken);
        return page.ToAnswer(found => new Collection<Cluster, ClusterView>(
            "clusters",
            found.Items,
            cluster => ClusterView.Of(cluster, request),
            ClusterJson.View(request.Version),
            query.Value,
            cluster => cluster.Uuid.ToString()));
    }

    internal static async Task<IResult> CreateAsync(
        ApiRequest request, ClusterService clusters, Idempotency idempotency, CancellationToken cancellationToken)
    {
        var input = ClusterInput.Schema.Read(request.Body);
        if (!input.IsSuccess)
        {
            return new ApiError(input.Error);
        }

        var cluster = ClusterInput.ToNewCluster(input.Value);
        if (cluster.NodeCount == 0 && request.Version < Microversion.ZeroNodes)
        {
            return new ApiError(ClusterPatch.ZeroNodesTooEarly());
        }

        return await idempotency.AnswerAsync<Cluster>(
            request,
            once => clusters.CreateAsync(request.Caller, cluster, once, cancellationToken),
            made => Idempotency.Keep(new UuidOnly(made.Uuid), ApiContractsJson.Api.UuidOnly, StatusCodes.Status202Accepted),
            cancellationToken);
    }

    internal static async Task<IResult> ShowAsync(ApiRequest request, string ident, IClusterQueries clusters, CancellationToken cancellationToken)
    {
        var found = await clusters.GetAsync(request.Caller, ident, cancellationToken);
        return found.ToAnswer(cluster => EntityTag.Of(cluster).Answer(
            request, () => ApiResponse.Json(ClusterView.Of(cluster, request, withFaults: true), ClusterJson.View(request.Version))));
    }

    internal static async Task<IResult> PatchAsync(ApiRequest request, string ident, ClusterService clusters, CancellationToken cancellationToken)
    {
        if (request.Boolean("rollback", out var rollback) is { } refused)
        {
            return new ApiError(refused);
        }

        var operations = PatchOperation.ReadAll(request.Body, ClusterPatch.Rules);
        if (!operations.IsSuccess)
        {
            return new ApiError(operations.Error);
        }

        var updated = await clusters.UpdateAsync(
            request.Caller,
            ident,
            cluster => EntityTag.Of(cluster).Objection(request) is { } stale
                ? stale
                : ClusterPatch.Change(cluster, operations.Value, request.Version, rollback),
            cancellationToken);
        return updated.ToAnswer(cluster => ApiResponse.Accepted(cluster.Uuid));
    }

    internal static async Task<IResult> DeleteAsync(ApiRequest request, string ident, ClusterService clusters, CancellationToken cancellationToken)
    {
        var deleted = await clusters.DeleteAsync(request.Caller, ident, cluster => EntityTag.Of(cluster).Objection(request), cancellationToken);
        return deleted.ToAnswer(_ => ApiResponse.NoContent());
    }

    internal static async Task<IResult> ResizeAsync(ApiRequest request, string ident, ClusterService clusters, CancellationToken cancellationToken)
    {
        var input = ClusterInput.Resize.Read(request.Body);
        if (!input.IsSuccess)
        {
            return new ApiError(input.Error);
        }

        var resize = ClusterInput.ToResize(input.Value);
        if (resize.NodeCount == 0 && request.Version < Microversion.ZeroNodes)
        {
            return new ApiError(ClusterPatch.ZeroNodesTooEarly());
        }

        var resized = await clusters.ResizeAsync(request.Caller, ident, resize, cancellationToken);
        return resized.ToAnswer(cluster => ApiResponse.Accepted(cluster.Uuid));
    }

    internal static async Task<IResult> UpgradeAsync(ApiRequest request, string ident, ClusterUpgradeService upgrades, CancellationToken cancellationToken)
    {
        if (request.Version < new Microversion(8))
        {
            return new ApiError(new MagnumError.Invalid("Cluster upgrade is not supported in the provided microversion."));
        }

        var input = ClusterInput.Upgrade.Read(request.Body);
        if (!input.IsSuccess)
        {
            return new ApiError(input.Error);
        }

        var upgraded = await upgrades.UpgradeAsync(request.Caller, ident, ClusterInput.ToUpgrade(input.Value), cancellationToken);
        return upgraded.ToAnswer(cluster => ApiResponse.Accepted(cluster.Uuid));
    }
}
