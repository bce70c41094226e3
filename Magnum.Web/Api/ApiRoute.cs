using System.Text.Json.Serialization.Metadata;
using Magnum.Web.Api.Input;

namespace Magnum.Web.Api;

/// <summary>What the gate has to know about a route before its handler runs, and what the API's description says of it.</summary>
/// <param name="Handler">The reference's name for it, as the refusal of an old version says it.</param>
internal sealed record ApiRoute(string Handler)
{
    /// <summary>The oldest version that has it; below: 406.</summary>
    public Microversion Since { get; init; } = Microversion.Minimum;

    /// <summary>Query parameters that it takes; any other is a 400.</summary>
    public IReadOnlyList<string> Query { get; init; } = [];

    /// <summary>Query parameters that it takes from a later version on.</summary>
    public IReadOnlyDictionary<string, Microversion> NewerQuery { get; init; } = new Dictionary<string, Microversion>();

    /// <summary>The name of the body in messages; null: the route takes no body and does not look at one.</summary>
    public string? Body { get; init; }

    /// <summary>Whether it also answers with a stream of events, for who accepts <c>text/event-stream</c>.</summary>
    public bool Streams { get; init; }

    /// <summary>Bytes that the body may have at most; null: what the API allows in general.</summary>
    public int? MaxBodyBytes { get; init; }

    /// <summary>Whether it is for everybody, so that no token is asked for: its handler sees for itself who comes.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Whether tokens without a project get in: the users that a cluster's nodes are.</summary>
    public bool AllowsUnscoped { get; init; }

    /// <summary>A line for readers of the description.</summary>
    public string Summary { get; init; } = "";

    /// <summary>The fields of the body; null where it is a patch.</summary>
    public ResourceSchema? Input { get; init; }

    /// <summary>The status of success.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>The contracts of what success answers: one, or one of several; of the items where it is a <see cref="Collection"/>.</summary>
    public IReadOnlyList<JsonTypeInfo> Answers { get; init; } = [];

    /// <summary>The top-level key of a list.</summary>
    public string? Collection { get; init; }

    /// <summary>Answers with an entity tag, or heeds one.</summary>
    public bool HasEntityTag { get; init; }

    /// <summary>Takes an <see cref="Idempotency.Header"/>.</summary>
    public bool IsIdempotent { get; init; }

    /// <summary>Magnum itself does not have it.</summary>
    public bool Beyond { get; init; }

    /// <summary>Only says what is missing in the path; no route of the API.</summary>
    public bool IsRefusal { get; init; }

    /// <summary>Parameters of all lists.</summary>
    public static readonly IReadOnlyList<string> PageParameters = ["limit", "marker", "sort_key", "sort_dir"];

    /// <summary>Whether the parameter may be sent at this version.</summary>
    public bool Takes(string parameter, Microversion version) =>
        Query.Contains(parameter, StringComparer.Ordinal) || (NewerQuery.TryGetValue(parameter, out var since) && version >= since);
}
