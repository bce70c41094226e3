using System.Text.RegularExpressions;
using Magnum.Core.Drivers;

namespace Magnum.Core.OpenStack;

/// <summary>
/// Takes out of the cloud's words what nobody may see: services quote what they were sent, and some put a stack trace behind it. What reaches
/// <c>status_reason</c>, an event or the log from outside goes through here: as an exception's message, or as something observed.
/// </summary>
internal static partial class PublicText
{
    private const string Hidden = "***";

    /// <summary>The text without stack traces, tokens and secrets.</summary>
    public static string Clean(string text)
    {
        text = Trace().Replace(text, "");
        text = PrivateKey().Replace(text, Hidden);
        text = Token().Replace(text, Hidden);
        return Secret().Replace(text, match => $"{match.Groups["name"].Value}{Hidden}").TrimEnd();
    }

    /// <summary>The text without private keys, also one whose beginning is cut off.</summary>
    public static string WithoutKeys(string text)
    {
        text = PrivateKey().Replace(text, Hidden);
        var end = KeyEnd().Match(text);
        return end.Success ? $"{Hidden}{text[(end.Index + end.Length)..]}" : text;
    }

    /// <summary>What was seen, with every text cleaned.</summary>
    public static ObservedCluster Clean(ObservedCluster seen) => seen with
    {
        Reason = Maybe(seen.Reason),
        NodeGroups = [.. seen.NodeGroups.Select(g => g with { Reason = Maybe(g.Reason) })],
        Events = [.. seen.Events.Select(e => e with { Message = Clean(e.Message) })],
    };

    private static string? Maybe(string? text) => text is null ? null : Clean(text);

    // Python's, and .NET's frames.
    [GeneratedRegex(@"\s*(Traceback \(most recent call last\):.*|\s+at ([\w<>`+\[\],]+\.)+[\w<>`+\[\],]+\(.*)", RegexOptions.Singleline)]
    private static partial Regex Trace();

    [GeneratedRegex("-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)", RegexOptions.Singleline)]
    private static partial Regex PrivateKey();

    [GeneratedRegex("-----END [A-Z ]*PRIVATE KEY-----")]
    private static partial Regex KeyEnd();

    // Fernet, JSON web tokens, and what lets a node into a swarm or a Kubernetes cluster.
    [GeneratedRegex(@"\bgAAAA[\w-]{16,}=*|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|\bSWMTKN-[\w-]+|\b[a-z0-9]{6}\.[a-z0-9]{16}\b")]
    private static partial Regex Token();

    // password=..., "X-Auth-Token": "...", secret: '...'
    [GeneratedRegex(@"(?<name>\b[\w-]*(password|passwd|secret|auth[_-]token|subject[_-]token|private[_-]key)\b[""']?\s*[:=]\s*)(""[^""]*""|'[^']*'|[^\s,;}\])]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
