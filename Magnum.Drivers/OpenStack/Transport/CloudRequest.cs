using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Magnum.Core.OpenStack;

namespace Magnum.Drivers.OpenStack.Transport;

/// <summary>One call to a cloud service at a known address.</summary>
internal sealed record CloudRequest(string Service, HttpMethod Method, Uri Address)
{
    /// <summary>The bearer's token; never logged.</summary>
    public string? Token { get; init; }

    /// <summary>For Keystone: the token that is asked about.</summary>
    public string? SubjectToken { get; init; }

    /// <summary>A JSON body.</summary>
    public byte[]? Body { get; init; }

    /// <summary>That the same call twice does no more than once, so that it may be repeated. GET and HEAD always are.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>Whether a redirect is an answer that the caller knows what to do with.</summary>
    public bool TakesRedirect { get; init; }

    public bool MayRepeat => IsRepeatable || Method == HttpMethod.Get || Method == HttpMethod.Head;

    public override string ToString() => $"{Method} {Address.GetLeftPart(UriPartial.Path)}";
}

/// <summary>What a service answered, read whole.</summary>
internal sealed record CloudAnswer(string Service, int Status, byte[] Body)
{
    /// <summary><c>X-Openstack-Request-Id</c>.</summary>
    public string? RequestId { get; init; }

    /// <summary>Keystone's new token; never logged.</summary>
    public string? SubjectToken { get; init; }

    /// <summary>Where a redirect leads.</summary>
    public Uri? Location { get; init; }

    /// <summary>The body, or a <see cref="CloudFault.Malformed"/> when it is not what the service documents.</summary>
    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw Malformed("an empty value", null);
        }
        catch (JsonException e)
        {
            // The path says what was wrong; the text of the exception may quote the body.
            return Rethrow<T>(Malformed(string.Create(CultureInfo.InvariantCulture, $"at {e.Path ?? "$"}, byte {e.BytePositionInLine ?? 0}"), e));
        }
    }

    public override string ToString() => $"{Service} {Status}";

    private static T Rethrow<T>(CloudException exception) => throw exception;

    private CloudException Malformed(string where, Exception? inner) =>
        new(Service, CloudFault.Malformed, $"The {Service} service's answer could not be understood ({where}).", inner)
        {
            StatusCode = Status,
            RequestId = RequestId,
        };
}
