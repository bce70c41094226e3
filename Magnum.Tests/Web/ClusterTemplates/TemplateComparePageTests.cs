using Bunit;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Tests.Support;
using Magnum.Web.Features.ClusterTemplates;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Web.ClusterTemplates;

public sealed class TemplateComparePageTests : DashboardContext
{
    [Fact]
    public async Task TwoTemplates_WhatDiffersIsShown_WhatIsEqualIsFolded()
    {
        var left = await World.AddTemplateAsync(spec: RequestWorld.Spec("left") with { Labels = new Dictionary<string, string> { ["kube_tag"] = "v1.30", ["same"] = "1", ["only"] = "<b>" } });
        var right = await World.AddTemplateAsync(spec: RequestWorld.Spec("right") with { FlavorId = "m1.large", Labels = new Dictionary<string, string> { ["kube_tag"] = "v1.31", ["same"] = "1" } });

        var page = Open(left.Uuid, right.Uuid.ToString());

        page.WaitForElement(Id("different"));
        Assert.Equal(
            ["flavor_id: m1.small → m1.large", "labels.kube_tag: v1.30 → v1.31", "labels.only: <b> → not set"],
            Rows(page, Id("different")));
        Assert.Contains("labels.same: 1 → 1", Rows(page, Id("equal")));
        Assert.Contains("coe: kubernetes → kubernetes", Rows(page, Id("equal")));
        Assert.False(page.Find(Id("equal")).HasAttribute("open"));
        Assert.Equal("3 differences", page.Find(Id("differences")).TextContent);
    }

    [Fact]
    public async Task ACluster_CountsByItsOwnValues()
    {
        var template = await World.AddTemplateAsync();
        var cluster = await World.AddClusterAsync(request: new NewCluster { Name = "blue", ClusterTemplateId = template.Uuid.ToString(), MasterFlavorId = "m1.large", DockerVolumeSize = 7, KeyPair = "ops", FloatingIpEnabled = false });

        var page = Open(template.Uuid, "blue");

        page.WaitForElement(Id("different"));
        Assert.Equal(
            ["master_flavor_id: m1.small → m1.large", "keypair_id: not set → ops", "floating_ip_enabled: true → false", "docker_volume_size: not set → 7"],
            Rows(page, Id("different")));
        Assert.Contains("Cluster blue", page.Find("thead").TextContent, StringComparison.Ordinal);
        Assert.Equal("blue", cluster.Name);
    }

    [Fact]
    public async Task NoDifference_SaysSo()
    {
        var left = await World.AddTemplateAsync();
        var right = await World.AddTemplateAsync(spec: RequestWorld.Spec("another name"));

        var page = Open(left.Uuid, right.Uuid.ToString());

        page.WaitForElement(Id("compare-same"));
        Assert.Empty(page.FindAll(Id("different")));
    }

    [Fact]
    public async Task AnothersTemplateOrCluster_IsNotThere()
    {
        var left = await World.AddTemplateAsync();
        var theirs = await World.AddTemplateAsync(TestCaller.Member("alt"), RequestWorld.Spec("secret-name"));

        var page = Open(left.Uuid, theirs.Uuid.ToString());

        Assert.Contains("that you may see", page.WaitForElement(Id("compare-missing")).TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-name", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingChosen_Asks_AndAChoiceGoesIntoTheAddress()
    {
        var left = await World.AddTemplateAsync();
        var right = await World.AddTemplateAsync(spec: RequestWorld.Spec("right"));
        _ = Popovers;
        var page = Open(left.Uuid, null);
        page.WaitForElement(Id("compare-choose"));

        page.Find(Id("compare-with")).Focus();
        Popovers.WaitForAssertion(() => Assert.Single(Popovers.FindAll($"[data-value='{right.Uuid}']")));
        await Popovers.InvokeAsync(() => Popovers.Find($"[data-value='{right.Uuid}']").Click());

        page.WaitForElement(Id("compare-same"));
        Assert.EndsWith($"/templates/{left.Uuid}/compare?with={right.Uuid}", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void SecretLabels_AreToldApartButNotShown()
    {
        var left = new ClusterTemplateSnapshot { Labels = new Dictionary<string, string> { ["token"] = "abc", ["other"] = "x" } };
        var right = left with { Labels = new Dictionary<string, string> { ["token"] = "def", ["other"] = "x" } };

        var rows = TemplateDiff.Between(left, right, [new LabelDefinition("token", LabelType.Text, "", null, "") { Secret = true }]);

        Assert.Equal(new DiffRow("token", true, "••••••", "••••••", true), Assert.Single(rows, r => r.Differs));
    }

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    private IRenderedComponent<TemplateComparePage> Open(Guid template, string? with)
    {
        Navigation.NavigateTo($"/templates/{template}/compare{(with is null ? "" : $"?with={with}")}");
        return Render<TemplateComparePage>(p => p.Add(c => c.Ident, template.ToString()));
    }

    private static IEnumerable<string> Rows(IRenderedComponent<TemplateComparePage> page, string within) =>
        page.FindAll($"{within} tbody tr").Select(r => $"{r.GetAttribute("data-row")}: {r.Children[1].TextContent.Trim()} → {r.Children[2].TextContent.Trim()}");
}
