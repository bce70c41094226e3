using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.NodeGroups;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Bench;

/// <summary>Fills a stopped product's database with settled clusters.</summary>
internal static class Rows
{
    public static async Task<Guid> FillAsync(string data, string projectId, string userId, int clusters, int templates)
    {
        var options = new DbContextOptionsBuilder<SqliteMagnumDbContext>()
            .UseSqlite($"Data Source={Path.Combine(data, "magnum.db")}").Options;
        await using var db = new SqliteMagnumDbContext(options);
        var now = TimeProvider.System.GetUtcNow();
        var made = Enumerable.Range(0, templates).Select(i => new ClusterTemplate
        {
            Uuid = Guid.NewGuid(),
            Name = $"bench-{i}",
            ProjectId = projectId,
            UserId = userId,
            CreatedAt = now,
            Coe = "kubernetes",
            ImageId = "ubuntu-22.04-kube-v1.31.1",
            FlavorId = "m1.medium",
            MasterFlavorId = "m1.medium",
            ExternalNetworkId = "public",
            NetworkDriver = "calico",
            ClusterDistro = "ubuntu",
            Driver = "k8s_heat",
            Labels = new() { ["kube_tag"] = "v1.31.1" },
        }).ToList();
        db.ClusterTemplates.AddRange(made);
        for (var i = 0; i < clusters; i++)
        {
            var template = made[i % made.Count];
            var uuid = Guid.NewGuid();
            var labels = new Dictionary<string, string> { ["kube_tag"] = "v1.31.1", ["calico_ipv4pool"] = "10.100.0.0/16", ["auto_healing_enabled"] = "true", ["boot_volume_size"] = "20" };
            db.Clusters.Add(new Cluster
            {
                Uuid = uuid,
                Name = $"bench-{i}",
                ProjectId = projectId,
                UserId = userId,
                ClusterTemplateId = template.Uuid,
                Template = template.ToSnapshot(),
                Driver = "k8s_heat",
                Labels = labels,
                MasterFlavorId = "m1.medium",
                FlavorId = "m1.medium",
                CreateTimeout = 60,
                StackId = Guid.NewGuid().ToString(),
                ApiAddress = "https://172.24.4.20:6443",
                CoeVersion = "v1.31.1",
                Status = ClusterStatus.CreateComplete,
                StatusChangedAt = now,
                HealthStatus = HealthStatus.Healthy,
                CreatedAt = now,
                UpdatedAt = now,
                NodeGroups =
                [
                    Group(uuid, projectId, NodeGroup.DefaultMasterName, NodeGroup.MasterRole, 1, labels, now),
                    Group(uuid, projectId, NodeGroup.DefaultWorkerName, NodeGroup.WorkerRole, 2, labels, now),
                ],
            });
        }

        await db.SaveChangesAsync();
        return await db.Clusters.OrderBy(c => c.Id).Select(c => c.Uuid).FirstAsync();
    }

    private static NodeGroup Group(Guid cluster, string project, string name, string role, int count, Dictionary<string, string> labels, DateTimeOffset now) => new()
    {
        Uuid = Guid.NewGuid(),
        Name = name,
        ClusterId = cluster,
        ProjectId = project,
        Role = role,
        IsDefault = true,
        NodeCount = count,
        FlavorId = "m1.medium",
        ImageId = "ubuntu-22.04-kube-v1.31.1",
        Labels = new(labels),
        NodeAddresses = [.. Enumerable.Range(10, count).Select(n => $"10.0.0.{n}")],
        Status = ClusterStatus.CreateComplete,
        CreatedAt = now,
    };
}
