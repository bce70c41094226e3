using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Magnum.Web.Api.Input;

namespace Magnum.Web.Api.Output;

/// <summary>
/// A list with its <c>next</c> link. Items become JSON one by one and leave in portions, so that the longest page needs no more
/// memory for its text than a short one and its first byte does not wait for the last item.
/// </summary>
/// <param name="name">The top-level key.</param>
/// <param name="toView">What an item looks like.</param>
/// <param name="markerOf">The marker that asks for what follows an item.</param>
internal sealed class Collection<TItem, TView>(
    string name, IReadOnlyList<TItem> items, Func<TItem, TView> toView, JsonTypeInfo<TView> type, PageQuery? page = null, Func<TItem, string>? markerOf = null) : IResult
{
    private const int Portion = 16 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = ApiResponse.JsonType;
        var pipe = response.BodyWriter;
        await using var json = new Utf8JsonWriter(pipe, new JsonWriterOptions { Encoder = type.Options.Encoder, SkipValidation = true });
        json.WriteStartObject();
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            JsonSerializer.Serialize(json, toView(item), type);
            if (json.BytesPending + json.BytesCommitted - _flushed > Portion)
            {
                await FlushAsync();
            }
        }

        json.WriteEndArray();
        if (page is not null && markerOf is not null && items.Count > 0 && items.Count == page.Request.Limit)
        {
            json.WriteString("next", page.NextLink(markerOf(items[^1])));
        }

        json.WriteEndObject();
        await FlushAsync();

        async Task FlushAsync()
        {
            await json.FlushAsync(httpContext.RequestAborted);
            _flushed = json.BytesCommitted;
            await pipe.FlushAsync(httpContext.RequestAborted);
        }
    }

    private long _flushed;
}
