using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Operations;
using Magnum.Core.Reconciliation;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Conductor;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Magnum.Tests.Core.Reconciliation;

/// <summary>The rotation of a cluster's CAs, with nodes that follow it, that are late, or that never come.</summary>
public sealed class RotationTests : IDisposable
{
    private readonly List<FakeNode> _nodes = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _nodes.ForEach(n => n.Dispose());

    [Fact]
    public async Task Rotate_NodesFollow_EndsWithTheNewAuthoritiesAlone()
    {
        using var world = new ConductorWorld();
        var cluster = await MakeAsync(world);
        var before = await CertificatesAsync(world, cluster);
        await FollowAsync(world, _nodes);

        var ended = await DriveAsync(world, await RequestAsync(world, cluster));

        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Equal(["certificates", "trust", "reissue", "retire", "finish"], ended.Steps.Select(s => s.Name));
        Assert.Equal(ClusterStatus.UpdateComplete, (await world.ClusterAsync(cluster)).Status);
        var after = await CertificatesAsync(world, cluster);
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        foreach (var purpose in new[] { CertificatePurpose.Ca, CertificatePurpose.EtcdCa, CertificatePurpose.FrontProxyCa })
        {
            Assert.Equal((CertificateRole.Current, 2), (after[purpose].Role, after[purpose].Generation));
            Assert.NotEqual(before[purpose].Certificate, after[purpose].Certificate);
        }

        Assert.Equal(before[CertificatePurpose.ServiceAccount].PrivateKey, after[CertificatePurpose.ServiceAccount].PrivateKey);
        Assert.True(CertificateChain.IsSignedBy(after[CertificatePurpose.Client].Certificate, after[CertificatePurpose.Ca].Certificate));
        Assert.All(_nodes, n =>
        {
            Assert.Equal(["1", "1+2", "2+1", "2"], n.History);
            Assert.Equal(after[CertificatePurpose.Ca].Certificate, n.Trusts[CaType.Kubernetes]);
            Assert.Equal(after[CertificatePurpose.EtcdCa].Certificate, n.Trusts[CaType.Etcd]);
            Assert.Equal(after[CertificatePurpose.FrontProxyCa].Certificate, n.Trusts[CaType.FrontProxy]);
            Assert.True(n.IsSignedBy(after[CertificatePurpose.Ca].Certificate));
        });
    }

    [Fact]
    public async Task EachPhase_TrustsBothAndSignsByOne()
    {
        using var world = new ConductorWorld();
        var cluster = await MakeAsync(world);
        var first = (await CertificatesAsync(world, cluster))[CertificatePurpose.Ca].Certificate;
        var certificates = world.First.GetRequiredService<ClusterCertificates>();
        var operation = await RequestAsync(world, cluster);

        await world.Runner.RunAsync(operation, Ct);
        var trust = await certificates.FindPemAsync(cluster, CertificatePurpose.Ca, Ct);
        Assert.StartsWith(first, trust, StringComparison.Ordinal);
        Assert.Equal(first, (await certificates.FindAsync(cluster, CertificatePurpose.Ca, Ct))!.Certificate);
        Assert.Equal("0 of 3 node(s) trust the next certificate authorities, not yet default-master-0, default-worker-0, default-worker-1", (await world.OperationAsync(operation)).Reason);

        await FollowAsync(world, _nodes);
        world.Advance(await world.OperationAsync(operation));
        await world.Runner.RunAsync(operation, Ct);
        var reissue = await certificates.FindPemAsync(cluster, CertificatePurpose.Ca, Ct);
        Assert.EndsWith(first, reissue, StringComparison.Ordinal);
        Assert.Equal(trust!.Length, reissue!.Length);
        Assert.NotEqual(first, (await certificates.FindAsync(cluster, CertificatePurpose.Ca, Ct))!.Certificate);

        await FollowAsync(world, _nodes);
        world.Advance(await world.OperationAsync(operation));
        await world.Runner.RunAsync(operation, Ct);
        Assert.DoesNotContain(first, await certificates.FindPemAsync(cluster, CertificatePurpose.Ca, Ct), StringComparison.Ordinal);
        Assert.Equal(OperationSteps.Retire, (await world.OperationAsync(operation)).Step);
        Assert.Equal(8, await CountAsync(world));
    }

