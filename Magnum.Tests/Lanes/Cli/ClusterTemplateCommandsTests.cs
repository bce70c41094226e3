using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Cli;

/// <summary><c>openstack coe cluster template ...</c></summary>
[Collection(nameof(CliLane))]
public sealed class ClusterTemplateCommandsTests(CliLane lane)
{
    [LaneFact(Lane.Cli)]
    public async Task AClusterTemplate_IsCreatedListedShownUpdatedAndDeleted()
    {
        var image = await lane.KubernetesImageAsync();
        var created = await lane.Demo.OkAsync(
            "coe cluster template create", "small", "--coe", "kubernetes", "--image", image, "--external-network", "public",
            "--flavor", "m1.medium", "--master-flavor", "m1.medium", "--labels", "team=blue,auto_healing_enabled=false", "--floating-ip-enabled");
        Assert.Contains("Request to create cluster template small accepted", created.Output, StringComparison.Ordinal);

        var row = Assert.Single(await lane.Demo.ListAsync("coe cluster template list"), t => (string?)t!["name"] == "small")!;
        var shown = await lane.Demo.JsonAsync("coe cluster template show", "small");
        Assert.Equal((string?)row["uuid"], (string?)shown["uuid"]);
        Assert.Equal("kubernetes", (string?)shown["coe"]);
        Assert.Equal("public", (string?)shown["external_network_id"]);
        Assert.Equal("8.8.8.8", (string?)shown["dns_nameserver"]);
        Assert.Equal("blue", (string?)shown["labels"]!["team"]);

        await lane.Demo.OkAsync("coe cluster template update", "small", "replace", "name=smaller", "dns_nameserver=9.9.9.9", "labels/team=green");
        shown = await lane.Demo.JsonAsync("coe cluster template show", (string)row["uuid"]!);
        Assert.Equal("smaller", (string?)shown["name"]);
        Assert.Equal("9.9.9.9", (string?)shown["dns_nameserver"]);
        Assert.Equal("green", (string?)shown["labels"]!["team"]);

        var deleted = await lane.Demo.OkAsync("coe cluster template delete", "smaller");
        Assert.Contains("accepted", deleted.Output, StringComparison.Ordinal);
        Assert.Contains("smaller could not be found", await lane.Demo.FailsAsync("coe cluster template show", "smaller"), StringComparison.Ordinal);
    }

    [LaneFact(Lane.Cli)]
    public async Task ATemplateOfTheAdministrator_IsForAllOnceItIsPublic()
    {
        var image = await lane.KubernetesImageAsync();
        await lane.Admin.OkAsync("coe cluster template create", "offer", "--coe", "kubernetes", "--image", image, "--external-network", "public", "--public", "--hidden", "--tags", "new,small");
        Assert.Equal("new,small", string.Join(',', ((string)(await lane.Admin.JsonAsync("coe cluster template show", "offer"))["tags"]!).Split(',').Order()));
        Assert.DoesNotContain(await lane.Demo.ListAsync("coe cluster template list"), t => (string?)t!["name"] == "offer");

        await lane.Admin.OkAsync("coe cluster template update", "offer", "replace", "hidden=False");
        var row = Assert.Single(await lane.Demo.ListAsync("coe cluster template list", "--fields", "coe,public", "--sort-key", "name", "--sort-dir", "desc"), t => (string?)t!["name"] == "offer")!;
        Assert.Equal(("kubernetes", true), ((string?)row["coe"], (bool)row["public"]!));
        Assert.Contains("Policy doesn't allow clustertemplate:delete", (await lane.Demo.OkAsync("coe cluster template delete", "offer")).Output, StringComparison.Ordinal);
        Assert.Contains("has been accepted", (await lane.Admin.OkAsync("coe cluster template delete", "offer")).Output, StringComparison.Ordinal);
    }

    [LaneFact(Lane.Cli)]
    public async Task ATemplateThatCannotWork_IsRefusedWithTheFieldsName()
    {
        string[] sound = ["--coe", "kubernetes", "--external-network", "public"];
        var image = await lane.KubernetesImageAsync();

        Assert.Contains("no-such-image", await lane.Demo.FailsAsync("coe cluster template create", ["bad", .. sound, "--image", "no-such-image"]), StringComparison.Ordinal);
        Assert.Contains("no-such-flavor", await lane.Demo.FailsAsync("coe cluster template create", ["bad", .. sound, "--image", image, "--flavor", "no-such-flavor"]), StringComparison.Ordinal);
        var error = await lane.Demo.FailsAsync("coe cluster template create", ["bad", .. sound, "--image", image, "--flavor", "m1.medium", "--public"]);
        Assert.Contains("403", error, StringComparison.Ordinal);
    }
}
