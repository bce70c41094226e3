using System.Globalization;
using System.Numerics;

namespace Magnum.Web.Api;

/// <summary>A version of the API within v1: <c>1.N</c>.</summary>
internal readonly record struct Microversion(int Minor)
{
    /// <summary>The header that asks and the header that answers.</summary>
    public const string Header = "OpenStack-API-Version";

    /// <summary>The service's name in answers, whichever one was asked for.</summary>
    public const string Service = "container-infrastructure-management";

    public static readonly Microversion Minimum = new(1);
    public static readonly Microversion Maximum = new(14);

    /// <summary><c>stack_id</c> of clusters is called <c>cluster_id</c> from here.</summary>
    public static readonly Microversion ClusterIdKey = new(13);

    /// <summary>Groups of no nodes are allowed from here.</summary>
    public static readonly Microversion ZeroNodes = new(10);

    public static bool operator <(Microversion left, Microversion right) => left.Minor < right.Minor;

    public static bool operator >(Microversion left, Microversion right) => left.Minor > right.Minor;

    public static bool operator <=(Microversion left, Microversion right) => left.Minor <= right.Minor;

    public static bool operator >=(Microversion left, Microversion right) => left.Minor >= right.Minor;

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"1.{Minor}");

    /// <summary>Understands the request's header; null is 1.1.</summary>
    public static MicroversionRequest Parse(string? header)
    {
        if (header is null)
        {
            return new MicroversionRequest.Accepted(Minimum);
        }

        var words = header.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 2 && words[1].Equals("latest", StringComparison.OrdinalIgnoreCase))
        {
            return new MicroversionRequest.Accepted(Maximum);   // with `latest` the service's name does not matter
        }

        if (words is not [Service or "container-infrastructure" or "container-infra", var version])
        {
            return new MicroversionRequest.Malformed($"Invalid service type for {Header} header");
        }

        var parts = version.Split('.');
        if (parts.Length != 2 || !TryNumber(parts[0], out var major) || !TryNumber(parts[1], out var minor))
        {
            return new MicroversionRequest.Malformed($"Invalid value for {Header} header");
        }

        var range = $"[{Service} {Minimum}, {Service} {Maximum}]";
        if (major != 1)
        {
            return new MicroversionRequest.Unsupported(
                $"{major}.{minor}",
                $"Mutually exclusive versions requested. Version {major}.{minor} requested but not supported by this service. The supported version range is: {range}.");
        }

        return minor < Minimum.Minor || minor > Maximum.Minor
            ? new MicroversionRequest.Unsupported(
                $"{major}.{minor}",
                $"Version {major}.{minor} was requested but the minor version is not supported by this service. The supported version range is: {range}.")
            : new MicroversionRequest.Accepted(new Microversion((int)minor));
    }

    private static bool TryNumber(string text, out BigInteger number)
    {
        number = default;
        return text.Length <= 32 && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }
}

/// <summary>What the version header of a request means.</summary>
internal abstract record MicroversionRequest
{
    /// <summary>The request is served at this version.</summary>
    public sealed record Accepted(Microversion Version) : MicroversionRequest;

    /// <summary>The header cannot be read.</summary>
    public sealed record Malformed(string Why) : MicroversionRequest;

    /// <summary>A version that this service does not have.</summary>
    /// <param name="Asked">As <c>major.minor</c>.</param>
    public sealed record Unsupported(string Asked, string Why) : MicroversionRequest;
}
