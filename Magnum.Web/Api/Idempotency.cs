using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Magnum.Core.Errors;
using Magnum.Core.Idempotency;
using Magnum.Core.Persistence;
using Magnum.Web.Api.Input;
using Magnum.Web.Api.Output;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Web.Api;

/// <summary>
/// <c>Idempotency-Key</c>: who never saw the answer asks again with the same key, and gets the first answer. A refusal made nothing and is
/// not kept: the same request is judged anew.
/// </summary>
internal sealed class Idempotency(IDbContextFactory<MagnumDbContext> dbFactory, TimeProvider time)
{
    /// <summary>The request's header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>In answers that were given before.</summary>
    public const string ReplayedHeader = "Idempotent-Replayed";

    private const int LongestKey = 255;

    /// <summary>Makes something at most once.</summary>
    /// <param name="make">Makes it; with null as often as it is asked.</param>
    public async Task<IResult> AnswerAsync<T>(
        ApiRequest request, Func<OnceOnly<T>?, Task<Result<T>>> make, Func<T, KeptAnswer> answer, CancellationToken cancellationToken)
    {
        var header = request.Http.Request.Headers[Header];
        if (header.Count == 0)
        {
            return (await make(null)).ToAnswer(made => new Answered(answer(made), Again: false));
        }

        if (header is not [{ Length: > 0 and <= LongestKey } key] || key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return new ApiError(new MagnumError.Invalid($"The header {Header} has to be one text of 1 to {LongestKey} printable ASCII characters."));
        }

        var asked = new StringBuilder($"{request.Http.Request.Method} {request.Http.Request.Path.Value?.TrimEnd('/')}\n");
        Write(asked, request.Body);
        var once = new OnceOnly<T>(IdempotencyKeys.IdOf(request.Caller, key), IdempotencyKeys.FingerprintOf(asked.ToString()), answer);
        if (await KeptAsync(once, cancellationToken) is { } kept)
        {
            return kept;
        }

        var result = await make(once);

        // Refused since the same request, at the same moment, was faster: its answer is this one's.
        return result.IsSuccess
            ? new Answered(answer(result.Value), Again: false)
            : await KeptAsync(once, cancellationToken) ?? new ApiError(result.Error);
    }

    /// <summary>An answer that is kept: the whole of a value as text.</summary>
    public static KeptAnswer Keep<T>(T value, JsonTypeInfo<T> type, int status, string? location = null) =>
        new(status, JsonSerializer.Serialize(value, type), location);

    private async Task<IResult?> KeptAsync<T>(OnceOnly<T> once, CancellationToken cancellationToken)
    {
        var found = await dbFactory.FindAsync(once, time.GetUtcNow(), cancellationToken);
        return found.IsSuccess || found.Error is null
            ? found.Value is { } kept ? new Answered(kept, Again: true) : null
            : new ApiError(found.Error);
    }

    /// <summary>A body's values in one spelling: clients write the members of an object in any order.</summary>
    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case OrderedDictionary<string, object?> members:
                foreach (var (name, member) in members.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    text.Append('{').Append(name.Length).Append(':').Append(name);
                    Write(text, member);
                }

                text.Append('}');
                break;
            case List<object?> items:
                foreach (var item in items)
                {
                    text.Append('[');
                    Write(text, item);
                }

                text.Append(']');
                break;
            case string s:
                text.Append('"').Append(s.Length).Append(':').Append(s);
                break;
            default:
                text.Append(value is null ? "null" : PythonText.Scalar(value)).Append(';');
                break;
        }
    }

    private sealed record Answered(KeptAnswer Answer, bool Again) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = Answer.Status;
            response.ContentType = ApiResponse.JsonType;
            if (Answer.Location is not null)
            {
                response.Headers.Location = Answer.Location;
            }

            if (Again)
            {
                response.Headers[ReplayedHeader] = "true";
            }

            return response.WriteAsync(Answer.Body, httpContext.RequestAborted);
        }
    }
}
