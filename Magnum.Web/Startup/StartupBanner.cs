namespace Magnum.Web.Startup;

/// <summary>What somebody who just started the product wants to know, on the console.</summary>
internal static class StartupBanner
{
    public static string Compose(MagnumOptions options, Uri? embeddedAuthUrl)
    {
        var roles = options.ParseRoles();
        var lines = new List<string> { "" };
        if (roles.HasFlag(MagnumRoles.Web))
        {
            lines.Add($"  Dashboard        {options.Web.EffectivePublicUrl}");
        }

        if (roles.HasFlag(MagnumRoles.Api))
        {
            lines.Add($"  Magnum REST API  {options.Api.EffectivePublicUrl}/v1");
        }

        if (embeddedAuthUrl is not null)
        {
            lines.AddRange(
            [
                $"  Embedded cloud   {embeddedAuthUrl}",
                "",
                "  No OpenStack is configured, so an embedded cloud was started: for trying only, with well-known passwords.",
                "  Sign in as demo / demo, or as the administrator admin / admin (domain Default).",
                "",
                "  For the openstack command line:",
                "",
                $"    export OS_AUTH_URL={embeddedAuthUrl}",
                "    export OS_IDENTITY_API_VERSION=3",
                "    export OS_REGION_NAME=RegionOne",
                "    export OS_USERNAME=demo",
                "    export OS_PASSWORD=demo",
                "    export OS_PROJECT_NAME=demo",
                "    export OS_USER_DOMAIN_NAME=Default",
                "    export OS_PROJECT_DOMAIN_NAME=Default",
            ]);
        }

        lines.Add("");
        return string.Join(Environment.NewLine, lines);
    }
}
