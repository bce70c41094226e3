using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Bench;

/// <summary>Fills a stopped product's database.</summary>
internal static class Rows
{
    /// <summary>Settled clusters; the uuids of the first, and of the last one of page 499 by twenty.</summary>
    public static async Task<(Guid First, Guid Deep)> FillAsync(string data, string? postgres, string projectId, string userId, int clusters, int templates)
    {
        await using var db = Open(data, postgres);
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        var now = TimeProvider.System.GetUtcNow();
        var made = Enumerable.Range(0, templates).Select(i => Template(i, projectId, userId, now)).ToList();
        db.ClusterTemplates.AddRange(made);
        await db.SaveChangesAsync();
        foreach (var batch in Enumerable.Range(0, clusters).Chunk(2000))
        {
            db.Clusters.AddRange(batch.Select(i => Cluster(i, made[i % made.Count], projectId, userId, now)));
            await db.SaveChangesAsync();
            db.ChangeTracker.Clear();
        }

        var order = db.Clusters.OrderBy(c => c.Id).Select(c => c.Uuid);
        return (await order.FirstAsync(), await order.Skip(Math.Min(499 * 20, clusters) - 1).FirstAsync());
    }

    /// <summary>Clusters that are being created and wait for the cloud, each with its operation.</summary>
    public static async Task<List<StubCloud.Row>> FillInProgressAsync(string data, string projectId, string userId, int clusters)
    {
        await using var db = Open(data);
        var now = TimeProvider.System.GetUtcNow();
        var template = Template(0, projectId, userId, now);
        db.ClusterTemplates.Add(template);
        var rows = new List<StubCloud.Row>(clusters);
        for (var i = 0; i < clusters; i++)
        {
            var cluster = Cluster(i, template, projectId, userId, now);
            var operation = OperationFactory.Create(cluster, OperationKind.Create, new OperationPayload(), null, userId, $"req-{Guid.NewGuid()}", now, new OperationLimits());
            operation.State = OperationState.Waiting;
            operation.Step = OperationSteps.Provisioning;
            operation.StartedAt = now;
            operation.NotBefore = now.AddHours(1);
            foreach (var step in operation.Steps.Where(s => s.Name != OperationSteps.Finish))
            {
                step.StartedAt = now;
                step.State = step.Name == OperationSteps.Provisioning ? StepState.Running : StepState.Succeeded;
            }

            db.Clusters.Add(cluster);
            db.Operations.Add(operation);
            rows.Add(new StubCloud.Row(i, cluster.Uuid, operation.Uuid, cluster.StackId!, cluster.Name));
        }

        await db.SaveChangesAsync();
        return rows;
    }

    /// <summary>A context of its own; on SQLite where no PostgreSQL is named.</summary>
    public static MagnumDbContext Open(string data, string? postgres = null) => postgres is not null
        ? new PostgresMagnumDbContext(new DbContextOptionsBuilder<PostgresMagnumDbContext>().UseNpgsql(postgres).Options)
        : new SqliteMagnumDbContext(new DbContextOptionsBuilder<SqliteMagnumDbContext>().UseSqlite($"Data Source={Path.Combine(data, "magnum.db")}").Options);

    private static ClusterTemplate Template(int number, string projectId, string userId, DateTimeOffset now) => new()
    {
        Uuid = Guid.NewGuid(),
        Name = $"bench-{number}",
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
    };

    private static Cluster Cluster(int number, ClusterTemplate template, string projectId, string userId, DateTimeOffset now)
    {
        var uuid = Guid.NewGuid();
        var labels = new Dictionary<string, string> { ["kube_tag"] = "v1.31.1", ["calico_ipv4pool"] = "10.100.0.0/16", ["auto_healing_enabled"] = "true", ["boot_volume_size"] = "20" };
        return new Cluster
        {
            Uuid = uuid,
            Name = $"bench-{number}",
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
        };
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
