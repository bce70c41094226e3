using System.Globalization;
using Magnum.Core;
using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Magnum.Web.Api;
using Magnum.Web.Api.Input;
using Magnum.Web.Api.Output;
using Microsoft.Extensions.Options;

namespace Magnum.Web.Features.Clusters;

/// <summary>Beyond Magnum, at every microversion: what happened to a cluster, and the work done on it.</summary>
internal static class HistoryEndpoints
{
    private const string LastEventId = "Last-Event-ID";

    public static void MapHistory(this RouteGroupBuilder v1)
    {
        v1.MapGet("/clusters/{ident}/events", EventsAsync).WithMetadata(new ApiRoute("events")
        {
            Summary = "What happened to a cluster, as a list or as a stream",
            Query = [.. ApiRoute.PageParameters, "level", "source"],
            Collection = "events",
            Answers = [HistoryJson.Api.EventView],
            Streams = true,
            Beyond = true,
        });
        v1.MapGet("/clusters/{ident}/operations", OperationsAsync).WithMetadata(new ApiRoute("operations")
        {
            Summary = "The work done on a cluster, with its steps",
            Query = ApiRoute.PageParameters,
            Collection = "operations",
            Answers = [HistoryJson.Api.ClusterOperationView],
            Beyond = true,
        });
    }

    internal static async Task<IResult> EventsAsync(ApiRequest request, string ident, ClusterHistory history, CancellationToken cancellationToken)
    {
        var filter = ReadFilter(request);
        var query = PageQuery.ReadNewestFirst(
            request, $"/v1/clusters/{Uri.EscapeDataString(ident)}/events", ClusterHistory.Sequence, numericMarker: true, "level", "source");
        if ((filter.Error ?? query.Error) is { } refused)
        {
            return new ApiError(refused);
        }

        if (request.WantsStream)
        {
            return await StreamAsync(request, ident, filter.Value!, query.Value!, history, cancellationToken);
        }

        var found = await history.ListEventsAsync(request.Caller, ident, filter.Value!, query.Value!.Request, cancellationToken);
        return found.ToAnswer(list => new Collection<ClusterEvent, EventView>(
            "events",
            list.Page.Items,
            EventView.Of,
            HistoryJson.Api.EventView,
            query.Value with { Path = $"/v1/clusters/{list.Owner.ClusterUuid}/events" },
            e => e.Sequence.ToString(CultureInfo.InvariantCulture)));
    }

    internal static async Task<IResult> OperationsAsync(
        ApiRequest request, string ident, ClusterHistory history, TimeProvider time, IOptions<ConductorOptions> options, CancellationToken cancellationToken)
    {
        var query = PageQuery.ReadNewestFirst(
            request, $"/v1/clusters/{Uri.EscapeDataString(ident)}/operations", ClusterHistory.CreatedAt, numericMarker: false);
        if (!query.IsSuccess)
        {
            return new ApiError(query.Error);
        }

        var found = await history.ListOperationsAsync(request.Caller, ident, query.Value.Request, cancellationToken);
        var diagnoses = new Dictionary<Guid, DiagnosisView?>();
        foreach (var operation in found.IsSuccess ? found.Value.Page.Items : [])
        {
            diagnoses[operation.Uuid] = await DiagnosisView.OfAsync(
                operation, limit => history.ReadLatestAsync(found.Value.Owner, operation, limit, cancellationToken), time.GetUtcNow(), options.Value.StuckAfter);
        }

        return found.ToAnswer(list => new Collection<Operation, ClusterOperationView>(
            "operations",
            list.Page.Items,
            o => ClusterOperationView.Of(o, diagnoses[o.Uuid]),
            HistoryJson.Api.ClusterOperationView,
            query.Value with { Path = $"/v1/clusters/{list.Owner.ClusterUuid}/operations" },
            o => o.Uuid.ToString()));
    }

    /// <summary>Begins after the event that a client saw last; its header wins over the marker, which is what a first request can set.</summary>
    private static async Task<IResult> StreamAsync(
        ApiRequest request, string ident, EventFilter filter, PageQuery query, ClusterHistory history, CancellationToken cancellationToken)
    {
        var text = request.Http.Request.Headers[LastEventId] is { Count: > 0 } header ? header.ToString() : query.Request.Marker ?? "0";
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var after))
        {
            return new ApiError(InputError.Field(LastEventId, text, "Value should be the sequence of an event"));
        }

        var owner = await history.FindAsync(request.Caller, ident, cancellationToken);
        return owner.ToAnswer(found => new EventStream(request, found, filter, after));
    }

    private static Result<EventFilter> ReadFilter(ApiRequest request)
    {
        var levels = ReadWords<EventLevel>(request, "level");
        var sources = ReadWords<EventSource>(request, "source");
        return (levels.Error ?? sources.Error) is { } refused ? refused : new EventFilter(levels.Value!, sources.Value!);
    }

    /// <summary>One word or several with commas between them, in any case.</summary>
    private static Result<IReadOnlyList<TEnum>> ReadWords<TEnum>(ApiRequest request, string parameter)
        where TEnum : struct, Enum
    {
        if (request.One(parameter, out var text) is { } refused)
        {
            return refused;
        }

        var values = new List<TEnum>();
        foreach (var word in text?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            if (WireSpelling.FromWire<TEnum>(word.ToUpperInvariant()) is not { } value)
            {
                return InputError.Field(parameter, text, $"Value should be one of: {string.Join(", ", WireSpelling.WireNames<TEnum>())}");
            }

            values.Add(value);
        }

        return Result.Success<IReadOnlyList<TEnum>>(values);
    }
}
