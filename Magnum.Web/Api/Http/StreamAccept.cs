using Microsoft.Net.Http.Headers;

namespace Magnum.Web.Api.Http;

/// <summary>Server-sent events: their media type, and who wants them.</summary>
internal static class StreamAccept
{
    /// <summary>What the answer calls itself.</summary>
    public const string MediaType = "text/event-stream";

    /// <summary>Whether the stream is named, and JSON is not liked as much: <c>*/*</c> means JSON.</summary>
    public static bool Prefers(HttpRequest request)
    {
        if (request.Headers.Accept is not { Count: > 0 } accept || !MediaTypeHeaderValue.TryParseList(accept, out var types))
        {
            return false;
        }

        double stream = 0, json = 0;
        foreach (var type in types)
        {
            var quality = type.Quality ?? 1;
            if (type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase))
            {
                stream = Math.Max(stream, quality);
            }
            else if (type.MediaType.Equals(Output.ApiResponse.JsonType, StringComparison.OrdinalIgnoreCase))
            {
                json = Math.Max(json, quality);
            }
        }

        return stream > json;
    }
}
