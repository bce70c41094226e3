using System.Text.Json.Serialization;

namespace Magnum.Web.Api.Output;

/// <summary>A link of OpenStack's representations.</summary>
/// <param name="Rel"><c>self</c>, <c>bookmark</c>, <c>describedby</c> or <c>help</c>.</param>
internal sealed record Link(string Href, string Rel)
{
    /// <summary>Only where the reference says one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Type { get; init; }

    /// <summary>The two links of an item.</summary>
    /// <param name="path">After the version, such as <c>clusters/&lt;uuid&gt;</c>.</param>
    public static IReadOnlyList<Link> Of(ApiRequest request, string path) =>
        [new($"{request.BaseUrl}/v1/{path}", "self"), new($"{request.BaseUrl}/{path}", "bookmark")];
}

/// <summary>The answer of operations that go on after it.</summary>
internal sealed record UuidOnly(Guid Uuid);

/// <summary>OpenStack's error body.</summary>
internal sealed record ErrorBody(IReadOnlyList<ErrorEntry> Errors);

/// <summary>One error.</summary>
/// <param name="Code"><c>client</c>, <c>server</c>, or empty for what never reached a handler.</param>
/// <param name="Title">The detail up to its first full stop; clients print this.</param>
internal sealed record ErrorEntry(string RequestId, string Code, int Status, string Title, string Detail, IReadOnlyList<Link> Links);

/// <summary>The body for a microversion that there is not.</summary>
internal sealed record VersionErrorBody(IReadOnlyList<VersionErrorEntry> Errors);

/// <summary>Its one error.</summary>
internal sealed record VersionErrorEntry(string Code, string Title, string Description, string MaxVersion, string MinVersion, IReadOnlyList<Link> Links);

/// <summary>Keystone's error body, used for 401 alone.</summary>
internal sealed record KeystoneErrorBody(KeystoneError Error);

/// <summary>Keystone's error.</summary>
internal sealed record KeystoneError(int Code, string Title, string Message);

[JsonSerializable(typeof(UuidOnly))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(VersionErrorBody))]
[JsonSerializable(typeof(KeystoneErrorBody))]
internal sealed partial class ApiContractsJson : JsonSerializerContext
{
    public static readonly ApiContractsJson Api = new(ApiJson.CreateOptions());
}
