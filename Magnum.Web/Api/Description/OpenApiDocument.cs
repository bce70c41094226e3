using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Magnum.Core;
using Magnum.Core.Events;
using Magnum.Web.Api.Http;
using Magnum.Web.Api.Output;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Magnum.Web.Api.Description;

/// <summary>The OpenAPI 3.1 document, made of the routes themselves: their patterns, what the gate knows of them, and their contracts.</summary>
internal sealed class OpenApiDocument
{
    private const string Range = "x-openstack-microversion";

    private readonly SortedDictionary<string, JsonNode> _schemas = new(StringComparer.Ordinal);

    private OpenApiDocument()
    {
    }

    /// <summary>The document as UTF-8.</summary>
    public static byte[] Write(IEnumerable<Endpoint> endpoints)
    {
        var document = new OpenApiDocument().Build(endpoints);
        return JsonSerializer.SerializeToUtf8Bytes(document, ApiJson.CreateOptions());
    }

    /// <summary>The path of an endpoint as the document has it.</summary>
    public static string PathOf(RoutePattern pattern)
    {
        var path = string.Concat(pattern.PathSegments.Select(s => "/" + string.Concat(s.Parts.Select(p => p switch
        {
            RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
            RoutePatternLiteralPart literal => literal.Content,
            _ => throw new InvalidOperationException($"{pattern.RawText} has a part that the description cannot say."),
        }))));
        return path.Length == 0 ? "/" : path;
    }

    private JsonObject Build(IEnumerable<Endpoint> endpoints)
    {
        Add("Error", ApiContractsJson.Api.ErrorBody);
        Add("Unauthorized", ApiContractsJson.Api.KeystoneErrorBody);
        Add("VersionError", ApiContractsJson.Api.VersionErrorBody);
        var paths = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var endpoint in endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<ApiRoute>() is not { IsRefusal: false } route)
            {
                continue;
            }

            var path = PathOf(endpoint.RoutePattern);
            if (!paths.TryGetValue(path, out var item))
            {
                paths[path] = item = Parameters(endpoint.RoutePattern);
            }

