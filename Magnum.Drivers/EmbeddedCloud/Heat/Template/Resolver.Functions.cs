using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Template;

internal sealed partial class Resolver
{
    private static readonly Dictionary<string, Func<Resolver, JsonNode?, JsonNode?>> Functions = new()
    {
        ["get_param"] = (r, a) => r.GetParam(a),
        ["get_resource"] = (r, a) => r.GetResource(a),
        ["get_attr"] = (r, a) => r.GetAttr(a),
        ["get_file"] = (r, a) => r.GetFile(a),
        ["str_replace"] = (r, a) => r.StrReplace(a, "str_replace", strict: false, vstrict: false),
        ["str_replace_strict"] = (r, a) => r.StrReplace(a, "str_replace_strict", strict: true, vstrict: false),
        ["str_replace_vstrict"] = (r, a) => r.StrReplace(a, "str_replace_vstrict", strict: true, vstrict: true),
        ["list_join"] = (r, a) => r.ListJoin(a),
        ["list_concat"] = (r, a) => r.ListConcat(a, unique: false),
        ["list_concat_unique"] = (r, a) => r.ListConcat(a, unique: true),
        ["repeat"] = (r, a) => r.Repeat(a),
        ["if"] = (r, a) => r.If(a),
        ["equals"] = (r, a) => r.Resolve(a) is JsonArray { Count: 2 } pair ? JsonNode.DeepEquals(pair[0], pair[1]) || (pair[0] is JsonValue && pair[1] is JsonValue && pair[0].Text() == pair[1].Text()) : throw Invalid("equals", "two values are needed"),
        ["not"] = (r, a) => !r.Test(a),
        ["and"] = (r, a) => Conditions(a, "and").All(r.Test),
        ["or"] = (r, a) => Conditions(a, "or").Any(r.Test),
        ["map_merge"] = (r, a) => r.MapMerge(a),
        ["map_replace"] = (r, a) => r.MapReplace(a),
        ["digest"] = (r, a) => r.Digest(a),
        ["str_split"] = (r, a) => r.StrSplit(a),
        ["make_url"] = (r, a) => r.MakeUrl(a),
        ["contains"] = (r, a) => r.Resolve(a) is JsonArray { Count: 2 } pair ? Contains(pair[0], pair[1]) : throw Invalid("contains", "a value and a sequence are needed"),
        ["filter"] = (r, a) => r.Filter(a),
        ["yaql"] = (_, _) => throw Invalid("yaql", "the embedded cloud does not know this function"),
    };

    /// <summary>Whether a map of one key with this name is a function's call.</summary>
    public static bool IsFunction(string name) => Functions.ContainsKey(name);

    private static JsonArray Conditions(JsonNode? arguments, string function) =>
        arguments is JsonArray { Count: >= 2 } list ? list : throw Invalid(function, "two conditions or more are needed");

    private JsonNode? GetParam(JsonNode? arguments)
    {
        var path = Resolve(arguments) is JsonArray list ? list.Select(a => a.Text() ?? "").ToList() : [Resolve(arguments).Text() ?? ""];
        return path is [{ Length: > 0 } name, ..] && scope.Parameters.ContainsKey(name)
            ? Walk(scope.Parameters[name], path.Skip(1))?.DeepClone() ?? (path.Count > 1 ? "" : null)
            : throw HeatFault.ParameterMissing(path.FirstOrDefault() ?? "");
    }

    private JsonNode? GetResource(JsonNode? arguments)
    {
        Deferred = true;
        return scope.Reference(Resolve(arguments).Text() ?? throw Invalid("get_resource", "the name of a resource is needed"))?.DeepClone();
    }

    private JsonNode? GetAttr(JsonNode? arguments)
    {
        Deferred = true;
        return Resolve(arguments) is JsonArray { Count: >= 1 } list && list.Select(a => a.Text() ?? "").ToList() is var path
            ? scope.Attribute(path[0], path.ElementAtOrDefault(1) ?? "", [.. path.Skip(2)])?.DeepClone()
            : throw Invalid("get_attr", "arguments must be of the form [resource_name, attribute, (path), ...]");
    }

    private JsonNode GetFile(JsonNode? arguments)
    {
        var name = Resolve(arguments).Text() ?? throw Invalid("get_file", "the name of a file is needed");
        return scope.File(name) ?? throw HeatFault.Validation($"No content found in the \"files\" section for get_file path: {name}");
    }

