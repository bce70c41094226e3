using System.Buffers;
using Magnum.Core.Errors;
using Magnum.Web.Api.Output;

namespace Magnum.Web.Api.Input;

/// <summary>Reads a request's body as JSON, within bounds.</summary>
internal static class BodyReader
{
    /// <returns>The value, or the refusal.</returns>
    /// <param name="argument">The body's name in messages.</param>
    public static async Task<(object? Value, IResult? Refusal)> ReadAsync(
        HttpRequest request, string argument, int maxBytes, int maxDepth, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            return (null, TooLarge(maxBytes));
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(maxBytes + 1, (request.ContentLength ?? 4096) + 1));
        try
        {
            var length = 0;
            int read;
            while ((read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
            {
                length += read;
                if (length > maxBytes)
                {
                    return (null, TooLarge(maxBytes));
                }

                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(buffer, clearArray: true);   // bodies may hold what nobody else should see
                    buffer = larger;
                }
            }

            if (length == 0)
            {
                return (null, new ApiError(new MagnumError.Invalid($"Missing argument: \"{argument}\"")));
            }

            if (!IsJson(request.ContentType))
            {
                return (null, ApiError.Of(StatusCodes.Status415UnsupportedMediaType, $"Unknown mimetype: {request.ContentType}"));
            }

            return JsonValues.TryParse(buffer.AsMemory(0, length), maxDepth, out var value)
                ? (value, null)
                : (null, new ApiError(new MagnumError.Invalid("Request is not in valid JSON format")));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static bool IsJson(string? contentType)
    {
        var type = contentType is null ? default : contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/json-patch+json", StringComparison.OrdinalIgnoreCase);
    }

    private static ApiError TooLarge(int maxBytes) =>
        ApiError.Of(StatusCodes.Status413PayloadTooLarge, $"The request's body is larger than {maxBytes} bytes.");
}
