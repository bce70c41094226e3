using System.Text;
using System.Text.Json.Nodes;
using Magnum.Core.Drivers;

namespace Magnum.Drivers.Heat.Kubernetes.Addons;

/// <summary>
/// The secret <c>kube-system/cloud-config</c>, by which programs in the cluster find the cloud. The credential's two lines are empty here: a master
/// asks Magnum for it and writes it there.
/// </summary>
internal static class CloudConfig
{
    private const string Folder = "/etc/config";
    private const string Authorities = "ca.crt";

    /// <summary>The secret's files by name.</summary>
    public static JsonObject For(KubernetesDesign design, CloudFacts facts, NodeEnrolment enrolment)
    {
        var files = new JsonObject { ["cloud.conf"] = Text(design, facts, enrolment) };
        if (enrolment.CaBundle is { } bundle)
        {
            files[Authorities] = bundle;
        }

        return files;
    }

    private static string Text(KubernetesDesign design, CloudFacts facts, NodeEnrolment enrolment)
    {
        var text = new StringBuilder();
        Section("Global");
        Line("auth-url", enrolment.AuthUrl);
        Line("region", enrolment.Region);
        Line("ca-file", enrolment.CaBundle is null ? null : $"{Folder}/{Authorities}");
        text.Append("application-credential-id=\napplication-credential-secret=\n");
        Section("LoadBalancer");   // on the nodes' own subnet, which the cloud controller finds by the nodes
        Line("lb-provider", design.Labels.Text("octavia_provider"));
        Line("lb-method", design.Labels.Text("octavia_lb_algorithm"));
        Line("floating-network-id", facts.ExternalNetwork);
        if (design.Labels.Flag("octavia_lb_healthcheck"))
        {
            Line("create-monitor", "true");
            Line("monitor-delay", "1m");
            Line("monitor-timeout", "30s");
            Line("monitor-max-retries", "3");
        }

        return text.ToString();

        void Section(string name) => text.Append(text.Length == 0 ? "" : "\n").Append('[').Append(name).Append("]\n");

        void Line(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                text.Append(name).Append('=').Append(value).Append('\n');
            }
        }
    }
}
