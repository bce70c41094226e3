using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Magnum.Tests.Support.Lanes;

/// <summary>An answer of a REST API.</summary>
internal sealed record JsonAnswer(string Request, HttpStatusCode Status, JsonNode? Body)
{
    /// <summary>The body, after making sure that the status is the one expected.</summary>
    public JsonNode Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{Request}: {(int)Status}, expected {(int)status}\n{Body?.ToJsonString()}");
        return Body ?? new JsonObject();
    }

    /// <summary>The body of a success.</summary>
    public JsonNode Ok()
    {
        Assert.True((int)Status < 300, $"{Request}: {(int)Status}\n{Body?.ToJsonString()}");
        return Body ?? new JsonObject();
    }
}

/// <summary>A REST API called with one token, as a script would.</summary>
internal sealed class JsonApi(HttpClient http, string baseUrl, string token, string? version = null)
{
    /// <summary>Where the paths begin.</summary>
    public string BaseUrl { get; } = baseUrl.TrimEnd('/');

    public Task<JsonAnswer> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    public Task<JsonAnswer> PostAsync(string path, JsonNode body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, body, cancellationToken);

    public Task<JsonAnswer> PutAsync(string path, JsonNode? body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Put, path, body, cancellationToken);

    public Task<JsonAnswer> PatchAsync(string path, JsonNode body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Patch, path, body, cancellationToken);

    public Task<JsonAnswer> DeleteAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, path, null, cancellationToken);

    /// <summary>A body of known length: OpenStack's services take a chunked one for none.</summary>
    public static StringContent Json(JsonNode body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    private async Task<JsonAnswer> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, BaseUrl + path);
        request.Headers.Add("X-Auth-Token", token);
        request.Headers.Add("Accept", "application/json");
        if (version is not null)
        {
            request.Headers.Add("OpenStack-API-Version", version);
        }

        if (body is not null)
        {
            request.Content = Json(body);
        }

        using var answer = await http.SendAsync(request, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        var json = answer.Content.Headers.ContentType?.MediaType == "application/json" && text.Length > 0 ? JsonNode.Parse(text) : null;
        return new JsonAnswer($"{method} {BaseUrl}{path}", answer.StatusCode, json);
    }
}
