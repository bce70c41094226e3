using Magnum.Drivers.EmbeddedCloud;
using Magnum.Drivers.OpenStack;

namespace Magnum.Web.Startup;

/// <summary>Starts the cloud in the box where no other one is configured. Nothing beyond this class knows that it is embedded.</summary>
internal static class EmbeddedCloudStartup
{
    public static async Task<EmbeddedCloudServer> StartAsync(IConfiguration configuration, MagnumOptions magnum, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        RequireLoopback(configuration, magnum);
        Directory.CreateDirectory(magnum.DataDirectory);
        var defaults = new EmbeddedCloudOptions
        {
            MagnumUrl = $"{magnum.Api.EffectivePublicUrl}/v1",
            StateFile = Path.Combine(magnum.DataDirectory, "embedded-cloud.json"),
        };
        var section = configuration.GetSection("EmbeddedCloud");
        var options = defaults with
        {
            Host = section.GetValue("Host", defaults.Host)!,
            Port = section.GetValue("Port", defaults.Port),
            Speed = section.GetValue("Speed", defaults.Speed),
            AllowRemote = section.GetValue("AllowRemote", defaults.AllowRemote),
            TokenLifetime = section.GetValue("TokenLifetime", defaults.TokenLifetime),
        };
        return await EmbeddedCloudServer.StartAsync(options, loggers, cancellationToken);
    }

    /// <summary>How Magnum signs in there.</summary>
    public static OpenStackOptions Credentials(EmbeddedCloudServer cloud) => new()
    {
        AuthUrl = cloud.AuthUrl.ToString(),
        Region = "RegionOne",
        UserName = "magnum",
        Password = "devcloud",
        ProjectName = "service",
        Trustee = { AdminPassword = "devcloud" },
    };

    /// <summary>Everybody knows the embedded cloud's passwords, so the doors to it stay on this machine too.</summary>
    private static void RequireLoopback(IConfiguration configuration, MagnumOptions magnum)
    {
        if (configuration.GetValue("EmbeddedCloud:AllowRemote", false))
        {
            return;
        }

        foreach (var (key, url) in new[] { ("Magnum:Web:Url", magnum.Web.Url), ("Magnum:Api:Url", magnum.Api.Url) })
        {
            var host = BindingAddress.Parse(url).Host;
            if (host != "localhost" && !(System.Net.IPAddress.TryParse(host.Trim('[', ']'), out var address) && System.Net.IPAddress.IsLoopback(address)))
            {
                throw new MagnumConfigurationException(
                    $"{key} is {url}: with the embedded cloud, whose passwords are public, Magnum listens on loopback only. Configure an OpenStack, or set EmbeddedCloud:AllowRemote.");
            }
        }
    }
}
