using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Magnum.Core.Drivers;
using Magnum.Drivers;
using Magnum.Drivers.Heat;
using Magnum.Drivers.OpenStack;
using Magnum.Tests.Drivers.Heat;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Lanes;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Lanes.Engines;

/// <summary>What every driver puts on its nodes, for every distribution that it takes, judged by the programs that know.</summary>
public sealed partial class NodeScriptTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("magnum-nodes-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [LaneFact(Lane.Engines)]
    public async Task Scripts_AreWithoutFault_ForShellcheck()
    {
        var rendered = Rendered();
        var complaints = new List<string>();
        // A driver's scripts are the same for its distributions, most of the time.
        foreach (var scripts in rendered.Select(r => (r.Title, Files: UserDataContent.FilesOf(r.UserData).Where(f => f.Path.EndsWith(".sh", StringComparison.Ordinal)).ToList()))
            .DistinctBy(r => string.Concat(r.Files.Select(f => f.Content))))
        {
            Assert.NotEmpty(scripts.Files);
            var root = Path.Combine(_folder, scripts.Title);
            // In the sources the scripts of a node are in several folders; on a node they are in one.
            UserDataContent.Write(scripts.Files.Select(f => f with { Content = Sourced().Replace(f.Content, "$1") }), root);
            var result = await CommandLine.RunAsync(
                "shellcheck", ["--external-sources", "--source-path=SCRIPTDIR", "--severity=style", .. scripts.Files.Select(f => Path.Combine(root, f.Path.TrimStart('/')))],
                new Dictionary<string, string>(), Ct);
            if (result.ExitCode != 0)
            {
                complaints.Add($"{scripts.Title}: {result}");
            }
        }

        Assert.Empty(complaints);
        // None is left out because no driver happens to use it for the clusters here.
        var used = rendered.SelectMany(r => UserDataContent.FilesOf(r.UserData)).Select(f => f.Path.Split('/')[^1]).ToHashSet();
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "Magnum.Drivers", "Heat"), "*.sh", SearchOption.AllDirectories);
        Assert.All(sources, s => Assert.Contains(Path.GetFileName(s), used));
    }

    [LaneFact(Lane.Engines)]
    public async Task UserData_IsOfItsKind()
    {
        var complaints = new List<string>();
        foreach (var (title, userData) in Rendered())
        {
            if (!userData.StartsWith("#cloud-config\n", StringComparison.Ordinal))
            {
                Assert.Equal("3.3.0", (string?)JsonNode.Parse(userData)!["ignition"]!["version"]);
                continue;
            }

            var file = Path.Combine(_folder, title);
            await File.WriteAllTextAsync(file, userData, Ct);
            var result = await CommandLine.RunAsync("cloud-init", ["schema", "--config-file", file], new Dictionary<string, string>(), Ct);
            if (result.ExitCode != 0 || !result.Output.StartsWith("Valid", StringComparison.Ordinal))
            {
                complaints.Add($"{title}: {result}");
            }
        }

        Assert.Empty(complaints);
    }

    /// <summary>The user data of a first master, as Heat writes it, of every driver for every distribution.</summary>
    private static List<(string Title, string UserData)> Rendered()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMagnumOpenStack(new OpenStackOptions { AuthUrl = "http://keystone.test/v3", UserName = "nobody", Password = "nothing", ProjectName = "none" });
        services.AddMagnumDrivers();
        using var provider = services.BuildServiceProvider();
        List<(string, string)> all =
        [
            .. from driver in provider.GetServices<IClusterDriver>().OfType<HeatDriver>()
               from type in driver.Description.ClusterTypes.DistinctBy(t => t.Distro)
               select ($"{driver.Description.Name}-{type.Distro}", UserDataOf(driver, type)),
        ];
        Assert.NotEmpty(all);
        return all;
    }

    private static string UserDataOf(HeatDriver driver, ClusterType type)
    {
        var cluster = KubernetesClusters.New(distro: type.Distro, dockerVolume: 5, networkDriver: driver.Description.NetworkDrivers[0]);
        cluster.Driver = driver.Description.Name;
        cluster.Template = cluster.Template with { Coe = type.Coe, Driver = driver.Description.Name };
        var design = (ClusterDesign)typeof(HeatDriver).GetMethod("Design", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(driver, [cluster, null])!;
        var stack = design.Stack(KubernetesClusters.Facts).Build("g1", KubernetesClusters.Enrolment, TimeSpan.FromMinutes(30), []);
        return Place().Replace(stack.Files["user-data"], place => place.Value switch
        {
            "__NODE_SETTINGS__" => stack.Parameters["master_settings"],
            "__NODE_NAME__" => "blue-master-0",
            "__SIGNAL_ENDPOINT__" => "http://heat.test/v1/signal",
            _ => "0",
        });
    }

    [GeneratedRegex("__[A-Z_]+__")]
    private static partial Regex Place();

    [GeneratedRegex(@"(# shellcheck source=)\S*/")]
    private static partial Regex Sourced();
}
