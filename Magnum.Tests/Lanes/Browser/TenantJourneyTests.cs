using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Magnum.Tests.Support.Lanes;
using static Microsoft.Playwright.Assertions;

namespace Magnum.Tests.Lanes.Browser;

/// <summary>The way of a tenant from the sign-in to a cluster that is gone again.</summary>
[Collection(nameof(BrowserLane))]
public sealed partial class TenantJourneyTests(BrowserLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Browser)]
    public async Task ATenant_DesignsATemplate_LaunchesACluster_WatchesIt_UsesIt_AndDeletesIt()
    {
        await lane.CleanAsync();
        await using var demo = await lane.VisitAsync("tenant");
        await demo.SignInAsync("demo");
        await demo.WaitUntilLiveAsync();
        await Expect(demo.Page).ToHaveTitleAsync(new Regex("Clusters"));
        await demo.ShotAsync("empty");

        await DesignAsync(demo);
        var uuid = await LaunchAsync(demo);
        await WatchAsync(demo);
        await UseAsync(demo, uuid);
        await ResizeAsync(demo);
        await DeleteAsync(demo, uuid);
        Assert.Empty(demo.Complaints);
    }

    private static async Task DesignAsync(Visitor demo)
    {
        await demo.OpenAsync("/templates/new");
        await demo.Marked("name").FillAsync("kube-small");
        await demo.PickAsync("image", "ubuntu-22.04-kube-v1.32.1");
        await demo.PickAsync("master-flavor", "m1.medium");
        await demo.PickAsync("flavor", "m1.small");
        await demo.PickAsync("external-network", "public");
        await demo.Marked("network-driver").ClickAsync();
        await demo.Page.Locator(".mud-popover-open").GetByText("calico", new() { Exact = true }).ClickAsync();

        // A label that is chosen, one that is typed wrong, and one with a limit of its own.
        await demo.Page.Locator("[data-label=calico_ipv4pool_ipip] select").SelectOptionAsync("CrossSubnet");
        var nodes = demo.Page.Locator("[data-label=max_node_count] input");
        await nodes.FillAsync("many");
        await nodes.BlurAsync();
        await Expect(demo.Page.Locator("[data-label=max_node_count] [role=alert]")).ToBeVisibleAsync();
        await demo.ShotAsync("designer", full: true);
        await nodes.FillAsync("5");
        await nodes.BlurAsync();
        await Expect(demo.Page.Locator("[data-label=max_node_count] [role=alert]")).ToHaveCountAsync(0);

        await demo.Marked("save").ClickAsync();
        await Expect(demo.Page).ToHaveURLAsync(new Regex("/templates/[0-9a-f-]{36}$"));
        await Expect(demo.Page.GetByText("kube-small").First).ToBeVisibleAsync();
        await demo.ShotAsync("template");
    }

    private async Task<string> LaunchAsync(Visitor demo)
    {
        await demo.OpenAsync("/clusters/new");
        await demo.Marked("name").FillAsync("blue");
        await demo.Marked("pick-template").Filter(new() { HasText = "kube-small" }).ClickAsync();
        await demo.ShotAsync("wizard-template");
        await demo.Marked("next").ClickAsync();
        await demo.Marked("node-count").FillAsync("2");
        await Expect(demo.Marked("summary")).ToContainTextAsync("2 × m1.small");
        await demo.ShotAsync("wizard-size");
        await demo.Marked("next").ClickAsync();
        await demo.ShotAsync("wizard-network");
        await demo.Marked("next").ClickAsync();
        await demo.Marked("timeout").FillAsync("30");
        await demo.ShotAsync("wizard-options");
        await demo.Marked("next").ClickAsync();
        await demo.ShotAsync("wizard-access");
        await KeyPairAsync(demo);
        await demo.Marked("next").ClickAsync();

        await Expect(demo.Marked("launch")).ToBeEnabledAsync();
        await demo.ShotAsync("wizard-review");
        await demo.Marked("review-resources").ClickAsync();
        await Expect(demo.Marked("resources")).ToContainTextAsync("OS::Nova::Server");
        await demo.ShotAsync("wizard-resources");
        await CodeAsync(demo);
        Assert.Empty(await lane.Cloud.StacksAsync(Ct));

        // Twice in the same moment, as an impatient hand does.
        await demo.Marked("launch").EvaluateAsync("button => { button.click(); button.click(); }");
        await Expect(demo.Page).ToHaveURLAsync(ClusterAddress());
        await demo.MarkPageAsync();
        return ClusterAddress().Match(demo.Page.Url).Groups["uuid"].Value;
    }

    /// <summary>A key pair is made on the way: its private half comes once, as a file.</summary>
    private static async Task KeyPairAsync(Visitor demo)
    {
        await demo.Marked("new-key-pair").ClickAsync();
        await demo.Marked("key-pair-name").FillAsync("journey");
        await demo.ShotAsync("key-pair");
        await demo.Marked("key-pair-make").ClickAsync();
        await Expect(demo.Marked("private-key")).ToContainTextAsync("PRIVATE KEY");
        await demo.ShotAsync("key-pair-made");
        var download = await demo.Page.RunAndWaitForDownloadAsync(() => demo.Marked("key-pair-download").ClickAsync());
        Assert.Equal("journey.pem", download.SuggestedFilename);
        await demo.Page.Keyboard.PressAsync("Escape");   // a slip
        await Expect(demo.Marked("private-key")).ToBeVisibleAsync();
        await demo.Marked("key-pair-done").ClickAsync();
        await Expect(demo.Marked("key-pair-dialog")).ToHaveCountAsync(0);
        await Expect(demo.Marked("new-key-pair")).ToBeFocusedAsync();
        await Expect(demo.Marked("summary")).ToContainTextAsync("journey");
    }

    /// <summary>The launch as code of each kind, changed by hand and pasted back.</summary>
    private static async Task CodeAsync(Visitor demo)
    {
        await demo.Marked("review-code").ClickAsync();
        foreach (var language in new[] { "cli", "curl", "terraform", "python" })
        {
            await demo.Marked($"code-{language}").ClickAsync();
            await demo.ShotAsync($"code-{language}");
            var code = await demo.Marked("code").Locator("code").InnerTextAsync();
            await demo.Marked("paste").ClickAsync();
            await demo.Marked("paste-text").FillAsync(code);
            await demo.Marked("paste-read").ClickAsync();
            await Expect(demo.Page.Locator("[data-taken=keypair]")).ToHaveTextAsync("journey");
            await Expect(demo.Page.Locator("[data-taken=create_timeout]")).ToHaveTextAsync("30");
            await Expect(demo.Marked("paste-problems")).ToHaveCountAsync(0);
            await demo.Page.Keyboard.PressAsync("Escape");
            await Expect(demo.Marked("paste-dialog")).ToHaveCountAsync(0);
        }

        await demo.Marked("paste").ClickAsync();
        await demo.Marked("paste-text").FillAsync("openstack coe cluster create --cluster-template kube-small --node-count 2 \\\n  --timeout 30 --keypair journey --colour blue blue");
        await demo.Marked("paste-read").ClickAsync();
        await Expect(demo.Marked("paste-problems")).ToContainTextAsync("Line 2 --colour is not known.");
        await demo.ShotAsync("paste");

        // More than one message of the circuit may hold.
        await demo.Marked("paste-text").FillAsync(new string('#', 70_000));
        await demo.Marked("paste-read").ClickAsync();
        await Expect(demo.Marked("paste-refused")).ToContainTextAsync("64 KiB");
        await demo.Marked("paste-text").FillAsync("openstack coe cluster create --cluster-template kube-small --node-count 2 --timeout 30 --keypair journey blue # " + new string('x', 60_000));
        await demo.Marked("paste-read").ClickAsync();
        await Expect(demo.Page.Locator("[data-taken=node_count]")).ToHaveTextAsync("2");
        await demo.Marked("paste-take").ClickAsync();
        await Expect(demo.Marked("paste")).ToBeFocusedAsync();
        await Expect(demo.Marked("summary")).ToContainTextAsync("2 × m1.small");
        await Expect(demo.Marked("launch")).ToBeEnabledAsync();
    }

    /// <summary>The page moves by itself: percentage, steps, and the cloud's events while they happen.</summary>
    private async Task WatchAsync(Visitor demo)
    {
        await demo.ExpectStatusAsync("CREATE_IN_PROGRESS");
        await demo.WatchAsync("[data-testid=cluster-head] [data-testid=cluster-percent]");
        await demo.Marked("tab-progress").ClickAsync();
        await Expect(demo.Page.Locator("[data-step=provisioning][data-state=Running]")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        var cloudEvents = demo.Marked("event").Filter(new() { HasText = "OS::" });
        await Expect(cloudEvents.First).ToBeVisibleAsync();
        await demo.ShotAsync("progress");

        await Expect(demo.Marked("cluster-head").Locator("[data-status=CREATE_COMPLETE]")).ToBeVisibleAsync(new() { Timeout = 120_000 });
        var shown = await demo.ShownAsync();
        var percentages = shown.Select(text => Percent().Match(text)).Where(match => match.Success).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture)).ToList();
        Assert.True(percentages.Distinct().Count() >= 3, $"Shown: {string.Join(", ", shown)}");
        Assert.Equal(percentages.Order(), percentages);
        await Expect(demo.Page.Locator("[data-step][data-state=Succeeded]")).ToHaveCountAsync(5);
        await demo.ShotAsync("complete");

        await demo.Marked("tab-overview").ClickAsync();
        await Expect(demo.Marked("api-address")).ToContainTextAsync("https://");
        await Expect(demo.Marked("master-addresses")).ToContainTextAsync(Address());
        await Expect(demo.Marked("node-addresses")).ToContainTextAsync(Address());
        await demo.ShotAsync("overview");
        await demo.ExpectNotReloadedAsync();
        Assert.Single(await lane.Cloud.StacksAsync(Ct));
        Assert.Equal(3, (await lane.Cloud.ServersAsync(Ct)).Count);
    }

    private async Task UseAsync(Visitor demo, string uuid)
    {
        await demo.Marked("tab-access").ClickAsync();
        await demo.ShotAsync("access");
        var download = await demo.Page.RunAndWaitForDownloadAsync(() => demo.Marked("kubeconfig-download").ClickAsync());
        Assert.Equal("blue.kubeconfig", download.SuggestedFilename);
        var file = Path.Combine(Directory.CreateTempSubdirectory("magnum-kubeconfig-").FullName, "config");
        await download.SaveAsAsync(file);
        try
        {
            var config = KubeconfigFile.Read(file);
            using var authority = config.Authority;
            using var client = config.ClientCertificate;
            Assert.StartsWith("https://", config.Server, StringComparison.Ordinal);
            Assert.Contains("O=system:masters", client.Subject, StringComparison.Ordinal);
            Assert.Equal(authority.Subject, client.Issuer);
            var api = await lane.ApiAsync("demo");
            await using var server = await ClusterApiServer.StartAsync(config, async csr =>
                (string)(await api.PostAsync("/certificates", new JsonObject { ["cluster_uuid"] = uuid, ["csr"] = csr }, Ct)).Ok()["pem"]!, Ct);
            Assert.Contains("CN=admin", await server.AskByKubectlAsync(file, Ct), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    private async Task ResizeAsync(Visitor demo)
    {
        await demo.Marked("tab-nodes").ClickAsync();
        var workers = demo.Page.Locator("[data-group=default-worker]");
        await workers.GetByTestId("resize").ClickAsync();
        await demo.Marked("resize-count").FillAsync("3");
        await Expect(demo.Marked("resize-preview")).ToContainTextAsync("3");
        await demo.ShotAsync("resize");
        await demo.Marked("resize-submit").EvaluateAsync("button => { button.click(); button.click(); }");
        await demo.ExpectStatusAsync("UPDATE_COMPLETE");
        await demo.Marked("tab-nodes").ClickAsync();
        await Expect(workers.GetByTestId("node")).ToHaveCountAsync(3);
        await demo.ShotAsync("resized");
        await demo.ExpectNotReloadedAsync();
        Assert.Equal(4, (await lane.Cloud.ServersAsync(Ct)).Count);
    }

    private async Task DeleteAsync(Visitor demo, string uuid)
    {
        await demo.Marked("tab-danger").ClickAsync();
        await Expect(demo.Marked("delete")).ToBeDisabledAsync();
        await demo.Marked("delete-name").FillAsync("blu");
        await Expect(demo.Marked("delete")).ToBeDisabledAsync();
        await demo.Marked("delete-name").FillAsync("blue");
        await demo.ShotAsync("danger");
        await demo.Marked("delete").EvaluateAsync("button => { button.click(); button.click(); }");
        await demo.ExpectStatusAsync("DELETE_IN_PROGRESS");
        await Expect(demo.Marked("cluster-deleted")).ToBeVisibleAsync(new() { Timeout = 90_000 });
        await demo.ShotAsync("deleted");
        await demo.ExpectNotReloadedAsync();
        Assert.Empty(await lane.Cloud.StacksAsync(Ct));
        Assert.Empty(await lane.Cloud.ServersAsync(Ct));
        (await (await lane.ApiAsync("demo")).GetAsync($"/clusters/{uuid}", Ct)).Expect(HttpStatusCode.NotFound);
    }

    [GeneratedRegex("/clusters/(?<uuid>[0-9a-f-]{36})")]
    private static partial Regex ClusterAddress();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Percent();

    [GeneratedRegex(@"\d+\.\d+\.\d+\.\d+")]
    private static partial Regex Address();
}