            foreach (var method in endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods)
            {
                item[method.ToLowerInvariant()] = Operation(method, path, route);
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Magnum for .NET: OpenStack container infrastructure management",
                ["version"] = Microversion.Maximum.ToString(),
                ["description"] =
                    "Magnum's REST API v1 with what this implementation adds (operations marked x-beyond-magnum). The paths may be asked for without /v1, and with a "
                    + $"slash at the end. {Range} says from and up to which microversion an operation, a parameter or a field is there.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }),
            ["paths"] = new JsonObject(paths.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Auth-Token", ["description"] = "A token of Keystone." },
                },
                ["parameters"] = new JsonObject { ["Microversion"] = MicroversionParameter() },
                ["headers"] = Headers(),
                ["responses"] = Responses(),
                ["schemas"] = new JsonObject(_schemas.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value))),
            },
        };
    }

    private JsonObject Operation(string method, string path, ApiRoute route)
    {
        var operation = new JsonObject
        {
            ["operationId"] = $"{method.ToLowerInvariant()}{path.Replace("/", "_", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal).Replace('.', '_')}",
            ["summary"] = route.Summary,
            ["tags"] = new JsonArray(path.Split('/', StringSplitOptions.RemoveEmptyEntries) is [_, var tag, ..] ? tag : "versions"),
        };
        if (route.Beyond)
        {
            operation["x-beyond-magnum"] = true;
        }

        if (route.Since > Microversion.Minimum)
        {
            operation[Range] = new JsonObject { ["min"] = route.Since.ToString() };
        }

        if (route.IsPublic)
        {
            operation["security"] = new JsonArray();
        }

        var parameters = new JsonArray();
        if (path != "/")
        {
            parameters.Add(Reference("parameters", "Microversion"));
        }

        foreach (var name in route.Query)
        {
            parameters.Add(Query(name));
        }

        foreach (var (name, since) in route.NewerQuery)
        {
            var parameter = Query(name);
            parameter[Range] = new JsonObject { ["min"] = since.ToString() };
            parameters.Add(parameter);
        }

        foreach (var (name, description) in HeadersOf(method, route))
        {
            parameters.Add(new JsonObject
            {
                ["name"] = name,
                ["in"] = "header",
                ["description"] = description,
                ["schema"] = new JsonObject { ["type"] = "string" },
            });
        }

        operation["parameters"] = parameters;
        if (route.Body is not null)
        {
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(Input(route)) };
        }

        operation["responses"] = Answers(method, path, route);
        return operation;
    }

    private JsonNode Input(ApiRoute route)
    {
        var (name, schema) = route.Input is { } fields ? (fields.Name, InputSchemas.Of(fields)) : ("patch", InputSchemas.Patch);
        name = name.EndsWith("_req", StringComparison.Ordinal) ? $"{name}uest" : $"{name}_request";
        _schemas.TryAdd(name, schema);
        return Reference("schemas", name);
    }

    private JsonObject Answers(string method, string path, ApiRoute route)
    {
        var success = new JsonObject
        {
            ["description"] = route.Status switch
            {
                StatusCodes.Status201Created => "Made.",
                StatusCodes.Status202Accepted => "Recorded; the work goes on after the answer.",
                StatusCodes.Status204NoContent => "Done, or recorded.",
                _ => "As asked for.",
            },
            ["headers"] = new JsonObject { ["X-OpenStack-Request-Id"] = Reference("headers", "RequestId") },
        };
        if (path != "/")
        {
            success["headers"]!["OpenStack-API-Version"] = Reference("headers", "Microversion");
        }

        if (route.HasEntityTag && HttpMethods.IsGet(method))
        {
            success["headers"]!["ETag"] = Reference("headers", "EntityTag");
        }

        if (route.IsIdempotent)
        {
            success["headers"]![Idempotency.ReplayedHeader] = Reference("headers", "Replayed");
        }

        if (route.Answers.Count > 0)
        {
            var content = Content(Answer(route));
            if (route.Streams)
            {
                content[StreamAccept.MediaType] = new JsonObject
                {
                    ["schema"] = new JsonObject
                    {
                        ["type"] = "string",
                        ["description"] = "Server-sent events: id is the sequence, data an event as in the list. The last one is named end and says the reason: removed, expired or refused.",
                    },
                };
            }

            success["content"] = content;
        }
        else if (route.Status == StatusCodes.Status200OK)
        {
            success["content"] = Content(new JsonObject { ["type"] = "object" });
        }

        var answers = new JsonObject { [route.Status.ToString(CultureInfo.InvariantCulture)] = success };
        if (route.HasEntityTag)
        {
            answers[HttpMethods.IsGet(method) ? "304" : "412"] = HttpMethods.IsGet(method)
                ? new JsonObject { ["description"] = "Not changed since." }
                : Reference("responses", "Error");
        }

        if (route.IsIdempotent)
        {
            answers["422"] = Reference("responses", "Error");
        }

        if (!route.IsPublic)
        {
            answers["401"] = Reference("responses", "Unauthorized");
        }

        answers["406"] = Reference("responses", "NotAcceptable");
        answers["default"] = Reference("responses", "Error");
        return answers;
    }

    private JsonNode Answer(ApiRoute route)
    {
        var items = route.Answers.Select(a => Add(AnswerSchemas.NameOf(a), a)).ToArray();
        var item = items.Length == 1 ? items[0] : new JsonObject { ["anyOf"] = new JsonArray(items) };
        if (route.Collection is not { } name)
        {
            return item;
        }

        var properties = new JsonObject { [name] = new JsonObject { ["type"] = "array", ["items"] = item } };
        if (route.Query.Count > 0)
        {
            properties["next"] = new JsonObject { ["type"] = "string", ["format"] = "uri", ["description"] = "Where the list goes on; there when the page is full." };
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = new JsonArray(name) };
    }

    private JsonNode Add(string name, JsonTypeInfo contract)
    {
        if (!_schemas.ContainsKey(name))
        {
            _schemas[name] = AnswerSchemas.Of(contract, name);
        }

        return Reference("schemas", name);
    }

    private static IEnumerable<(string Name, string Description)> HeadersOf(string method, ApiRoute route)
    {
        if (route.IsIdempotent)
        {
            yield return (Idempotency.Header, "1-255 printable ASCII characters. The same request with the same key is carried out once within 24 hours and gets the first answer again.");
        }

        if (route.HasEntityTag)
        {
            yield return HttpMethods.IsGet(method)
                ? ("If-None-Match", "Entity tags that the caller knows: 304 when the present one is among them.")
                : ("If-Match", "The entity tag that the caller decided upon: 412 when it is not the present one any more.");
        }

        if (route.Streams)
        {
            yield return ("Last-Event-ID", "A stream goes on after the event of this sequence.");
        }
    }

    private static JsonObject Parameters(RoutePattern pattern)
    {
        if (pattern.Parameters.Count == 0)
        {
            return [];
        }

        return new JsonObject
        {
            ["parameters"] = new JsonArray([.. pattern.Parameters.Select(JsonNode? (p) => new JsonObject
            {
                ["name"] = p.Name,
                ["in"] = "path",
                ["required"] = true,
                ["description"] = p.Name switch
                {
                    "ident" or "cluster" => "Uuid or name; of several of that name the uuid is needed.",
                    "project" => "The project's id.",
                    "type" => "As ca_cert_type.",
                    _ => "Cluster",
                },
                ["schema"] = new JsonObject { ["type"] = "string" },
            })]),
        };
    }

    private static JsonObject Query(string name)
    {
        var schema = name switch
        {
            "limit" => new JsonObject { ["type"] = "integer", ["minimum"] = 1 },
            "sort_dir" => new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("asc", "desc") },
            "rollback" or "all_tenants" => new JsonObject { ["type"] = "boolean", ["default"] = false },
            _ => new JsonObject { ["type"] = "string" },
        };
        return new JsonObject
        {
            ["name"] = name,
            ["in"] = "query",
            ["description"] = name switch
            {
                "limit" => "Items of the page at most; lowered to the server's maximum.",
                "marker" => "The last item of the page before: its uuid; its id for quotas; its sequence for events.",
                "sort_key" => "A stored field.",
                "sort_dir" => "Lists are ascending; those of events and operations begin with the newest.",
                "role" => "Groups of this role alone.",
                "all_tenants" => "Of all projects, for administrators.",
                "rollback" => "Go back when it fails, where the engine can.",
                "ca_cert_type" => "kubernetes, etcd, front-proxy; for nodes also service-account and cloud-credential.",
                "level" => $"One or several of {string.Join(", ", WireSpelling.WireNames<EventLevel>())}, with commas between them.",
                "source" => $"One or several of {string.Join(", ", WireSpelling.WireNames<EventSource>())}, with commas between them.",
                "type" => "cluster.",
                "project_id" => "Of this project; administrators may name any.",
                _ => throw new InvalidOperationException($"The parameter {name} has no description."),
            },
            ["schema"] = schema,
        };
    }

    private static JsonObject MicroversionParameter() => new()
    {
        ["name"] = Microversion.Header,
        ["in"] = "header",
        ["description"] = $"The version to be served at: `{Microversion.Service} 1.N` or `{Microversion.Service} latest`. Without it {Microversion.Minimum}.",
        ["schema"] = new JsonObject { ["type"] = "string" },
        [Range] = new JsonObject { ["min"] = Microversion.Minimum.ToString(), ["max"] = Microversion.Maximum.ToString() },
    };

    private static JsonObject Headers() => new()
    {
        ["RequestId"] = Header("The request's id, by which it is found in the logs."),
        ["Microversion"] = Header("The version at which it was served."),
        ["EntityTag"] = Header("Names the state that was sent."),
        ["Replayed"] = Header("true: the answer to an earlier request with the same key."),
    };

    private static JsonObject Header(string description) => new() { ["description"] = description, ["schema"] = new JsonObject { ["type"] = "string" } };

    private static JsonObject Responses() => new()
    {
        ["Error"] = new JsonObject { ["description"] = "Refused; detail says why.", ["content"] = Content(Reference("schemas", "Error")) },
        ["Unauthorized"] = new JsonObject { ["description"] = "No valid token; in Keystone's words.", ["content"] = Content(Reference("schemas", "Unauthorized")) },
        ["NotAcceptable"] = new JsonObject
        {
            ["description"] = "Not at this microversion, or not in this form.",
            ["content"] = Content(new JsonObject { ["anyOf"] = new JsonArray(Reference("schemas", "Error"), Reference("schemas", "VersionError")) }),
        },
    };

    private static JsonObject Content(JsonNode schema) => new() { [ApiResponse.JsonType] = new JsonObject { ["schema"] = schema } };

    private static JsonObject Reference(string kind, string name) => new() { ["$ref"] = $"#/components/{kind}/{name}" };
}
