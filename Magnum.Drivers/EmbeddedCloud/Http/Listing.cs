using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Magnum.Drivers.EmbeddedCloud.Http;

/// <summary>Filters, sorting and paging as OpenStack's lists have them, over the objects as they are answered.</summary>
internal static class Listing
{
    private static readonly HashSet<string> Reserved = ["limit", "marker", "sort_key", "sort_dir", "sort_keys", "sort_dirs", "sort", "fields", "page_reverse", "with_count", "all_tenants", "all_projects"];

    /// <summary>Keeps what has the value that the query asks of each of the object's own fields; several values of one name are alternatives.</summary>
    public static IEnumerable<JsonObject> Filter(this IEnumerable<JsonObject> items, IQueryCollection query)
    {
        foreach (var (key, values) in query)
        {
            if (Reserved.Contains(key))
            {
                continue;
            }

            var wanted = values.OfType<string>().ToList();
            items = items.Where(item => !item.ContainsKey(key) || Matches(item[key], wanted));
        }

        return items;
    }

    /// <summary>One page; 400 for a marker that is not in the list, or the first page where the service overlooks such markers.</summary>
    public static List<JsonObject> Page(
        this IEnumerable<JsonObject> items, IQueryCollection query, string idKey, out bool more, bool overlookMarker = false)
    {
        var all = Sort(items, query).ToList();
        var start = 0;
        if (query["marker"].ToString() is { Length: > 0 } marker)
        {
            var at = all.FindIndex(item => item.Text(idKey) == marker);
            start = at >= 0 || overlookMarker ? at + 1 : throw ApiFault.BadRequest($"marker [{marker}] not found");
        }

        var limit = int.MaxValue;
        if (query["limit"].ToString() is { Length: > 0 } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit < 0))
        {
            throw ApiFault.BadRequest($"Invalid input received: limit must be a whole number from 0, not '{text}'.");
        }

        limit = limit == 0 ? int.MaxValue : limit;
        var page = all.Skip(start).Take(limit).ToList();
        more = start + page.Count < all.Count;
        return page;
    }

    /// <summary>Only the fields asked for, when any are.</summary>
    public static IEnumerable<JsonObject> Fields(this IEnumerable<JsonObject> items, IReadOnlyList<string> fields) => fields.Count == 0
        ? items
        : items.Select(item => new JsonObject(item.Where(f => fields.Contains(f.Key)).Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone()))));

    private static IEnumerable<JsonObject> Sort(IEnumerable<JsonObject> items, IQueryCollection query)
    {
        var keys = query["sort_key"].Concat(query["sort_keys"]).OfType<string>().ToList();
        var directions = query["sort_dir"].Concat(query["sort_dirs"]).OfType<string>().ToList();
        if (query["sort"].ToString() is { Length: > 0 } sort)
        {
            foreach (var part in sort.Split(','))
            {
                keys.Add(part.Split(':')[0]);
                directions.Add(part.Contains(':', StringComparison.Ordinal) ? part.Split(':')[1] : "asc");
            }
        }

        for (var i = keys.Count - 1; i >= 0; i--)
        {
            var key = keys[i];
            var descending = directions.ElementAtOrDefault(i) is "desc";
            items = descending
                ? items.OrderByDescending(item => item[key].Text(), StringComparer.Ordinal)
                : items.OrderBy(item => item[key].Text(), StringComparer.Ordinal);
        }

        return items;
    }

    private static bool Matches(JsonNode? value, List<string> wanted) => value switch
    {
        JsonArray array => array.Any(item => Matches(item, wanted)),
        JsonValue flag when flag.GetValueKind() is JsonValueKind.True or JsonValueKind.False => wanted.Any(w => ((JsonNode?)w).Flag() == flag.Flag()),
        _ => wanted.Contains(value.Text() ?? ""),
    };
}
