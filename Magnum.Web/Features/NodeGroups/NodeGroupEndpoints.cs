using Magnum.Core.Clusters;
using Magnum.Core.NodeGroups;
using Magnum.Web.Api;
using Magnum.Web.Api.Http;
using Magnum.Web.Api.Input;
using Magnum.Web.Api.Output;
using Magnum.Web.Api.Patch;

namespace Magnum.Web.Features.NodeGroups;

/// <summary><c>/v1/clusters/{cluster}/nodegroups</c>.</summary>
internal static class NodeGroupEndpoints
{
    private const string Path = "/clusters/{cluster}/nodegroups";
    private static readonly Microversion Since = new(9);

    public static void MapNodeGroups(this RouteGroupBuilder v1)
    {
        var one = new ApiRoute("get_one") { Since = Since, Answers = [NodeGroupJson.Api.NodeGroupView] };
        v1.MapGet(Path, ListAsync).WithMetadata(new ApiRoute("get_all")
        {
            Summary = "Node groups of a cluster",
            Since = Since,
            Query = [.. ApiRoute.PageParameters, "role"],
            Collection = "nodegroups",
            Answers = [NodeGroupJson.Api.NodeGroupListView],
        });
        v1.MapPost(Path, CreateAsync).WithMetadata(one with
        {
            Handler = "post",
            Summary = "Add a node group",
            IsIdempotent = true,
            Body = "nodegroup",
            Input = NodeGroupInput.Schema,
            Status = StatusCodes.Status202Accepted,
        });
        v1.MapMissingIdent(Path, "nodegroup_id");
        v1.MapGet(Path + "/{ident}", ShowAsync).WithMetadata(one with { Summary = "A node group" });
        v1.MapPatch(Path + "/{ident}", PatchAsync).WithMetadata(
            one with { Handler = "patch", Summary = "Change a node group's bounds and marks", Body = "patch", Status = StatusCodes.Status202Accepted });
        v1.MapDelete(Path + "/{ident}", DeleteAsync).WithMetadata(
            new ApiRoute("delete") { Summary = "Remove a node group", Since = Since, Status = StatusCodes.Status204NoContent });
    }

    internal static async Task<IResult> ListAsync(ApiRequest request, string cluster, IClusterQueries clusters, CancellationToken cancellationToken)
    {
        if (request.One("role", out var role) is { } refused)
        {
            return new ApiError(refused);
        }

        var query = PageQuery.Read(request, $"/v1/clusters/{Uri.EscapeDataString(cluster)}/nodegroups", carried: "role");
        if (!query.IsSuccess)
        {
            return new ApiError(query.Error);
        }

        var page = await clusters.ListNodeGroupsAsync(request.Caller, cluster, role, query.Value.Request, cancellationToken);
        return page.ToAnswer(found => new Collection<NodeGroup, NodeGroupListView>(
            "nodegroups",
            found.Items,
            NodeGroupListView.Of,
            NodeGroupJson.Api.NodeGroupListView,
            found.Items is [var first, ..] ? query.Value with { Path = $"/v1/clusters/{first.ClusterId}/nodegroups" } : query.Value,
            group => group.Uuid.ToString()));
    }

    internal static async Task<IResult> ShowAsync(
        ApiRequest request, string cluster, string ident, IClusterQueries clusters, CancellationToken cancellationToken)
    {
        var found = await clusters.GetNodeGroupAsync(request.Caller, cluster, ident, cancellationToken);
        return found.ToAnswer(pair => Answer(request, pair, StatusCodes.Status200OK));
    }

    internal static async Task<IResult> CreateAsync(
        ApiRequest request, string cluster, NodeGroupService groups, Idempotency idempotency, CancellationToken cancellationToken)
    {
        var input = NodeGroupInput.Schema.Read(request.Body);
        if (!input.IsSuccess)
        {
            return new ApiError(input.Error);
        }

        var group = NodeGroupInput.ToNewNodeGroup(input.Value);
        return await idempotency.AnswerAsync<(Cluster Cluster, NodeGroup NodeGroup)>(
            request,
            once => groups.CreateAsync(request.Caller, cluster, group, once, cancellationToken),
            made => Idempotency.Keep(View(request, made), NodeGroupJson.Api.NodeGroupView, StatusCodes.Status202Accepted),
            cancellationToken);
    }

    internal static async Task<IResult> PatchAsync(
        ApiRequest request, string cluster, string ident, NodeGroupService groups, CancellationToken cancellationToken)
    {
        var operations = PatchOperation.ReadAll(request.Body, NodeGroupInput.Patch);
        if (!operations.IsSuccess)
        {
            return new ApiError(operations.Error);
        }

        var updated = await groups.UpdateAsync(
            request.Caller, cluster, ident, present => NodeGroupInput.Change(present, operations.Value), cancellationToken);
        return updated.ToAnswer(pair => Answer(request, pair, StatusCodes.Status202Accepted));
    }

    internal static async Task<IResult> DeleteAsync(
        ApiRequest request, string cluster, string ident, NodeGroupService groups, CancellationToken cancellationToken)
    {
        var deleted = await groups.DeleteAsync(request.Caller, cluster, ident, cancellationToken);
        return deleted.ToAnswer(_ => ApiResponse.NoContent());
    }

    private static NodeGroupView View(ApiRequest request, (Cluster Cluster, NodeGroup NodeGroup) pair) =>
        NodeGroupView.Of(pair.NodeGroup, pair.Cluster.Labels, request);

    private static IResult Answer(ApiRequest request, (Cluster Cluster, NodeGroup NodeGroup) pair, int status) =>
        ApiResponse.Json(View(request, pair), NodeGroupJson.Api.NodeGroupView, status);
}
