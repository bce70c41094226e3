using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Magnum.Web.Api;

/// <summary>How the API writes JSON: snake case, nulls present, text as it is (it is never embedded in HTML).</summary>
internal static class ApiJson
{
    /// <summary>Fresh options for one feature's context.</summary>
    public static JsonSerializerOptions CreateOptions() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
