using System.Text;
using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Nova;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.OpenStack;

/// <summary>
/// Does what the nodes of a project would do if they ran: takes the endpoint and token of their wait condition out of the user data
/// that Nova would give them, and reports to Heat.
/// </summary>
internal sealed class NodePlayer(DevCloud cloud, string projectId)
{
    private readonly HashSet<string> _reported = [];

    /// <summary>User data of the nodes seen, by server id.</summary>
    public Dictionary<string, string> UserData { get; } = [];

    /// <summary>What the nodes report; a failure's reason ends up in the stack's.</summary>
    public string Status { get; set; } = "SUCCESS";

    /// <summary>Lets every node that is active and has not reported yet do so.</summary>
    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        var servers = (await cloud.Admin.Nova.GetAsync($"/servers/detail?all_tenants=1&project_id={projectId}&status=ACTIVE", cancellationToken)).Ok()["servers"]!.AsArray();
        foreach (var server in servers.Where(s => _reported.Add((string)s!["id"]!)))
        {
            var id = (string)server!["id"]!;
            UserData[id] = Encoding.UTF8.GetString(Convert.FromBase64String((string?)server["OS-EXT-SRV-ATTR:user_data"] ?? ""));
            var signal = UserDataFiles.SignalOf(UserData[id]);
            Assert.True(signal is not null, $"The user data of {server["name"]} has no {UserDataFiles.SignalPath}.");
            var report = new JsonObject { ["status"] = Status, ["reason"] = $"{Status} of the lane's node", ["id"] = (string)server["name"]!, ["data"] = "" };
            (await new JsonApi(cloud.Http, signal.Endpoint.AbsoluteUri, signal.Token).PostAsync("", report, cancellationToken)).Ok();
        }
    }
}
