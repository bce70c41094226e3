using System.Globalization;
using Magnum.Core.Clusters;

namespace Magnum.Web.Features.Clusters;

/// <summary>The same launch for people who script.</summary>
internal static class LaunchCode
{
    /// <summary>The <c>openstack coe cluster create</c> command.</summary>
    public static string Command(NewCluster request, string template)
    {
        List<string> parts = ["openstack coe cluster create"];
        Add("--cluster-template", template);
        Add("--master-count", request.MasterCount);
        Add("--node-count", request.NodeCount);
        Add("--keypair", request.KeyPair);
        Add("--master-flavor", request.MasterFlavorId);
        Add("--flavor", request.FlavorId);
        Add("--docker-volume-size", request.DockerVolumeSize);
        Add("--fixed-network", request.FixedNetwork);
        Add("--fixed-subnet", request.FixedSubnet);
        Add("--timeout", request.CreateTimeout);
        Flag(request.FloatingIpEnabled, "--floating-ip-enabled", "--floating-ip-disabled");
        Flag(request.MasterLbEnabled, "--master-lb-enabled", "--master-lb-disabled");
        if (request.Labels is { Count: > 0 } labels)
        {
            foreach (var (name, value) in labels.OrderBy(l => l.Key, StringComparer.Ordinal))
            {
                Add("--labels", $"{name}={value}");
            }

            Flag(request.MergeLabels, "--merge-labels", null);
        }

        parts.Add(Quote(request.Name ?? ""));
        return string.Join(" \\\n  ", parts);

        void Add(string option, object? value)
        {
            if (value is not null)
            {
                parts.Add($"{option} {Quote(Convert.ToString(value, CultureInfo.InvariantCulture)!)}");
            }
        }

        void Flag(bool? value, string on, string? off)
        {
            if ((value switch { true => on, false => off, null => null }) is { } flag)
            {
                parts.Add(flag);
            }
        }
    }

    private static string Quote(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,@%+".Contains(c, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
