using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Cli;

/// <summary>The product with its embedded cloud, which runs fast, and the installed <c>openstack</c> client signed in by the lines that the product printed.</summary>
public sealed partial class CliLane : IAsyncLifetime
{
    private MagnumProcess? _magnum;

    internal MagnumProcess Magnum => _magnum ?? throw new InvalidOperationException("The lane was not chosen.");

    /// <summary>The client with the printed lines, unchanged: user demo.</summary>
    internal OpenStackClient Demo { get; private set; } = null!;

    /// <summary>The same with the administrator's name in them.</summary>
    internal OpenStackClient Admin { get; private set; } = null!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (!Lane.IsChosen(Lane.Cli))
        {
            return;
        }

        var settings = new Dictionary<string, string> { ["EmbeddedCloud:Speed"] = "60" };
        _magnum = await MagnumProcess.StartAsync("cli", settings, TestContext.Current.CancellationToken);
        var printed = Exports().Matches(_magnum.Console).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value);

        // "coe cluster config" asks which shell it is to speak to, and a service that runs tests has none.
        printed["SHELL"] = "/bin/bash";
        Demo = new OpenStackClient(printed);
        Admin = new OpenStackClient(new Dictionary<string, string>(printed) { ["OS_USERNAME"] = "admin", ["OS_PASSWORD"] = "admin", ["OS_PROJECT_NAME"] = "admin" });
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _magnum?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>An image of the cloud that Kubernetes nodes can be made of.</summary>
    internal async Task<string> KubernetesImageAsync() =>
        (await Demo.ListAsync("image list")).Select(i => (string)i!["Name"]!).First(name => name.Contains("ubuntu", StringComparison.OrdinalIgnoreCase));

    /// <summary>A template that clusters can be made of.</summary>
    /// <param name="options">Beyond what it takes.</param>
    internal async Task CreateTemplateAsync(string name, params string[] options) =>
        await Demo.OkAsync(
            "coe cluster template create",
            [
                name, "--coe", "kubernetes", "--image", await KubernetesImageAsync(), "--external-network", "public", "--flavor", "m1.medium",
                "--master-flavor", "m1.medium", .. options,
            ]);

    /// <summary>Waits until a cluster of demo's has a status.</summary>
    /// <returns>The cluster as it is then.</returns>
    internal Task<JsonNode> FollowAsync(string name, string status)
    {
        JsonNode? seen = null;
        return Eventually.GetAsync(
            $"{name} to be {status}",
            TimeSpan.FromMinutes(5),
            async _ =>
            {
                seen = await Demo.JsonAsync("coe cluster show", name);
                if ((string?)seen["status"] == status)
                {
                    return seen;
                }

                Assert.False(((string)seen["status"]!).EndsWith("_FAILED", StringComparison.Ordinal), $"{seen["status"]}: {seen["status_reason"]}");
                return null;
            },
            TestContext.Current.CancellationToken,
            () => $"Last seen: {seen?["status"]} {seen?["status_reason"]}\n{Magnum.LogTail()}");
    }

    /// <summary>Waits until a cluster of demo's that was deleted is gone.</summary>
    internal Task FollowToTheEndAsync(string name) => Eventually.BecomesTrueAsync("the cluster to be gone", TimeSpan.FromMinutes(5), async _ =>
    {
        var shown = await Demo.RunAsync("coe cluster show", name, "-f", "json");
        Assert.DoesNotContain("DELETE_FAILED", shown.Output, StringComparison.Ordinal);
        return shown.ExitCode != 0 && shown.Error.Contains($"{name} could not be found", StringComparison.Ordinal);
    }, TestContext.Current.CancellationToken, () => Magnum.LogTail());

    [GeneratedRegex(@"^\s*export (?<name>OS_\w+)=(?<value>\S*)\s*$", RegexOptions.Multiline)]
    private static partial Regex Exports();
}

/// <summary>Tests of this collection share one product.</summary>
[CollectionDefinition(nameof(CliLane))]
public sealed class CliLaneDefinition : ICollectionFixture<CliLane>;