    private JsonNode? StrReplace(JsonNode? arguments, string function, bool strict, bool vstrict)
    {
        if (arguments is not JsonObject given || !given.ContainsKey("template") || !given.ContainsKey("params"))
        {
            throw Invalid(function, "\"template\" and \"params\" are needed");
        }

        if (Resolve(given["params"]) is not JsonObject { } map)
        {
            throw Invalid(function, "\"params\" must be a map");
        }

        var template = Resolve(given["template"]).Text() ?? "";
        var values = new List<(string Key, string Value)>();
        foreach (var (key, node) in map)
        {
            var value = node is JsonObject or JsonArray ? node.Dumps() : node.Text();
            if (vstrict && string.IsNullOrEmpty(value) && !Deferred)
            {
                throw Invalid(function, $"param {key} has no value");
            }

            if (strict && !template.Contains(key, StringComparison.Ordinal))
            {
                throw Invalid(function, $"The following params were not found in the template: {key}");
            }

            values.Add((key, value ?? ""));
        }

        return ReplaceOnce(template, [.. values.Where(v => v.Key.Length > 0).OrderByDescending(v => v.Key.Length)]);
    }

    /// <summary>Replaces in one pass, so that what was put in is not searched again.</summary>
    private static string ReplaceOnce(string template, List<(string Key, string Value)> values)
    {
        var result = new StringBuilder(template.Length);
        for (var at = 0; at < template.Length;)
        {
            var (key, value) = values.Find(v => string.CompareOrdinal(template, at, v.Key, 0, v.Key.Length) == 0);
            result.Append(key is null ? template[at].ToString() : value);
            at += key?.Length ?? 1;
        }

        return result.ToString();
    }

    private JsonNode? ListJoin(JsonNode? arguments)
    {
        if (Resolve(arguments) is not JsonArray { Count: >= 2 } list || list[0].Text() is not { } delimiter)
        {
            throw Invalid("list_join", "[ <delimiter>, [ <string 1>, <string 2>, ... ] ] is needed");
        }

        return string.Join(delimiter, list.Skip(1).SelectMany(l => l.Items()).Select(i => i is JsonObject or JsonArray ? i.Dumps() : i.Text() ?? ""));
    }

    private JsonArray ListConcat(JsonNode? arguments, bool unique)
    {
        if (Resolve(arguments) is not JsonArray lists)
        {
            throw Invalid("list_concat", "a list of lists is needed");
        }

        var items = lists.SelectMany(l => l.Items());
        return (unique ? items.DistinctBy(i => i.Write()) : items).Select(i => i?.DeepClone()).ToJson();
    }

    private JsonArray Repeat(JsonNode? arguments)
    {
        if (arguments is not JsonObject given || Resolve(given["for_each"]) is not JsonObject loops || !given.ContainsKey("template"))
        {
            throw Invalid("repeat", "\"for_each\" and \"template\" are needed");
        }

        var rounds = new List<Dictionary<string, JsonNode?>> { new() };
        if (given.Flag("permutations", true))
        {
            foreach (var (name, values) in loops)
            {
                rounds = [.. rounds.SelectMany(round => Each(values).Select(v => new Dictionary<string, JsonNode?>(round) { [name] = v }))];
            }
        }
        else
        {
            var count = loops.Select(l => Each(l.Value).Count()).DefaultIfEmpty(0).Min();
            rounds = [.. Enumerable.Range(0, count).Select(i => loops.ToDictionary(l => l.Key, l => Each(l.Value).ElementAt(i)))];
        }

        return rounds.Select(round => Resolve(Put(given["template"], round))).ToJson();

        static IEnumerable<JsonNode?> Each(JsonNode? node) => node is JsonObject map ? map.Select(m => (JsonNode?)m.Key) : node.Items();
    }

    private static JsonNode? Put(JsonNode? template, Dictionary<string, JsonNode?> values)
    {
        switch (template)
        {
            case JsonObject map:
                return new JsonObject(map.Select(p => KeyValuePair.Create(Put((JsonNode?)p.Key, values).Text()!, Put(p.Value, values))));
            case JsonArray list:
                return new JsonArray([.. list.Select(i => Put(i, values))]);
            case JsonValue value when value.IsString():
                var text = value.Text()!;
                return values.TryGetValue(text, out var whole)
                    ? whole?.DeepClone()
                    : ReplaceOnce(text, [.. values.Select(v => (v.Key, v.Value is JsonObject or JsonArray ? v.Value.Dumps() : v.Value.Text() ?? "")).OrderByDescending(v => v.Key.Length)]);
            default:
                return template?.DeepClone();
        }
    }

    private JsonNode? If(JsonNode? arguments) => arguments is JsonArray { Count: 2 or 3 } list
        ? Test(list[0]) ? Resolve(list[1]) : list.Count == 3 ? Resolve(list[2]) : null
        : throw Invalid("if", "[condition_name, value_if_true, value_if_false] is needed");

