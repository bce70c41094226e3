using k8s;
using k8s.Exceptions;
using Magnum.Core.Drivers;
using YamlDotNet.Core;

namespace Magnum.Drivers.ClusterApi;

/// <summary>Says what is wrong with the driver's options, each time naming the key by which it can be put right.</summary>
internal static class ClusterApiConfiguration
{
    /// <exception cref="DriverConfigurationException">They cannot be used.</exception>
    public static void Check(ClusterApiOptions options)
    {
        if (Problems(options).ToList() is { Count: > 0 } problems)
        {
            throw new DriverConfigurationException(string.Join(" ", problems));
        }
    }

    /// <summary>How the management cluster is reached.</summary>
    public static KubernetesClientConfiguration Load(ClusterApiOptions options)
    {
        var configuration = options.InCluster
            ? KubernetesClientConfiguration.InClusterConfig()
            : KubernetesClientConfiguration.BuildConfigFromConfigFile(new FileInfo(options.Kubeconfig!), string.IsNullOrEmpty(options.Context) ? null : options.Context);
        configuration.HttpClientTimeout = options.CallTimeout;
        configuration.UserAgent = "magnum";
        return configuration;
    }

    private static IEnumerable<string> Problems(ClusterApiOptions options)
    {
        const string Section = ClusterApiOptions.Section;
        if (options.InCluster && !string.IsNullOrEmpty(options.Kubeconfig))
        {
            yield return $"{Section}:Kubeconfig and {Section}:InCluster exclude each other.";
        }
        else if (Unreadable(options) is { } why)
        {
            yield return why;
        }

        if (!options.NamespacePattern.Contains(ClusterApiOptions.ProjectPlaceholder, StringComparison.Ordinal))
        {
            yield return $"{Section}:NamespacePattern must contain {ClusterApiOptions.ProjectPlaceholder}: each project has a namespace of its own.";
        }
        else if (!ClusterApiNames.IsLabel(ClusterApiNames.NamespaceOf(options, "0123456789abcdef0123456789abcdef")))
        {
            yield return $"{Section}:NamespacePattern must make names of lower case letters, digits and dashes, up to 63 of them with a project's id.";
        }

        if (!ClusterApiNames.IsSubdomain(options.ClusterClass))
        {
            yield return $"{Section}:ClusterClass must be the name of a ClusterClass.";
        }

        if (options.ClassNamespace.Length > 0 && !ClusterApiNames.IsLabel(options.ClassNamespace))
        {
            yield return $"{Section}:ClassNamespace must be the name of a namespace, or empty.";
        }

        if (string.IsNullOrWhiteSpace(options.WorkerClass))
        {
            yield return $"{Section}:WorkerClass must be given.";
        }

        if (!string.IsNullOrEmpty(options.CloudAuthUrl)
            && !(Uri.TryCreate(options.CloudAuthUrl, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)))
        {
            yield return $"{Section}:CloudAuthUrl must be an http or https address.";
        }

        if (options.CloudInterface is not ("public" or "internal" or "admin"))
        {
            yield return $"{Section}:CloudInterface must be public, internal or admin.";
        }

        if (!string.IsNullOrEmpty(options.CloudCaFile) && !File.Exists(options.CloudCaFile))
        {
            yield return $"{Section}:CloudCaFile names {options.CloudCaFile}, which is not there.";
        }

        if (options.ManagementCidrs.FirstOrDefault(c => !LabelDefinition.IsCidr(c)) is { } wrong)
        {
            yield return $"{Section}:ManagementCidrs: {wrong} is no IPv4 network such as 192.0.2.0/24.";
        }

        if (options.CredentialRoles.Contains("admin", StringComparer.OrdinalIgnoreCase))
        {
            yield return $"{Section}:CredentialRoles must not contain admin: whoever gets into a node would have the cloud.";
        }

        if (options.CallTimeout <= TimeSpan.Zero || options.FailAfter <= TimeSpan.Zero)
        {
            yield return $"{Section}:CallTimeout and {Section}:FailAfter must be positive.";
        }
    }

    private static string? Unreadable(ClusterApiOptions options)
    {
        const string Section = ClusterApiOptions.Section;
        if (!options.InCluster && !File.Exists(options.Kubeconfig))
        {
            return $"{Section}:Kubeconfig names {options.Kubeconfig}, which is not there.";
        }

        try
        {
            Load(options);
            return null;
        }
        catch (Exception e) when (e is KubeConfigException or YamlException or IOException or UnauthorizedAccessException or FormatException
            or System.Security.Cryptography.CryptographicException)
        {
            // The reader's own words may quote the file.
            return options.InCluster
                ? $"{Section}:InCluster is set, and this is no pod with a service account."
                : $"{Section}:Kubeconfig {options.Kubeconfig} is no kubeconfig"
                    + (string.IsNullOrEmpty(options.Context) ? "." : $" with a context {options.Context} ({Section}:Context).");
        }
    }
}
