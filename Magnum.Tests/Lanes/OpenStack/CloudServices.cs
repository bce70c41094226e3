using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.OpenStack;

/// <summary>Stops services of the cloud, and starts them again.</summary>
internal static class CloudServices
{
    private static readonly Dictionary<string, string> Settings = new() { ["DEVCLOUD_SKIP_APT"] = "1" };

    /// <summary>Ends services by the names that deploy/devcloud gives them: <c>keystone</c>, <c>heat-api</c>, <c>heat-engine</c>.</summary>
    public static Task StopAsync(CancellationToken cancellationToken, params string[] services) => RunAsync("down.sh", services, cancellationToken);

    /// <summary>Starts whatever does not run, and waits until it answers.</summary>
    public static Task StartAsync(CancellationToken cancellationToken) => RunAsync("up.sh", [], cancellationToken);

    private static async Task RunAsync(string script, string[] arguments, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Repository.Root, "deploy", "devcloud", script);
        var result = Environment.UserName == "root"
            ? await CommandLine.RunAsync(path, arguments, Settings, cancellationToken)
            : await CommandLine.RunAsync("sudo", ["-n", "--preserve-env=DEVCLOUD,DEVCLOUD_SKIP_APT", path, .. arguments], Settings, cancellationToken);
        Assert.True(result.ExitCode == 0, result.ToString());
    }
}