    [Fact]
    public async Task Rotate_KilledAtEachAction_IsFinishedByAnotherWithOneNewGeneration()
    {
        var survived = false;
        for (var action = 1; !survived; action++)
        {
            using var world = new ConductorWorld();
            _nodes.Clear();
            var cluster = await MakeAsync(world);
            var operation = await RequestAsync(world, cluster);
            var life = new LifeLine { DiesAt = action };
            try
            {
                await DriveAsync(world, operation, world.StartConductor(life, host: "victim"));
            }
            catch (Exception) when (life.IsDead)
            {
                // As it was meant.
            }

            survived = !life.IsDead;
            var ended = await DriveAsync(world, operation, world.StartConductor(host: "survivor"));

            Assert.Equal(OperationState.Succeeded, ended.State);
            var after = await CertificatesAsync(world, cluster);
            Assert.Equal(5, after.Count);
            Assert.Equal(2, after[CertificatePurpose.Ca].Generation);
            Assert.All(_nodes, n => Assert.True(n.IsSignedBy(after[CertificatePurpose.Ca].Certificate)));
            Assert.All(_nodes, n => Assert.Equal(["1+2", "2+1", "2"], n.History.Except(["1"])));
        }
    }

    [Theory]
    [InlineData("1", OperationSteps.Trust, 2)]
    [InlineData("1+2", OperationSteps.Reissue, 2)]
    [InlineData("2+1", OperationSteps.Retire, 1)]
    public async Task Rotate_ANodeStaysAway_FailsNamingItAndThePhase_AndGoesOnLaterWithTheSameAuthorities(string last, string step, int trusted)
    {
        using var world = new ConductorWorld();
        var cluster = await MakeAsync(world);
        await FollowAsync(world, _nodes);
        var (late, others) = (_nodes[2], _nodes[..2]);
        var operation = await RequestAsync(world, cluster);

        var ended = await DriveAsync(world, operation, follows: n => others.Contains(n) || n.Applied != last);

        Assert.Equal(OperationState.Failed, ended.State);
        Assert.Equal(last, late.Applied);
        Assert.StartsWith($"Rotating the cluster's CAs was given up after 120 min in step '{step}'. It waited for: 2 of 3 node(s) ", ended.Reason, StringComparison.Ordinal);
        Assert.EndsWith("not yet default-worker-1.", ended.Reason, StringComparison.Ordinal);
        var row = await world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.UpdateFailed, ended.Reason), (row.Status, row.StatusReason));
        var bundle = await world.First.GetRequiredService<ClusterCertificates>().FindPemAsync(cluster, CertificatePurpose.Ca, Ct);
        Assert.Equal(trusted, bundle!.Split("BEGIN CERTIFICATE").Length - 1);
        var made = await MaterialAsync(world);

        // Whoever is made meanwhile works with what is trusted now, and follows with the others.
        var newcomer = await AddNodeAsync(world, cluster);
        Assert.NotNull((await newcomer.FollowAsync(Door(world), world.Time.GetUtcNow(), Ct)).Value);
        Assert.Equal(bundle, newcomer.Trusts[CaType.Kubernetes]);

        var resumed = await DriveAsync(world, await RequestAsync(world, cluster));

        Assert.Equal(OperationState.Succeeded, resumed.State);
        Assert.Equal(ClusterStatus.UpdateComplete, (await world.ClusterAsync(cluster)).Status);
        var after = await CertificatesAsync(world, cluster);
        Assert.Equal(2, after[CertificatePurpose.Ca].Generation);
        Assert.Contains(after[CertificatePurpose.Ca].Certificate, made);
        Assert.All(_nodes, n => Assert.True(n.IsSignedBy(after[CertificatePurpose.Ca].Certificate)));
    }

    [Fact]
    public async Task RotateTwice_MakesAThirdGeneration()
    {
        using var world = new ConductorWorld();
        var cluster = await MakeAsync(world);
        await DriveAsync(world, await RequestAsync(world, cluster));

        var ended = await DriveAsync(world, await RequestAsync(world, cluster));

        Assert.Equal(OperationState.Succeeded, ended.State);
        var after = await CertificatesAsync(world, cluster);
        Assert.Equal((3, 5), (after[CertificatePurpose.Ca].Generation, after.Count));
        Assert.All(_nodes, n => Assert.Equal("3", n.Applied));
    }

    [Fact]
    public async Task Masters_FollowOneByOne_TheFirstLast_AndWorkersDoNotWait()
    {
        using var world = new ConductorWorld();
        var cluster = await MakeAsync(world, masters: 3);
        await FollowAsync(world, _nodes);
        await world.Runner.RunAsync(await RequestAsync(world, cluster), Ct);
        var masters = _nodes.Where(n => n.Name.StartsWith("default-master", StringComparison.Ordinal)).ToList();

        foreach (var (moved, round) in new[] { ("default-master-2", 1), ("default-master-1", 2), ("default-master-0", 3) })
        {
            // In this order, so that none profits from another that reported in the same round.
            await FollowAsync(world, _nodes);

            Assert.Equal(round, masters.Count(m => m.Applied == "1+2"));
            Assert.Equal("1+2", masters.Single(m => m.Name == moved).Applied);
            Assert.All(_nodes.Except(masters), w => Assert.Equal("1+2", w.Applied));
        }
    }

    [Fact]
    public async Task ANode_ThatSaysMoreThanItsCertificateShows_IsNotBelieved()
    {
        using var world = new ConductorWorld();
        var cluster = await MakeAsync(world);
        var operation = await RequestAsync(world, cluster);
        await world.Runner.RunAsync(operation, Ct);
        await FollowAsync(world, _nodes);
        world.Advance(await world.OperationAsync(operation));
        await world.Runner.RunAsync(operation, Ct);

        foreach (var node in _nodes)
        {
            Assert.Equal("2+1", (await Door(world).ReportAsync(cluster.ToString(), node.Report(world.Time.GetUtcNow(), "2+1"), Ct)).Value!.Phase);
        }

        await using var db = world.Database.CreateDbContext();
        Assert.All(await db.NodeCertificates.ToListAsync(Ct), n => Assert.Equal("", n.Applied));
    }

    [Fact]
    public async Task Delete_DuringTheRotation_LeavesNothing()
    {
        using var world = new ConductorWorld();
        var cluster = await MakeAsync(world);
        var rotation = await RequestAsync(world, cluster);
        await world.Runner.RunAsync(rotation, Ct);
        await FollowAsync(world, _nodes);

        var ended = await world.DriveAsync(await world.RequestDeleteAsync(cluster));

        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Equal(OperationState.Cancelled, (await world.OperationAsync(rotation)).State);
        await using var db = world.Database.CreateDbContext();
        Assert.Empty(await db.Certificates.ToListAsync(Ct));
        Assert.Empty(await db.NodeCertificates.ToListAsync(Ct));
        Assert.IsType<Magnum.Core.Errors.MagnumError.Forbidden>((await _nodes[0].FollowAsync(Door(world), world.Time.GetUtcNow(), Ct)).Error);
    }

    [Fact]
    public async Task StackIsGone_NothingIsMade_AndTheStatusStays()
    {
        using var world = new ConductorWorld();
        var cluster = await MakeAsync(world);
        world.Cloud.Stacks.Clear();

        var ended = await DriveAsync(world, await RequestAsync(world, cluster));

        Assert.Equal((OperationState.Failed, "Stack with id stack-1 not found: somebody deleted it outside Magnum."), (ended.State, ended.Reason));
        Assert.Equal(ClusterStatus.CreateComplete, (await world.ClusterAsync(cluster)).Status);
        Assert.Equal(5, await CountAsync(world));
    }

    [Fact]
    public async Task CloudNamesFewerNodesThanThereAre_NothingIsMade()
    {
        using var world = new ConductorWorld();
        var cluster = await MakeAsync(world);
        world.Cloud.Stacks[cluster].Counts["default-worker"] = 1;
        var operation = await RequestAsync(world, cluster);

        await world.Runner.RunAsync(operation, Ct);

        Assert.StartsWith("The cloud does not name all nodes of default-worker", (await world.OperationAsync(operation)).Reason, StringComparison.Ordinal);
        Assert.Equal(5, await CountAsync(world));
    }

    private static NodeCertificateService Door(ConductorWorld world) => new(
        world.Database,
        world.First.GetRequiredService<ClusterCertificates>(),
        world,
        Options.Create(new CertificateOptions()),
        world.Time,
        NullLogger<NodeCertificateService>.Instance);

    /// <summary>A cluster that is up, with the certificates that its nodes got on the way.</summary>
    private async Task<Guid> MakeAsync(ConductorWorld world, int masters = 1)
    {
        var (cluster, create) = await world.AddAsync(change: c => c.DefaultMaster.NodeCount = masters);
        Assert.Equal(OperationState.Succeeded, (await world.DriveAsync(create)).State);
        var ca = (await world.First.GetRequiredService<ClusterCertificates>().FindAsync(cluster, CertificatePurpose.Ca, Ct))!;
        foreach (var node in (await world.ClusterAsync(cluster)).NodeGroups.SelectMany(g => g.Nodes))
        {
            _nodes.Add(new FakeNode(cluster, node.Name, ca, world.Time.GetUtcNow()));
        }

        return cluster;
    }

    /// <summary>One more worker, as a resize makes it.</summary>
    private async Task<FakeNode> AddNodeAsync(ConductorWorld world, Guid cluster)
    {
        await world.ChangeAsync(async db =>
        {
            var group = await db.NodeGroups.SingleAsync(g => g.ClusterId == cluster && g.Name == "default-worker", Ct);
            group.NodeCount++;
            group.Nodes = [.. group.Nodes, group.Nodes[^1] with { Name = $"default-worker-{group.Nodes.Count}" }];
        });
        world.Cloud.Stacks[cluster].Counts["default-worker"]++;
        var ca = (await world.First.GetRequiredService<ClusterCertificates>().FindAsync(cluster, CertificatePurpose.Ca, Ct))!;
        var node = new FakeNode(cluster, $"default-worker-{world.Cloud.Stacks[cluster].Counts["default-worker"] - 1}", ca, world.Time.GetUtcNow());
        _nodes.Add(node);
        return node;
    }

    private static async Task<Guid> RequestAsync(ConductorWorld world, Guid cluster)
    {
        var operation = default(Operation)!;
        await world.ChangeAsync(async db =>
        {
            var row = await db.Clusters.Include(c => c.NodeGroups).SingleAsync(c => c.Uuid == cluster, Ct);
            operation = OperationFactory.Create(row, OperationKind.RotateCa, new OperationPayload(), null, "user", "req-3", world.Time.GetUtcNow(), new OperationLimits());
            db.Add(operation);
        });
        return operation.Uuid;
    }

    private static async Task FollowAsync(ConductorWorld world, IEnumerable<FakeNode> nodes)
    {
        foreach (var node in nodes)
        {
            Assert.Null((await node.FollowAsync(Door(world), world.Time.GetUtcNow(), Ct)).Error);
        }
    }

    /// <summary>Lets conductor and nodes work in turn until the operation has ended.</summary>
    private async Task<Operation> DriveAsync(ConductorWorld world, Guid operation, ServiceProvider? conductor = null, Func<FakeNode, bool>? follows = null)
    {
        var runner = (conductor ?? world.First).GetRequiredService<OperationRunner>();
        for (var run = 0; run < 5000; run++)
        {
            await runner.RunAsync(operation, Ct);
            var row = await world.OperationAsync(operation);
            if (!row.IsActive)
            {
                return row;
            }

            world.Advance(row);
            var awake = _nodes.Where(n => follows?.Invoke(n) ?? true).ToList();
            await FollowAsync(world, awake);
            if (awake.Count < _nodes.Count)
            {
                world.Time.Advance(TimeSpan.FromMinutes(5));
            }
        }

        throw new InvalidOperationException("The operation never ends.");
    }

    private static async Task<Dictionary<CertificatePurpose, ClusterCertificate>> CertificatesAsync(ConductorWorld world, Guid cluster)
    {
        await using var db = world.Database.CreateDbContext();
        return await db.Certificates.AsNoTracking().Where(c => c.ClusterUuid == cluster).ToDictionaryAsync(c => c.Purpose, Ct);
    }

    private static async Task<List<string>> MaterialAsync(ConductorWorld world)
    {
        await using var db = world.Database.CreateDbContext();
        return await db.Certificates.Select(c => c.Certificate).ToListAsync(Ct);
    }

    private static async Task<int> CountAsync(ConductorWorld world)
    {
        await using var db = world.Database.CreateDbContext();
        return await db.Certificates.CountAsync(Ct);
    }
}
