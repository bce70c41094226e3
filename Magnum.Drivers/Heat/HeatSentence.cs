using System.Text.RegularExpressions;

namespace Magnum.Drivers.Heat;

/// <summary>Takes the wrapping off what Heat says, so that the sentence that caused it is left.</summary>
internal static partial class HeatSentence
{
    /// <summary>The innermost sentence of a reason or an error.</summary>
    public static string Clean(string? text)
    {
        var rest = (text ?? "").Trim();
        for (var before = ""; before != rest;)
        {
            before = rest;
            rest = Wrapping().Replace(rest, "").Trim();
        }

        if (ServerFault().Match(rest) is { Success: true } fault)
        {
            rest = fault.Groups["message"].Value.Trim().TrimEnd(',', ' ');
        }

        rest = RequestId().Replace(rest, "").Trim();
        rest = Spaces().Replace(rest, " ");
        return rest.Length == 0 ? "no reason given" : rest;
    }

    /// <summary>Whether the reason says only that Heat stopped for the sake of another resource.</summary>
    public static bool IsConsequence(string? reason) =>
        reason is null || reason.Length == 0
        || reason.Contains("aborted", StringComparison.OrdinalIgnoreCase)
        || reason.Contains("cancelled", StringComparison.OrdinalIgnoreCase)
        || reason.Contains("canceled", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether Heat gave up waiting.</summary>
    public static bool IsTimeout(string? reason) =>
        reason is not null && (reason.Contains("timed out", StringComparison.OrdinalIgnoreCase) || reason.Contains("WaitConditionTimeout", StringComparison.Ordinal));

    // "Resource CREATE failed: ResourceInError: resources.kube_minions.resources[0].resources.server: Went to status ERROR due to ..."
    [GeneratedRegex(@"^(Resource (CREATE|UPDATE|DELETE|ROLLBACK|CHECK) failed:|(Error: )?[A-Za-z]*(Exception|E(rror|RROR)|Failure|Timeout|Failed|Forbidden|Conflict|NotFound|Client|BadRequest|InError|Exceeded|UnknownStatus):|(Error: )?resources[.\[][^:\s]*:|Property error:|:)\s*", RegexOptions.CultureInvariant)]
    private static partial Regex Wrapping();

    [GeneratedRegex(@"Went to status (?:ERROR|error) due to ""(?:Message: )?(?<message>.*?)(?:, Code: \d+)?""?$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex ServerFault();

    [GeneratedRegex(@"\s*\((?:HTTP \d+\)\s*)?\(?Request-ID: [^)]*\)|Neutron server returns request_ids: \[[^\]]*\]", RegexOptions.CultureInvariant)]
    private static partial Regex RequestId();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
