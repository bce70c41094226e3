using Magnum.Core.Diagnosis;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Magnum.Tests.Support.Days;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Tests.Days;

/// <summary>What misbehaves in the cloud is named as what it is, through the whole of Magnum.</summary>
public sealed class DiagnosisTests : IAsyncLifetime
{
    private CloudWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await CloudWorld.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData("no-valid-host", "no-valid-host", Actor.Operator)]
    [InlineData("quota-exceeded", "quota-instances", Actor.User)]
    [InlineData("node-fails", "node-kubelet-down", Actor.User)]
    [InlineData("hang", "stack-timed-out", Actor.User)]
    [InlineData("node-offline", "node-no-connection", Actor.User)]
    [InlineData("stack-refused", "template-refused", Actor.Operator)]
    public async Task CreateFails_ItsCauseAndWhoActs(string scenario, string code, Actor who)
    {
        _world.Cloud.SwitchOn(scenario);
        var (cluster, create) = await _world.CreateAsync(c => c with { CreateTimeout = 20 });

        var failed = await _world.DriveAsync(create);

        var diagnosis = FailureDiagnosis.Of(failed, await EventsAsync(cluster));
        Assert.True(diagnosis?.Cause.Code == code, $"{diagnosis?.Cause.Code}: {failed.Reason}");
        Assert.Equal(who, diagnosis!.Cause.Who);
        Assert.Equal(failed.Reason, (await _world.ClusterAsync(cluster)).StatusReason);
    }

    [Fact]
    public async Task NodeWithoutNetwork_ItsConsoleIsQuotedAndKeptOnce()
    {
        _world.Cloud.SwitchOn("node-offline");
        var (cluster, create) = await _world.CreateAsync(c => c with { CreateTimeout = 20 });

        var failed = await _world.DriveAsync(create);

        Assert.Matches(@"^The stack was not complete within 20 minutes: still waiting for node blue-[0-9a-f]+-master-0 .*The console of node blue-[0-9a-f]+-\w+-0 says: curl: \(7\) Failed to connect to", failed.Reason);
        var consoles = (await EventsAsync(cluster)).Where(e => e.Kind is "console").ToList();
        Assert.NotEmpty(consoles);
        Assert.Distinct(consoles.Select(e => e.PhysicalId));
        Assert.All(consoles, e => Assert.Equal((EventSource.Nova, EventLevel.Warning, create), (e.Source, e.Level, e.OperationUuid)));
        Assert.All(consoles, e => Assert.Contains("curl: (7)", e.Message, StringComparison.Ordinal));
        Assert.Contains(FailureDiagnosis.Of(failed, await EventsAsync(cluster))!.Evidence, e => e.Kind is "console");
    }

    [Fact]
    public async Task NovaIsAway_TheFailureIsToldWithoutIt()
    {
        _world.Cloud.SwitchOn("node-fails");
        var (cluster, create) = await _world.CreateAsync();
        await _world.DriveAsync(create, until: o => o.Step == OperationSteps.Provisioning);
        _world.Cloud.SwitchOn("nova-503");

        var failed = await _world.DriveAsync(create);

        Assert.Equal("node-kubelet-down", FailureDiagnosis.Of(failed, [])?.Cause.Code);
        Assert.DoesNotContain(await EventsAsync(cluster), e => e.Kind is "console");
    }

    [Fact]
    public async Task NothingMoves_SaysThatItWaitsForTheNodes()
    {
        _world.Cloud.SwitchOn("hang");
        var (cluster, create) = await _world.CreateAsync();
        await _world.DriveAsync(create, until: o => _world.Time.GetUtcNow() - o.CreatedAt > TimeSpan.FromMinutes(30));

        var stuck = StuckDiagnosis.Of(await _world.OperationAsync(create), await EventsAsync(cluster), _world.Time.GetUtcNow(), TimeSpan.FromMinutes(10));

        Assert.NotNull(stuck);
        Assert.Equal("waiting-for-node", stuck.Cause.Code);
        Assert.Contains(stuck.WaitsFor, name => name.Contains("master-0", StringComparison.Ordinal));
        Assert.InRange(_world.Time.GetUtcNow() - stuck.Since, TimeSpan.FromMinutes(10), TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task NodesKeepSilent_TheirConsolesAreReadBeforeTheStackEnds_AndSeldom()
    {
        _world.Cloud.SwitchOn("node-offline");
        var (cluster, create) = await _world.CreateAsync();
        var looks = 0;
        _world.Tap.Before = request =>
        {
            looks += request.RequestUri!.AbsolutePath.EndsWith("/action", StringComparison.Ordinal) ? 1 : 0;
            return Task.CompletedTask;
        };
        await _world.DriveAsync(create, until: o => _world.Time.GetUtcNow() - o.CreatedAt > TimeSpan.FromMinutes(35));

        var stuck = StuckDiagnosis.Of(await _world.OperationAsync(create), await EventsAsync(cluster), _world.Time.GetUtcNow(), TimeSpan.FromMinutes(10));

        Assert.Equal(("node-no-connection", Actor.User), (stuck?.Cause.Code, stuck?.Cause.Who));
        Assert.InRange(looks, 2, 3 * 2);
        Assert.Equal(2, (await EventsAsync(cluster)).Count(e => e.Kind is "console"));
    }

    private async Task<List<ClusterEvent>> EventsAsync(Guid cluster)
    {
        await using var db = _world.Database.CreateDbContext();
        return await db.ClusterEvents.AsNoTracking().Where(e => e.ClusterUuid == cluster).OrderBy(e => e.Sequence).ToListAsync(CloudWorld.Ct);
    }
}
