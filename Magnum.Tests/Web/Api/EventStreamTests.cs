using System.Net;
using Magnum.Core.Clusters;
using Magnum.Core.Events;
using Magnum.Tests.Support;
using Magnum.Web.Features.Clusters;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Tests.Web.Api;

public sealed class EventStreamTests : IDisposable
{
    private readonly ApiWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Stream_TellsWhatWas_ThenWhatComes()
    {
        var cluster = await _world.Core.AddClusterAsync();
        using var stream = await _world.OpenAsync("/v1/clusters/blue/events");

        Assert.Equal("retry: 3000", await NextAsync(stream));
        Assert.StartsWith("""id: 1|data: {"sequence":1,""", await NextAsync(stream), StringComparison.Ordinal);

        await AddAsync(cluster, EventLevel.Info, "second");
        var second = await NextAsync(stream);
        Assert.StartsWith("id: 2|", second, StringComparison.Ordinal);
        Assert.Contains("\"message\":\"second\"", second, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "2", "id: 3|")]
    [InlineData("?marker=1", null, "id: 2|")]
    [InlineData("?marker=1", "2", "id: 3|")]
    [InlineData("?level=ERROR", null, "id: 3|")]
    public async Task Stream_GoesOnAfterTheLastSeen(string query, string? lastEventId, string expected)
    {
        var cluster = await _world.Core.AddClusterAsync();
        await AddAsync(cluster, EventLevel.Info, "second");
        await AddAsync(cluster, EventLevel.Error, "third");
        using var stream = await _world.OpenAsync($"/v1/clusters/blue/events{query}", headers: lastEventId is null ? [] : [("Last-Event-ID", lastEventId)]);

        await NextAsync(stream);
        Assert.StartsWith(expected, await NextAsync(stream), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SilentStream_SaysThatItLives_AndFindsWhatAnotherProcessWrote()
    {
        var cluster = await _world.Core.AddClusterAsync();
        using var stream = await _world.OpenAsync("/v1/clusters/blue/events", headers: ("Last-Event-ID", "1"));
        await NextAsync(stream);

        await AddAsync(cluster, EventLevel.Info, "elsewhere", tell: false);
        var told = new List<string>();
        while (told.Count < 2)
        {
            told.Add(await NextAfterAsync(stream, EventStream.Heartbeat));
        }

        Assert.Contains(": heartbeat", told);
        Assert.Contains(told, t => t.StartsWith("id: 2|", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stream_EndsWithTheCluster()
    {
        var cluster = await _world.Core.AddClusterAsync();
        using var stream = await _world.OpenAsync("/v1/clusters/blue/events");
        await NextAsync(stream);
        await NextAsync(stream);

        await RemoveAsync(cluster);
        await _world.Core.Stream.PublishAsync(new ClusterChange(cluster.Uuid, "demo", ClusterChangeKinds.Removed, 1, "DELETE_COMPLETE", null), Ct);

        Assert.Equal($$"""event: end|data: {"cluster_uuid":"{{cluster.Uuid}}","reason":"removed"}""", await NextAsync(stream));
        Assert.Null(await stream.ReadLineAsync(Ct));
    }

    [Fact]
    public async Task StreamOfAGoneCluster_TellsItsHistoryAndEnds()
    {
        var cluster = await _world.Core.AddClusterAsync();
        await RemoveAsync(cluster);

        using var stream = await _world.OpenAsync($"/v1/clusters/{cluster.Uuid}/events");
        var lines = (await stream.ReadToEndAsync(Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(("id: 1", "event: end"), (lines[1], lines[3]));
    }

    [Fact]
    public async Task Stream_EndsWithTheToken()
    {
        await _world.Core.AddClusterAsync();
        var caller = TestCaller.Member();
        _world.Callers["short"] = caller with { Token = caller.Token with { ExpiresAt = _world.Core.Time.GetUtcNow().AddSeconds(20) } };
        using var stream = await _world.OpenAsync("/v1/clusters/blue/events", "short");
        await NextAsync(stream);
        await NextAsync(stream);

        var told = await NextAfterAsync(stream, TimeSpan.FromSeconds(5));
        while (told == ": heartbeat")
        {
            told = await NextAfterAsync(stream, TimeSpan.FromSeconds(5));
        }

        Assert.EndsWith("\"reason\":\"expired\"}", told, StringComparison.Ordinal);
        Assert.Null(await stream.ReadLineAsync(Ct));
    }

    [Fact]
    public async Task Stream_EndsWhenItsReaderMayNotReadAnyMore()
    {
        await _world.Core.AddClusterAsync();
        using var stream = await _world.OpenAsync("/v1/clusters/blue/events");
        await NextAsync(stream);
        await NextAsync(stream);

        _world.Callers["demo"] = TestCaller.Member("alt");   // what Keystone says about the same token from now on
        var told = await NextAfterAsync(stream, EventStream.Heartbeat);
        while (told == ": heartbeat")
        {
            told = await NextAfterAsync(stream, EventStream.Heartbeat);
        }

        Assert.EndsWith("\"reason\":\"refused\"}", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_WhoseReaderLeaves_IsForgotten()
    {
        var cluster = await _world.Core.AddClusterAsync();
        var stream = await _world.OpenAsync("/v1/clusters/blue/events");
        await NextAsync(stream);
        await NextAsync(stream);
        Assert.True(_world.Core.Stream.IsWatched(cluster.Uuid, "demo"));

        stream.Dispose();

        while (_world.Core.Stream.IsWatched(cluster.Uuid, "demo"))
        {
            Ct.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task MoreStreamsThanAllowed_AreRefused_UntilOneEnds()
    {
        using var world = new ApiWorld(("Api:MaxEventStreams", "1"));
        await world.Core.AddClusterAsync();
        var first = await world.OpenAsync("/v1/clusters/blue/events");

        var status = await AskAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        first.Dispose();
        while (status == HttpStatusCode.ServiceUnavailable)
        {
            status = await AskAsync();
        }

        Assert.Equal(HttpStatusCode.OK, status);
        async Task<HttpStatusCode> AskAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/clusters/blue/events");
            request.Headers.Add("X-Auth-Token", "demo");
            request.Headers.Add("Accept", "text/event-stream");
            using var response = await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
            return response.StatusCode;
        }
    }

    [Theory]
    [InlineData("text/event-stream", "/v1/clusters/blue/events", "x", HttpStatusCode.BadRequest)]
    [InlineData("text/event-stream", "/v1/clusters/blue/events", "-1", HttpStatusCode.BadRequest)]
    [InlineData("text/event-stream", "/v1/clusters/blue/events", "99999999999999999999", HttpStatusCode.BadRequest)]
    [InlineData("text/event-stream", "/v1/clusters/none/events", "1", HttpStatusCode.NotFound)]
    [InlineData("text/event-stream", "/v1/clusters/blue/operations", "1", HttpStatusCode.NotAcceptable)]
    [InlineData("text/event-stream, application/json", "/v1/clusters/blue/events", "x", HttpStatusCode.OK)]
    [InlineData("*/*", "/v1/clusters/blue/events", "x", HttpStatusCode.OK)]
    public async Task WhatIsNoStream_IsAnsweredAsJson(string accept, string path, string lastEventId, HttpStatusCode expected)
    {
        await _world.Core.AddClusterAsync();

        var answer = await _world.SendAsync("GET", path, headers: [("Accept", accept), ("Last-Event-ID", lastEventId)]);

        Assert.Equal((expected, "application/json"), (answer.Status, answer.Header("Content-Type")));
    }

    /// <summary>The next block of the stream, its lines joined by bars.</summary>
    private static async Task<string> NextAsync(StreamReader stream)
    {
        var lines = new List<string>();
        while (await stream.ReadLineAsync(Ct) is { Length: > 0 } line)
        {
            lines.Add(line);
        }

        return string.Join('|', lines);
    }

    /// <summary>The same, with time going on until there is one.</summary>
    private async Task<string> NextAfterAsync(StreamReader stream, TimeSpan step)
    {
        var next = NextAsync(stream);
        while (!next.IsCompleted)
        {
            _world.Core.Time.Advance(step);
            await Task.Delay(1, Ct);   // lets the server's threads run; how long does not matter
        }

        return await next;
    }

    private async Task AddAsync(Cluster cluster, EventLevel level, string message, bool tell = true)
    {
        await using var db = _world.Core.Database.CreateDbContext();
        var row = await db.Clusters.SingleAsync(c => c.Uuid == cluster.Uuid, Ct);
        ClusterEventWriter.Append(db, row, EventSource.Conductor, level, "status", message, _world.Core.Time.GetUtcNow(), null);
        await db.SaveChangesAsync(Ct);
        if (tell)
        {
            await _world.Core.Stream.PublishAsync(
                new ClusterChange(cluster.Uuid, "demo", ClusterChangeKinds.Event, row.EventSequence, null, null), Ct);
        }
    }

    private async Task RemoveAsync(Cluster cluster)
    {
        await using var db = _world.Core.Database.CreateDbContext();
        db.Remove(await db.Clusters.Include(c => c.NodeGroups).SingleAsync(c => c.Uuid == cluster.Uuid, Ct));
        await db.SaveChangesAsync(Ct);
    }
}
