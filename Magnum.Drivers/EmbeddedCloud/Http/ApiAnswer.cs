using System.Text.Json.Nodes;

namespace Magnum.Drivers.EmbeddedCloud.Http;

/// <summary>What a service answers.</summary>
internal sealed record ApiAnswer(int Status, JsonNode? Body = null)
{
    public static readonly ApiAnswer NoContent = new(204);

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static ApiAnswer Ok(JsonNode body) => new(200, body);

    public static ApiAnswer Created(JsonNode body) => new(201, body);

    public static ApiAnswer Accepted(JsonNode? body = null) => new(202, body);

    public ApiAnswer With(string header, string value) => this with { Headers = new Dictionary<string, string>(Headers) { [header] = value } };
}
