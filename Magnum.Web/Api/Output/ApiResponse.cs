using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Net.Http.Headers;

namespace Magnum.Web.Api.Output;

/// <summary>Answers with JSON as Magnum sends it.</summary>
internal static class ApiResponse
{
    /// <summary>No charset parameter: clients of OpenStack compare the whole text.</summary>
    public const string JsonType = "application/json";

    /// <summary>A value with a status.</summary>
    public static IResult Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK, string? location = null) =>
        new JsonAnswer<T>(value, type, status, location);

    /// <summary>202 with the uuid alone.</summary>
    public static IResult Accepted(Guid uuid) => Json(new UuidOnly(uuid), ApiContractsJson.Api.UuidOnly, StatusCodes.Status202Accepted);

    /// <summary>204.</summary>
    public static IResult NoContent() => TypedResults.NoContent();

    /// <summary>Writes a value at once.</summary>
    public static Task WriteAsync<T>(HttpResponse response, T value, JsonTypeInfo<T> type, int status)
    {
        response.StatusCode = status;
        if (HttpMethods.IsHead(response.HttpContext.Request.Method))
        {
            return Task.CompletedTask;
        }

        response.ContentType = JsonType;
        return JsonSerializer.SerializeAsync(response.BodyWriter, value, type, response.HttpContext.RequestAborted);
    }

    private sealed class JsonAnswer<T>(T value, JsonTypeInfo<T> type, int status, string? location) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            if (location is not null)
            {
                httpContext.Response.Headers[HeaderNames.Location] = location;
            }

            return WriteAsync(httpContext.Response, value, type, status);
        }
    }
}
