using System.Globalization;

namespace Magnum.Drivers.Heat.Swarm;

/// <summary>Ports that services may be reached at from outside.</summary>
/// <param name="Protocol"><c>tcp</c> or <c>udp</c>.</param>
internal sealed record PublishedPort(string Protocol, int From, int To)
{
    /// <summary>What <c>80/tcp</c>, <c>443</c> or <c>30000-32767</c> stands for: without a protocol, both. Empty: it cannot be read.</summary>
    public static IReadOnlyList<PublishedPort> Parse(string text)
    {
        var parts = text.Split('/', 2);
        var range = parts[0].Split('-', 2);
        if (Number(range[0]) is not { } from || Number(range[^1]) is not { } to || to < from)
        {
            return [];
        }

        return parts is [_, var protocol]
            ? protocol is "tcp" or "udp" ? [new(protocol, from, to)] : []
            : [new("tcp", from, to), new("udp", from, to)];
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65536 ? number : null;
}
