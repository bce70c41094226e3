using System.Text.Json;

namespace Magnum.Tests.Support;

/// <summary>Bodies of requests as text.</summary>
internal static class JsonText
{
    /// <summary>An object with the members of another one in place of its own.</summary>
    public static string Merge(string json, string change)
    {
        var merged = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
        foreach (var (key, value) in JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(change)!)
        {
            merged[key] = value;
        }

        return JsonSerializer.Serialize(merged);
    }
}
