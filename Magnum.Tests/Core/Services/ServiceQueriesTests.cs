using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Magnum.Core.Policies;
using Magnum.Core.Services;
using Magnum.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Tests.Core.Services;

public sealed class ServiceQueriesTests : IDisposable
{
    private readonly RequestWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ServiceQueries Queries => _world.Get<ServiceQueries>();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task WhatIsToBeDone_IsCountedByWhatItWaitsFor()
    {
        await AddAsync("a", o => (o.State, o.CreatedAt) = (OperationState.Queued, _world.Time.GetUtcNow() - TimeSpan.FromMinutes(5)));
        await AddAsync("b", o => o.State = OperationState.Queued);
        await AddAsync("c", o => o.State = OperationState.Running);
        await AddAsync("d", o => o.State = OperationState.Waiting);
        await AddAsync("e", o => (o.State, o.Attempt) = (OperationState.Waiting, 3));
        await AddAsync("f", o => (o.State, o.ActiveClusterUuid) = (OperationState.Succeeded, null));

        var backlog = (await Queries.GetBacklogAsync(TestCaller.Admin(), Ct)).Value!;

        Assert.Equal((2, 1, 1, 1), (backlog.Queued, backlog.Running, backlog.Waiting, backlog.BackingOff));
        Assert.Equal(_world.Time.GetUtcNow() - TimeSpan.FromMinutes(5), backlog.OldestQueuedAt);
        Assert.Empty((await Queries.ListFailuresAsync(TestCaller.Admin(), Ct)).Value!);
    }

    [Fact]
    public async Task FailuresOfAWeek_AreCountedByTheirCause()
    {
        const string noHost = "No valid host was found. There are not enough hosts available.";
        await FailAsync("a", noHost, TimeSpan.FromDays(1));
        var last = await FailAsync("b", noHost, TimeSpan.FromHours(1));
        await FailAsync("c", "Something that nobody knows", TimeSpan.FromDays(2));
        var byEvent = await FailAsync("d", "Resource failed", TimeSpan.FromDays(3));
        await FailAsync("e", noHost, TimeSpan.FromDays(8));
        await using (var db = _world.Database.CreateDbContext())
        {
            var operation = await db.Operations.SingleAsync(o => o.ClusterUuid == byEvent, Ct);
            db.Add(new ClusterEvent
            {
                ClusterUuid = byEvent,
                ProjectId = "demo",
                OperationUuid = operation.Uuid,
                Source = EventSource.Nova,
                Level = EventLevel.Error,
                Kind = "fault",
                Message = noHost,
                OccurredAt = _world.Time.GetUtcNow(),
                Sequence = 1000,
            });
            await db.SaveChangesAsync(Ct);
        }

        var failures = (await Queries.ListFailuresAsync(TestCaller.Admin(), Ct)).Value!;

        Assert.Equal([("no-valid-host", 3), ("unknown", 1)], failures.Select(f => (f.Cause.Code, f.Count)));
        Assert.Equal(_world.Time.GetUtcNow() - TimeSpan.FromHours(1), failures[0].LastAt);
        Assert.Contains(failures[0].Last, new[] { last, byEvent });
    }

    [Fact]
    public async Task FailuresOfAWeek_LeadToTheirClusters_OfOwnProjectsOnly()
    {
        const string noHost = "No valid host was found. There are not enough hosts available.";
        var first = await FailAsync("a", noHost, TimeSpan.FromDays(6));
        await FailAsync("b", "Something that nobody knows", TimeSpan.FromDays(1));
        await FailAsync("c", noHost, TimeSpan.FromDays(8));
        await _world.FinishAsync(first, ClusterStatus.CreateComplete);   // it has been tried again since

        Assert.Equal([first], await SearchAsync(TestCaller.Member(), new ClusterFilter(Cause: "no-valid-host")));
        Assert.Equal([first], await SearchAsync(TestCaller.Admin(), new ClusterFilter(AllProjects: true, Cause: "no-valid-host")));
        Assert.Empty(await SearchAsync(TestCaller.Member("other"), new ClusterFilter(Cause: "no-valid-host")));
        Assert.Empty(await SearchAsync(TestCaller.Member(), new ClusterFilter(Cause: "quota-cores")));
    }

    [Fact]
    public async Task ForAdministratorsOnly()
    {
        Assert.IsType<MagnumError.Forbidden>((await Queries.GetBacklogAsync(TestCaller.Member(), Ct)).Error);
        Assert.IsType<MagnumError.Forbidden>((await Queries.ListFailuresAsync(TestCaller.Member(), Ct)).Error);
    }

    private async Task<IEnumerable<Guid>> SearchAsync(Caller caller, ClusterFilter filter) =>
        (await _world.ClusterQueries.SearchAsync(caller, filter, "name", false, 0, 20, null, Ct)).Value.Items.Select(c => c.Uuid);

    private Task<Guid> FailAsync(string name, string reason, TimeSpan ago) => AddAsync(name, o =>
        (o.State, o.ActiveClusterUuid, o.Reason, o.FinishedAt) = (OperationState.Failed, null, reason, _world.Time.GetUtcNow() - ago));

    private async Task<Guid> AddAsync(string name, Action<Operation> change)
    {
        var template = await _world.AddTemplateAsync(spec: RequestWorld.Spec($"for-{name}"));
        var cluster = (await _world.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { Name = name, ClusterTemplateId = template.Uuid.ToString() }, Ct)).Value!;
        await using var db = _world.Database.CreateDbContext();
        change(await db.Operations.SingleAsync(o => o.ClusterUuid == cluster.Uuid, Ct));
        await db.SaveChangesAsync(Ct);
        return cluster.Uuid;
    }
}
