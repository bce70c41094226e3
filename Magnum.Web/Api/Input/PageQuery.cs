using System.Globalization;
using System.Numerics;
using Magnum.Core.Errors;
using Magnum.Core.Paging;

namespace Magnum.Web.Api.Input;

/// <summary>What a list's query asks for.</summary>
/// <param name="Path">Of the list after the base address, such as <c>/v1/clusters/detail</c>.</param>
/// <param name="Extra">Other parameters to be carried along, as <c>&amp;name=value</c>.</param>
internal sealed record PageQuery(PageRequest Request, string BaseUrl, string Path, string Extra)
{
    /// <summary>Where the list goes on.</summary>
    public string NextLink(string marker) => string.Create(
        CultureInfo.InvariantCulture,
        $"{BaseUrl}{Path}?sort_key={Uri.EscapeDataString(Request.SortKey)}&sort_dir={(Request.Descending ? "desc" : "asc")}&limit={Request.Limit}&marker={marker}{Extra}");

    /// <summary>Reads the query of a list that has one order, the newest first unless asked otherwise.</summary>
    public static Result<PageQuery> ReadNewestFirst(
        ApiRequest request, string path, string sortKey, bool numericMarker, params ReadOnlySpan<string> carried)
    {
        var query = Read(request, path, numericMarker, carried);
        if (query.Value is not { } page)
        {
            return query;
        }

        var given = request.Http.Request.Query;
        return page with
        {
            Request = page.Request with
            {
                SortKey = given.ContainsKey("sort_key") ? page.Request.SortKey : sortKey,
                Descending = page.Request.Descending || !given.ContainsKey("sort_dir"),
            },
        };
    }

    /// <summary>Reads it; the marker is a uuid, or a row number where lists have no uuids.</summary>
    public static Result<PageQuery> Read(ApiRequest request, string path, bool numericMarker = false, params ReadOnlySpan<string> carried)
    {
        var limit = request.MaxLimit;
        if (request.One("limit", out var limitText) is { } refusedLimit)
        {
            return refusedLimit;
        }

        if (limitText is not null)
        {
            if (limitText.Length > 32 || !BigInteger.TryParse(limitText.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var asked))
            {
                return InputError.Field("limit", limitText, $"unable to convert to int. Error: invalid literal for int() with base 10: {PythonText.Repr(limitText)}");
            }

            if (asked.Sign <= 0)
            {
                return new MagnumError.Invalid("Limit must be positive") { Field = "limit" };
            }

            limit = (int)BigInteger.Min(asked, request.MaxLimit);
        }

        if (request.One("marker", out var marker) is { } refusedMarker)
        {
            return refusedMarker;
        }

        if (marker is not null && numericMarker && !long.TryParse(marker, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return InputError.Field("marker", marker, $"unable to convert to int. Error: invalid literal for int() with base 10: {PythonText.Repr(marker)}");
        }

        if (marker is not null && !numericMarker && !Guid.TryParseExact(marker, "D", out _) && !Guid.TryParseExact(marker, "N", out _))
        {
            return InputError.Field("marker", marker, $"unable to convert to uuid. Error: Expected a uuid but received {PythonText.Str(marker)}.");
        }

        if (request.One("sort_key", out var sortKey) is { } refusedKey)
        {
            return refusedKey;
        }

        if (request.One("sort_dir", out var sortDirection) is { } refusedDirection)
        {
            return refusedDirection;
        }

        if (sortDirection is not (null or "asc" or "desc"))
        {
            return new MagnumError.Invalid($"Invalid sort direction: {PythonText.Str(sortDirection)}. Acceptable values are 'asc' or 'desc'") { Field = "sort_dir" };
        }

        var extra = "";
        foreach (var name in carried)
        {
            if (request.One(name, out var value) is null && value is not null)
            {
                extra += $"&{name}={Uri.EscapeDataString(value)}";
            }
        }

        return new PageQuery(new PageRequest(limit, marker, sortKey ?? "id", sortDirection == "desc"), request.BaseUrl, path, extra);
    }
}
