namespace Magnum.Drivers.OpenStack.Configuration;

/// <summary>Says what is wrong with a cloud's options, each time naming the keys by which it can be put right.</summary>
internal static class OpenStackOptionsValidator
{
    public static IReadOnlyList<string> Check(OpenStackOptions options)
    {
        // Both clients and catalogs write "publicURL" too.
        if (options.Interface.EndsWith("URL", StringComparison.Ordinal))
        {
            options.Interface = options.Interface[..^"URL".Length];
        }

        return [.. Problems(options)];
    }

    private static IEnumerable<string> Problems(OpenStackOptions options)
    {
        if (!IsHttp(options.AuthUrl))
        {
            yield return "OpenStack:AuthUrl (auth_url, OS_AUTH_URL) must be an http or https address.";
        }

        if (!string.IsNullOrEmpty(options.PublicAuthUrl) && !IsHttp(options.PublicAuthUrl))
        {
            yield return "OpenStack:PublicAuthUrl must be an http or https address.";
        }

        if (options.HasApplicationCredential)
        {
            if (string.IsNullOrEmpty(options.ApplicationCredentialId)
                && (string.IsNullOrEmpty(options.ApplicationCredentialName) || string.IsNullOrEmpty(options.UserName)))
            {
                yield return "OpenStack:ApplicationCredentialId (application_credential_id, OS_APPLICATION_CREDENTIAL_ID) must be given, or ApplicationCredentialName with UserName.";
            }
        }
        else
        {
            if (string.IsNullOrEmpty(options.UserName))
            {
                yield return "OpenStack:UserName (username, OS_USERNAME) must be given.";
            }

            if (string.IsNullOrEmpty(options.Password))
            {
                yield return "OpenStack:Password (password, OS_PASSWORD) must be given.";
            }

            if (string.IsNullOrEmpty(options.ProjectName) && string.IsNullOrEmpty(options.ProjectId))
            {
                yield return "OpenStack:ProjectName (project_name, OS_PROJECT_NAME) must be given.";
            }
        }

        if (options.Interface is not ("public" or "internal" or "admin"))
        {
            yield return "OpenStack:Interface (interface, OS_INTERFACE) must be public, internal or admin.";
        }

        if (!string.IsNullOrEmpty(options.CaFile) && !File.Exists(options.CaFile))
        {
            yield return $"OpenStack:CaFile (cacert, OS_CACERT) names {options.CaFile}, which is not there.";
        }

        foreach (var (service, address) in options.Endpoints)
        {
            if (!IsHttp(address))
            {
                yield return $"OpenStack:Endpoints:{service} must be an http or https address.";
            }
        }

        if (options.CallTimeout <= TimeSpan.Zero || options.TotalTimeout < options.CallTimeout)
        {
            yield return "OpenStack:CallTimeout must be positive and OpenStack:TotalTimeout not less.";
        }

        if (options.MaxAnswerMegabytes is < 1 or > 1024)
        {
            yield return "OpenStack:MaxAnswerMegabytes must be from 1 to 1024.";
        }
    }

    private static bool IsHttp(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
}
