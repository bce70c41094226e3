using System.Net;
using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.OpenStack;

/// <summary>What a user does with Magnum's REST API, and the waiting that goes with it.</summary>
internal sealed class MagnumUser(OpenStackLane lane, CloudSession session)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly NodePlayer _nodes = new(lane.Cloud, lane.Project.Id);

    public CloudSession Session => session;

    public JsonApi Api { get; } = new(lane.Cloud.Http, $"{lane.Magnum.ApiUrl}v1", session.Token, "container-infra latest");

    public NodePlayer Nodes => _nodes;

    /// <summary>The body of a template that can work here; <paramref name="changes"/> replace fields.</summary>
    public static JsonObject Template(string name, params (string Field, JsonNode? Value)[] changes)
    {
        var body = new JsonObject
        {
            ["name"] = name,
            ["coe"] = "kubernetes",
            ["image_id"] = "ubuntu",
            ["external_network_id"] = "public",
            ["flavor_id"] = "m1.medium",
            ["master_flavor_id"] = "m1.medium",
            ["keypair_id"] = "lane",
            ["dns_nameserver"] = "9.9.9.9",
        };
        foreach (var (field, value) in changes)
        {
            body[field] = value;
        }

        return body;
    }

    /// <summary>Creates a template and returns its uuid.</summary>
    public async Task<string> CreateTemplateAsync(string name, CancellationToken cancellationToken, params (string Field, JsonNode? Value)[] changes) =>
        (string)(await Api.PostAsync("/clustertemplates", Template(name, changes), cancellationToken)).Expect(HttpStatusCode.Created)["uuid"]!;

    /// <summary>Asks for a cluster of one master and returns its uuid.</summary>
    public async Task<string> CreateClusterAsync(string name, string template, int nodes, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["name"] = name, ["cluster_template_id"] = template, ["master_count"] = 1, ["node_count"] = nodes, ["create_timeout"] = 10 };
        return (string)(await Api.PostAsync("/clusters", body, cancellationToken)).Expect(HttpStatusCode.Accepted)["uuid"]!;
    }

    public async Task<JsonNode> ShowAsync(string uuid, CancellationToken cancellationToken) =>
        (await Api.GetAsync($"/clusters/{uuid}", cancellationToken)).Expect(HttpStatusCode.OK);

    /// <summary>Asks for another node group and returns its uuid.</summary>
    public async Task<string> AddGroupAsync(string uuid, string name, int nodes, CancellationToken cancellationToken)
    {
        var made = (await Api.PostAsync($"/clusters/{uuid}/nodegroups", new JsonObject { ["name"] = name, ["node_count"] = nodes }, cancellationToken)).Expect(HttpStatusCode.Accepted);
        Assert.Equal("CREATE_IN_PROGRESS", (string?)made["status"]);
        return (string)made["uuid"]!;
    }

    /// <summary>Asks for another number of workers.</summary>
    /// <param name="group">Null: the default ones.</param>
    public async Task ResizeAsync(string uuid, int nodes, CancellationToken cancellationToken, string? group = null)
    {
        var body = new JsonObject { ["node_count"] = nodes, ["nodegroup"] = group };
        (await Api.PostAsync($"/clusters/{uuid}/actions/resize", body, cancellationToken)).Expect(HttpStatusCode.Accepted);
        Assert.Equal("UPDATE_IN_PROGRESS", (string?)(await ShowAsync(uuid, cancellationToken))["status"]);
    }

    public async Task DeleteAsync(string uuid, CancellationToken cancellationToken) =>
        (await Api.DeleteAsync($"/clusters/{uuid}", cancellationToken)).Expect(HttpStatusCode.NoContent);

    /// <summary>Plays the nodes until the cluster's status is no longer one in progress, which must be the one expected.</summary>
    public async Task<JsonNode> FollowAsync(string uuid, string status, CancellationToken cancellationToken)
    {
        JsonNode? seen = null;
        var end = await Eventually.GetAsync(
            $"cluster {uuid} to be {status}",
            Limit,
            async ct =>
            {
                await _nodes.PlayAsync(ct);
                seen = await ShowAsync(uuid, ct);
                return ((string)seen["status"]!).EndsWith("_IN_PROGRESS", StringComparison.Ordinal) ? null : seen;
            },
            cancellationToken,
            () => $"Last seen: {seen?["status"]} {seen?["status_reason"]}\n{lane.Magnum.LogTail()}");
        Assert.True(status == (string)end["status"]!, $"{end["status"]}, expected {status}: {end["status_reason"]}\n{lane.Magnum.LogTail()}");
        return end;
    }

    /// <summary>Deletes a cluster and its template; nothing may be left.</summary>
    public async Task RemoveAsync(string uuid, string template, CancellationToken cancellationToken)
    {
        await DeleteAsync(uuid, cancellationToken);
        await FollowToTheEndAsync(uuid, template, cancellationToken);
    }

    /// <summary>Waits until the cluster is gone, and makes sure that nothing is left of it in the cloud; the template goes too.</summary>
    public async Task FollowToTheEndAsync(string uuid, string template, CancellationToken cancellationToken)
    {
        JsonNode? seen = null;
        await Eventually.BecomesTrueAsync(
            $"cluster {uuid} to be gone",
            Limit,
            async ct =>
            {
                var answer = await Api.GetAsync($"/clusters/{uuid}", ct);
                seen = answer.Body;
                Assert.NotEqual("DELETE_FAILED", (string?)seen?["status"]);
                return answer.Status == HttpStatusCode.NotFound;
            },
            cancellationToken,
            () => $"Last seen: {seen?["status"]} {seen?["status_reason"]}\n{lane.Magnum.LogTail()}");
        Assert.Empty(await lane.Project.ListEverythingAsync(cancellationToken));
        (await Api.DeleteAsync($"/clustertemplates/{template}", cancellationToken)).Expect(HttpStatusCode.NoContent);
    }

    /// <summary>Ids of the project's servers.</summary>
    public async Task<IReadOnlyList<string>> ServersAsync(CancellationToken cancellationToken) =>
        [.. (await session.Nova.GetAsync("/servers", cancellationToken)).Ok()["servers"]!.AsArray().Select(s => (string)s!["id"]!)];

    /// <summary>The project's stacks, without the nested ones.</summary>
    public async Task<JsonArray> StacksAsync(CancellationToken cancellationToken) =>
        (await session.Heat.GetAsync("/stacks", cancellationToken)).Ok()["stacks"]!.AsArray();
}