    private JsonObject MapMerge(JsonNode? arguments)
    {
        var merged = new JsonObject();
        foreach (var map in Resolve(arguments).Items())
        {
            foreach (var (key, value) in map as JsonObject ?? (map is null ? [] : throw Invalid("map_merge", "a list of maps is needed")))
            {
                merged[key] = value?.DeepClone();
            }
        }

        return merged;
    }

    private JsonObject MapReplace(JsonNode? arguments)
    {
        if (Resolve(arguments) is not JsonArray { Count: 2 } pair || pair[0] is not JsonObject map || pair[1] is not JsonObject how)
        {
            throw Invalid("map_replace", "a map and {keys, values} are needed");
        }

        return new JsonObject(map.Select(m => KeyValuePair.Create(
            how.Map("keys").Text(m.Key) ?? m.Key,
            m.Value.Text() is { } text && how.Map("values")?.ContainsKey(text) is true ? how.Map("values")![text]?.DeepClone() : m.Value?.DeepClone())));
    }

    private JsonNode Digest(JsonNode? arguments)
    {
        if (Resolve(arguments) is not JsonArray { Count: 2 } pair || pair[0].Text() is not { } algorithm)
        {
            throw Invalid("digest", "[ <algorithm>, <value> ] is needed");
        }

        var bytes = Encoding.UTF8.GetBytes(pair[1].Text() ?? "");
        var name = algorithm.ToUpperInvariant() switch
        {
            "MD5" => HashAlgorithmName.MD5,
            "SHA1" => HashAlgorithmName.SHA1,
            "SHA256" => HashAlgorithmName.SHA256,
            "SHA384" => HashAlgorithmName.SHA384,
            "SHA512" => HashAlgorithmName.SHA512,
            _ => throw Invalid("digest", $"Algorithm must be one of md5, sha1, sha256, sha384, sha512, not {algorithm}"),
        };
        return Convert.ToHexStringLower(CryptographicOperations.HashData(name, bytes));
    }

    private JsonNode? StrSplit(JsonNode? arguments)
    {
        if (Resolve(arguments) is not JsonArray { Count: 2 or 3 } list || list[0].Text() is not { Length: > 0 } delimiter)
        {
            throw Invalid("str_split", "[ <delimiter>, <string>, <index> ] is needed");
        }

        var parts = (list[1].Text() ?? "").Split(delimiter);
        return list.Count == 2 ? parts.ToJson()
            : list[2].Whole() is { } index && index >= 0 && index < parts.Length ? parts[(int)index]
            : Deferred ? null : throw Invalid("str_split", $"the index {list[2].Text()} is out of range");
    }

    private JsonNode? MakeUrl(JsonNode? arguments)
    {
        if (Resolve(arguments) is not JsonObject given)
        {
            throw Invalid("make_url", "a map is needed");
        }

        var url = new StringBuilder(given.Text("scheme") is { Length: > 0 } scheme ? scheme + "://" : "//");
        if (given.Text("username") is { Length: > 0 } user)
        {
            url.Append(Uri.EscapeDataString(user)).Append(given.Text("password") is { } password ? ":" + Uri.EscapeDataString(password) : "").Append('@');
        }

        var host = given.Text("host") ?? "";
        url.Append(host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host}]" : host);
        url.Append(given.Text("port") is { Length: > 0 } port ? ":" + port : "");
        url.Append(given.Text("path") is { Length: > 0 } path ? (path.StartsWith('/') ? path : "/" + path) : "");
        if (given.Map("query") is { Count: > 0 } query)
        {
            url.Append('?').AppendJoin('&', query.Select(q => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(q.Value.Text() ?? "")}"));
        }

        return url.Append(given.Text("fragment") is { Length: > 0 } fragment ? "#" + fragment : "").ToString();
    }

    private static bool Contains(JsonNode? value, JsonNode? sequence) => sequence switch
    {
        JsonArray list => list.Any(i => JsonNode.DeepEquals(i, value) || (i is JsonValue && i.Text() == value.Text())),
        JsonObject map => map.ContainsKey(value.Text() ?? ""),
        _ => (sequence.Text() ?? "").Contains(value.Text() ?? "", StringComparison.Ordinal),
    };

    private JsonArray Filter(JsonNode? arguments) => Resolve(arguments) is JsonArray { Count: 2 } pair && pair[0] is JsonArray unwanted && pair[1] is JsonArray items
        ? items.Where(i => !Contains(i, unwanted)).Select(i => i?.DeepClone()).ToJson()
        : throw Invalid("filter", "a list of values and a list are needed");
}
