using System.Text.Json.Nodes;

namespace Magnum.Bench;

/// <summary>Many clusters through the API.</summary>
internal static class Clusters
{
    public static async Task RaiseQuotaAsync(Product product, string adminToken, string projectId)
    {
        await product.CallAsync(HttpMethod.Post, new Uri(product.Api, "/v1/quotas"), adminToken, JsonNode.Parse($$"""
            {"project_id": "{{projectId}}", "resource": "Cluster", "hard_limit": 100000}
            """));
        var quota = JsonNode.Parse("""{"quota_set": {"instances": -1, "cores": -1, "ram": -1, "server_groups": -1, "server_group_members": -1}}""");
        await product.CallAsync(HttpMethod.Put, new Uri(product.Cloud, $"/compute/v2.1/os-quota-sets/{projectId}"), adminToken, quota);
        var network = JsonNode.Parse("""
            {"quota": {"network": -1, "subnet": -1, "port": -1, "router": -1, "floatingip": -1, "security_group": -1, "security_group_rule": -1}}
            """);
        await product.CallAsync(HttpMethod.Put, new Uri(product.Cloud, $"/network/v2.0/quotas/{projectId}"), adminToken, network);
    }

    /// <summary>A change that everybody who watches the cluster is to see.</summary>
    public static Task SetHealthAsync(Product product, string token, Guid cluster, bool healthy) =>
        product.CallAsync(HttpMethod.Patch, new Uri(product.Api, $"/v1/clusters/{cluster}"), token, JsonNode.Parse($$"""
            [{"op": "replace", "path": "/health_status", "value": "{{(healthy ? "HEALTHY" : "UNHEALTHY")}}"}]
            """));

    public static async Task<IReadOnlyList<Guid>> LaunchAsync(Product product, string token, Guid template, int count, int atOnce)
    {
        var made = new Guid[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (i, _) =>
            made[i] = await product.CreateClusterAsync(token, template, $"many-{i}"));
        return made;
    }
}
