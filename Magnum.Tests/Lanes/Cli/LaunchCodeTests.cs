using Magnum.Core.Clusters;
using Magnum.Tests.Support.Lanes;
using Magnum.Web.Features.Clusters.Code;

namespace Magnum.Tests.Lanes.Cli;

/// <summary>The code that the wizard shows, run as people run it: by a shell with the real client and curl, and by Python with the real SDK.</summary>
[Collection(nameof(CliLane))]
public sealed class LaunchCodeTests(CliLane lane)
{
    private const string Odd = "it's \"so\" \\ ${x} %{y} $HOME `id` 中文, a=b;c";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Cli)]
    public async Task WhatIsShown_MakesTheClusterThatWasAskedFor()
    {
        await lane.CreateTemplateAsync("coded");
        await lane.Demo.OkAsync("keypair create", "coded key");
        var template = (string)(await lane.Demo.JsonAsync("coe cluster template show", "coded"))["uuid"]!;
        var environment = new Dictionary<string, string>(lane.Demo.Environment)
        {
            ["OS_TOKEN_FOR_CURL"] = (string)(await lane.Demo.JsonAsync("token issue"))["id"]!,
            ["PATH"] = "/usr/bin:/bin",
            ["no_proxy"] = "*",
        };
        foreach (var language in new[] { CodeLanguage.Cli, CodeLanguage.Curl, CodeLanguage.Python })
        {
            var request = new NewCluster
            {
                Name = $"by-{language}",
                ClusterTemplateId = template,
                KeyPair = "coded key",
                NodeCount = 0,
                FlavorId = "m1.small",
                FixedNetwork = "private",
                FixedSubnet = "private-subnet",
                FloatingIpEnabled = false,
                CreateTimeout = 20,
                Labels = new Dictionary<string, string> { ["odd"] = Odd, ["team"] = "red" },

                // With these Python calls the API itself; the distribution's SDK is older than create_cluster().
                DockerVolumeSize = 7,
                MergeLabels = true,
            };
            var code = new LaunchCode(request, "coded", FloatingIps: true, lane.Magnum.ApiUrl.AbsoluteUri.TrimEnd('/')).Write(language);

            // A token in the environment would be for the client too.
            var result = language is CodeLanguage.Python
                ? await CommandLine.RunAsync("/usr/bin/python3", ["-c", code], environment, Ct)
                : await CommandLine.RunAsync("/bin/bash", ["-c", language is CodeLanguage.Curl ? $"OS_TOKEN=$OS_TOKEN_FOR_CURL\n{code}" : code], environment, Ct);

            Assert.True(result.ExitCode == 0, result.ToString());
            var cluster = await lane.Demo.JsonAsync("coe cluster show", request.Name);
            Assert.Equal((template, "coded key", 1, 0, 20), ((string?)cluster["cluster_template_id"], (string?)cluster["keypair"], (int)cluster["master_count"]!, (int)cluster["node_count"]!, (int)cluster["create_timeout"]!));
            Assert.Equal(("m1.small", 7), ((string?)cluster["flavor_id"], (int)cluster["docker_volume_size"]!));
            Assert.Equal(("private", "private-subnet", false), ((string?)cluster["fixed_network"], (string?)cluster["fixed_subnet"], (bool)cluster["floating_ip_enabled"]!));
            Assert.Equal((Odd, "red"), ((string?)cluster["labels"]!["odd"], (string?)cluster["labels"]!["team"]));
            await lane.Demo.OkAsync("coe cluster delete", request.Name);
            await lane.FollowToTheEndAsync(request.Name);
        }

        await lane.Demo.OkAsync("coe cluster template delete", "coded");
    }
}
