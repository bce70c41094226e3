using Magnum.Core.Events;
using Microsoft.Extensions.Time.Testing;

namespace Magnum.Tests.Core.Events;

public sealed class SharedReadsTests
{
    private readonly ClusterEvents _events = new();
    private readonly FakeTimeProvider _time = new();
    private readonly SharedReads _shared;
    private int _count;

    public SharedReadsTests() => _shared = new SharedReads(_events, _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ManyAskBecauseOfOneChange_ItIsReadOnce()
    {
        var change = await TellAsync();
        var gate = new TaskCompletionSource();
        var waiting = Enumerable.Range(0, 10).Select(_ => AskAsync("list", change, gate.Task)).ToList();

        gate.SetResult();

        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal(1, answer));
        Assert.Equal(1, await AskAsync("list", change));
    }

    [Fact]
    public async Task AnotherChangeWhileItIsRead_IsReadAgainAndNotLost()
    {
        var gate = new TaskCompletionSource();
        var first = AskAsync("list", await TellAsync(), gate.Task);

        var second = AskAsync("list", await TellAsync(), gate.Task);
        gate.SetResult();

        Assert.Equal([1, 2], (await Task.WhenAll(first, second)).Order());
        Assert.Equal(2, _count);
    }

    [Fact]
    public async Task OthersChangesMeanwhile_AreNoReasonToReadAgain()
    {
        var change = await TellAsync();
        await AskAsync("list", change);
        await TellAsync();

        Assert.Equal(1, await AskAsync("list", change));
    }

    [Fact]
    public async Task AnotherKey_IsAnotherReading()
    {
        var change = await TellAsync();

        Assert.Equal(1, await AskAsync("list", change));
        Assert.Equal(2, await AskAsync("list of others", change));
    }

    [Fact]
    public async Task TheFirstGoesAway_TheOthersHaveTheirAnswer()
    {
        var change = await TellAsync();
        var gate = new TaskCompletionSource();
        using var leaving = new CancellationTokenSource();
        var first = AskAsync("list", change, gate.Task, leaving.Token);
        var second = AskAsync("list", change, gate.Task);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        Assert.Equal(1, await second);
    }

    [Fact]
    public async Task ItFails_AllAreTold_AndTheNextReadsAgain()
    {
        var change = await TellAsync();
        var gate = new TaskCompletionSource();
        var first = AskAsync("list", change, gate.Task);
        var second = AskAsync("list", change, gate.Task);

        gate.SetException(new InvalidOperationException("The database is away."));

        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        await Assert.ThrowsAsync<InvalidOperationException>(() => second);
        Assert.Equal(2, await AskAsync("list", change));
    }

    [Fact]
    public async Task AfterAWhile_IsReadAgain()
    {
        var change = await TellAsync();
        await AskAsync("list", change);
        _time.Advance(SharedReads.Lifetime);

        Assert.Equal(2, await AskAsync("list", change));
    }

    [Fact]
    public async Task VeryManyKeys_NotAllAreKept()
    {
        var change = await TellAsync();
        await AskAsync(-1, change);
        for (var key = 0; key < SharedReads.Most; key++)
        {
            await AskAsync(key, change);
        }

        Assert.Equal(SharedReads.Most + 2, await AskAsync(-1, change));
        Assert.Equal(SharedReads.Most + 2, await AskAsync(-1, change));
    }

    /// <returns>The change's number.</returns>
    private async Task<long> TellAsync()
    {
        await _events.PublishAsync(new ClusterChange(Guid.NewGuid(), "demo", ClusterChangeKinds.Cluster, 1, null, null), Ct);
        return _events.Latest;
    }

    /// <returns>How often had been read when this was.</returns>
    private Task<int> AskAsync(object key, long change, Task? gate = null, CancellationToken? cancellationToken = null) => _shared.ReadAsync(
        key,
        change,
        async token =>
        {
            var count = Interlocked.Increment(ref _count);
            await (gate ?? Task.CompletedTask).WaitAsync(token);
            return count;
        },
        cancellationToken ?? Ct);
}
