using System.Collections;

namespace Magnum.Web.Api.Http;

/// <summary>The log scope of a request: who asks joins it when it is known.</summary>
internal sealed class RequestLogScope(string requestId) : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <summary>Known after the token was validated.</summary>
    public string? ProjectId { get; set; }

    /// <summary>Known after the token was validated.</summary>
    public string? UserId { get; set; }

    /// <summary>The id that the caller works under, from <c>X-OpenStack-Request-Id</c>.</summary>
    public string? GlobalRequestId { get; init; }

    /// <inheritdoc />
    public int Count => 4;

    /// <inheritdoc />
    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("RequestId", requestId),
        1 => new("GlobalRequestId", GlobalRequestId),
        2 => new("ProjectId", ProjectId),
        3 => new("UserId", UserId),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    /// <inheritdoc />
    public override string ToString() => $"{requestId} project:{ProjectId ?? "-"} user:{UserId ?? "-"}{(GlobalRequestId is null ? "" : $" global:{GlobalRequestId}")}";

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
