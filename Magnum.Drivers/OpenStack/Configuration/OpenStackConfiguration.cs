using Microsoft.Extensions.Configuration;

namespace Magnum.Drivers.OpenStack.Configuration;

/// <summary>
/// Finds out which cloud is meant, as the openstack command line does: <c>clouds.yaml</c> by <c>OS_CLOUD</c>, else the <c>OS_*</c> variables,
/// else the section <c>OpenStack</c>. What the first two do not know (the trustee domain, time limits) always comes from the section.
/// </summary>
public static class OpenStackConfiguration
{
    /// <summary>The cloud's options; null when none is configured.</summary>
    /// <exception cref="OpenStackConfigurationException">One is configured, but cannot be used.</exception>
    public static OpenStackOptions? Resolve(IConfiguration configuration, IProcessEnvironment environment)
    {
        var options = FromSection(configuration.GetSection(OpenStackOptions.Section));
        string source;
        if (environment.GetVariable("OS_CLOUD") is { } cloud)
        {
            var file = CloudsFile.Read(cloud, environment);
            source = $"{file.Path}, cloud {cloud}";
            Apply(options, key => file[key], file["region_name"] ?? environment.GetVariable("OS_REGION_NAME"));
            foreach (var (service, address) in file.EndingIn("_endpoint_override"))
            {
                options.Endpoints[service.Replace('_', '-')] = address;
            }
        }
        else if (environment.GetVariable("OS_AUTH_URL") is not null)
        {
            source = "OS_* variables";
            Apply(options, key => environment.GetVariable($"OS_{key.ToUpperInvariant()}"), environment.GetVariable("OS_REGION_NAME"));
        }
        else if (options.AuthUrl.Length > 0)
        {
            source = "section OpenStack";
        }
        else
        {
            return null;
        }

        var problems = OpenStackOptionsValidator.Check(options);
        return problems.Count == 0 ? options : throw new OpenStackConfigurationException([.. problems.Select(p => $"{p} ({source})")]);
    }

    private static OpenStackOptions FromSection(IConfigurationSection section)
    {
        try
        {
            return section.Get<OpenStackOptions>() ?? new OpenStackOptions();
        }
        catch (InvalidOperationException e)
        {
            throw new OpenStackConfigurationException([e.Message]);
        }
    }

    // A cloud from outside replaces the section's credential as a whole: halves of two would be neither.
    private static void Apply(OpenStackOptions options, Func<string, string?> get, string? region)
    {
        options.AuthUrl = get("auth_url") ?? "";
        options.UserName = get("username");
        options.Password = get("password");
        options.UserDomainName = get("user_domain_name") ?? get("default_domain_name");
        options.UserDomainId = get("user_domain_id") ?? get("default_domain_id") ?? get("default_domain");
        options.ProjectName = get("project_name") ?? get("tenant_name");
        options.ProjectId = get("project_id") ?? get("tenant_id");
        options.ProjectDomainName = get("project_domain_name");
        options.ProjectDomainId = get("project_domain_id");
        options.ApplicationCredentialId = get("application_credential_id");
        options.ApplicationCredentialName = get("application_credential_name");
        options.ApplicationCredentialSecret = get("application_credential_secret");
        options.Region = region ?? options.Region;
        options.Interface = get("interface") ?? get("endpoint_type") ?? options.Interface;
        options.CaFile = get("cacert") ?? options.CaFile;
        options.Insecure = get("verify") is { } verify ? !IsTrue(verify) : get("insecure") is { } insecure ? IsTrue(insecure) : options.Insecure;
    }

    private static bool IsTrue(string text) => text.ToUpperInvariant() is "TRUE" or "YES" or "ON" or "1";
}
