using System.Globalization;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Errors;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Magnum.Web.Api.Output;

/// <summary>
/// Names the state of a resource (RFC 9110, section 8.8.3), so that who read it can ask whether it is still so, and change it only while
/// it is. Strong: the generation rises with every change, and the microversion says which form was sent.
/// </summary>
internal sealed class EntityTag
{
    private readonly string _state;
    private readonly string _resource;

    private EntityTag(string resource, Guid uuid, long generation) =>
        (_resource, _state) = ($"{resource} {uuid}", string.Create(CultureInfo.InvariantCulture, $"{uuid:N}.{generation}"));

    public static EntityTag Of(Cluster cluster) => new("Cluster", cluster.Uuid, cluster.Generation);

    public static EntityTag Of(ClusterTemplate template) => new("ClusterTemplate", template.Uuid, template.Generation);

    /// <summary>The answer with this tag; 304 when <c>If-None-Match</c> has it.</summary>
    public IResult Answer(ApiRequest request, Func<IResult> whole)
    {
        var tag = $"\"{_state}.{request.Version.Minor}\"";
        request.Http.Response.Headers.ETag = tag;
        return TryRead(request.Http.Request.Headers.IfNoneMatch, out var known) && known.Any(k => k.Tag == "*" || k.Tag == tag)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : whole();
    }

    /// <summary>The refusal when <c>If-Match</c> names other states only. Another microversion's form of the same state will do.</summary>
    public MagnumError? Objection(ApiRequest request)
    {
        var header = request.Http.Request.Headers.IfMatch;
        if (header.Count == 0)
        {
            return null;
        }

        if (!TryRead(header, out var wanted))
        {
            return new MagnumError.Invalid("The header If-Match is neither * nor a list of entity tags in quotation marks.");
        }

        return wanted.Any(w => w.Tag == "*" || (!w.IsWeak && w.Tag.StartsWith($"\"{_state}.", StringComparison.Ordinal)))
            ? null
            : new MagnumError.Stale($"{_resource} is not what If-Match says it is: it was changed since. Read it again and decide anew.");
    }

    private static bool TryRead(StringValues header, out IList<EntityTagHeaderValue> tags)
    {
        tags = [];
        return header.Count > 0 && EntityTagHeaderValue.TryParseStrictList(header, out tags!) && tags is { Count: > 0 };
    }
}
