using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Magnum.Core.Clusters;
using Magnum.Core.Events;
using Magnum.Core.OpenStack;
using Magnum.Core.Policies;
using Magnum.Web.Api;
using Magnum.Web.Api.Http;
using Magnum.Web.Api.Output;

namespace Magnum.Web.Features.Clusters;

/// <summary>
/// A cluster's events as server-sent events: those after a number, then the new ones. Nothing is held for a slow reader: a change only
/// says that there is something to read, and what is read waits in the database until the reader has taken what came before.
/// </summary>
internal sealed class EventStream(ApiRequest request, HistoryOwner owner, EventFilter filter, long after) : IResult
{
    /// <summary>How often a silent stream says that it lives, and whether its reader still may read is asked again.</summary>
    internal static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private const int EventsPerRead = 200;

    private static readonly byte[] Beginning = "retry: 3000\n\n"u8.ToArray();   // milliseconds before a client comes back
    private static readonly byte[] Alive = ": heartbeat\n\n"u8.ToArray();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        var time = services.GetRequiredService<TimeProvider>();
        using var place = services.GetRequiredService<EventStreams>().TryEnter();
        if (place is null)
        {
            await ApiError.Of(StatusCodes.Status503ServiceUnavailable, "There are as many streams of events as the server allows. Try again later.").ExecuteAsync(httpContext);
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            httpContext.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        var response = httpContext.Response;
        response.ContentType = StreamAccept.MediaType;
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";   // nginx would hold events back
        var tick = time.GetUtcNow() + Heartbeat;
        await WriteAsync(response, Beginning, ended.Token);

        // Before the first reading, so that no event falls between.
        var changes = services.GetRequiredService<IClusterEvents>().Subscribe(owner.ProjectId, owner.ClusterUuid, ended.Token).GetAsyncEnumerator(ended.Token);
        var next = changes.MoveNextAsync().AsTask();
        try
        {
            var end = owner.Exists ? null : "removed";
            while (true)
            {
                await DrainAsync(response, services.GetRequiredService<ClusterHistory>(), ended.Token);
                if (end is not null)
                {
                    await WriteAsync(response, "end", null, new StreamEndView(owner.ClusterUuid, end), HistoryJson.Api.StreamEndView, ended.Token);
                    return;
                }

                await WaitAsync(next, tick, time, ended.Token);
                if (next.IsCompleted)
                {
                    if (!await next)
                    {
                        return;   // no more changes are told here; the reader comes back to where they are
                    }

                    end = changes.Current.Kinds.HasFlag(ClusterChangeKinds.Removed) ? "removed" : null;
                    next = changes.MoveNextAsync().AsTask();
                    continue;
                }

                // Other processes' changes are seen by the reading that follows, too.
                end = await ReasonToEndAsync(httpContext, services, time, ended.Token);
                tick = time.GetUtcNow() + Heartbeat;
                await WriteAsync(response, Alive, ended.Token);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The reader has left, or the process stops and the reader comes back to the next one.
        }
        finally
        {
            await ended.CancelAsync();
            await next.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await changes.DisposeAsync();
        }
    }

    /// <summary>Waits for a change or for the time; a token that ends earlier brings the time forward.</summary>
    private async Task WaitAsync(Task next, DateTimeOffset tick, TimeProvider time, CancellationToken cancellationToken)
    {
        var expires = request.Caller.Token.ExpiresAt;
        var wait = (expires < tick ? expires : tick) - time.GetUtcNow();
        if (!next.IsCompleted && wait > TimeSpan.Zero)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(next, Task.Delay(wait, time, waiting.Token));
            await waiting.CancelAsync();
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>What Keystone and the policy say by now; null: go on.</summary>
    private async Task<string?> ReasonToEndAsync(HttpContext httpContext, IServiceProvider services, TimeProvider time, CancellationToken cancellationToken)
    {
        TokenInfo? token;
        try
        {
            token = await services.GetRequiredService<TokenCache>().ValidateAsync(AuthenticationMiddleware.TokenOf(httpContext.Request), cancellationToken);
        }
        catch (CloudException)
        {
            token = request.Caller.Token.ExpiresAt > time.GetUtcNow() ? request.Caller.Token : null;   // Keystone is asked again with the next heartbeat
        }

        if (token is null)
        {
            return "expired";
        }

        request.Caller = new Caller(token, request.RequestId);
        var found = await services.GetRequiredService<ClusterHistory>().FindAsync(request.Caller, owner.ClusterUuid.ToString(), cancellationToken);
        return !found.IsSuccess ? "refused" : found.Value.Exists ? null : "removed";
    }

    private async Task DrainAsync(HttpResponse response, ClusterHistory history, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (events, last) = await history.ReadOnAsync(owner, filter, after, EventsPerRead, cancellationToken);
            foreach (var e in events)
            {
                await WriteAsync(response, null, e.Sequence, EventView.Of(e), HistoryJson.Api.EventView, cancellationToken);
            }

            if (last == after)
            {
                return;
            }

            after = last;
        }
    }

    private static Task WriteAsync<T>(HttpResponse response, string? name, long? id, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        if (name is not null)
        {
            text.Append("event: ").Append(name).Append('\n');
        }

        if (id is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"id: {id}\n");
        }

        text.Append("data: ").Append(JsonSerializer.Serialize(value, type)).Append("\n\n");   // JSON has no line breaks of its own
        return WriteAsync(response, Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
    }

    private static async Task WriteAsync(HttpResponse response, byte[] bytes, CancellationToken cancellationToken)
    {
        response.BodyWriter.Write(bytes);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }
}
