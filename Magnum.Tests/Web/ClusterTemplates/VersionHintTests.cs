using System.Globalization;
using Bunit;
using Magnum.Core.OpenStack;
using Magnum.Tests.Support;
using Magnum.Web.Components.Parts;
using Magnum.Web.Features.Clusters;
using Magnum.Web.Features.ClusterTemplates;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Web.ClusterTemplates;

/// <summary>It is the first of March 2026.</summary>
public sealed class VersionHintTests : DashboardContext
{
    [Theory]
    [InlineData("en", "2026-02-27", "Kubernetes 1.32: upstream support ends in 1 day")]
    [InlineData("en", "2026-02-15", "Kubernetes 1.32: upstream support ends in 13 days")]
    [InlineData("en", "2026-02-14", "Kubernetes 1.32: upstream support ends in 2 weeks")]
    [InlineData("en", "2026-02-07", "Kubernetes 1.32: upstream support ends in 3 weeks")]
    [InlineData("en", "2025-12-30", "Kubernetes 1.32: upstream support ends in 8 weeks")]
    [InlineData("en", "2025-12-29", null)]
    [InlineData("en", "2026-02-28", "Kubernetes 1.32: no longer supported upstream since 28 February 2026")]
    [InlineData("zh-Hans", "2026-02-27", "Kubernetes 1.32：上游支持将在 1 天后结束")]
    [InlineData("zh-Hans", "2026-02-28", "Kubernetes 1.32：上游已于 2026年2月28日停止支持")]
    public void Words_AreOfTheLanguageAndTheNumber(string language, string today, string? words)
    {
        World.Time.AdjustTime(DateTimeOffset.Parse($"{today}T12:00:00Z", CultureInfo.InvariantCulture));
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = new CultureInfo(language);

        var hint = Render<VersionHint>(p => p.Add(h => h.Coe, "kubernetes").Add(h => h.Version, "v1.32.4"));

        Assert.Equal(words, hint.FindAll(Id("version-hint")).SingleOrDefault()?.TextContent.Trim());
    }

    [Theory]
    [InlineData("kubernetes", null)]
    [InlineData("kubernetes", "v1.99.0")]
    [InlineData("swarm-mode", "1.24")]
    public void WhatIsNotKnown_HasNoHint(string coe, string? version) =>
        Assert.Equal("", Render<VersionHint>(p => p.Add(h => h.Coe, coe).Add(h => h.Version, version)).Markup.Trim());

    [Fact]
    public async Task List_GoesByTheLabelElseByTheImage()
    {
        World.Images.Images.Add(FakeImages.New("old", "ubuntu", ("kube_version", "v1.31.1")));
        await World.AddTemplateAsync(spec: RequestWorld.Spec("by image") with { ImageId = "old" });
        await World.AddTemplateAsync(spec: RequestWorld.Spec("by label") with { ImageId = "old", Labels = Tag("v1.30.2") });
        await World.AddTemplateAsync(spec: RequestWorld.Spec("new") with { ImageId = "old", Labels = Tag("v1.35.0") });

        var page = Render<TemplateListPage>();

        page.WaitForAssertion(() => Assert.Equal(["1.31", "1.30", "-"], page.FindAll(Id("template-row")).Select(r => r.QuerySelector(Id("version-hint"))?.GetAttribute("data-minor") ?? "-")));
    }

    [Fact]
    public async Task List_ImagesCannotBeRead_IsThereAllTheSame()
    {
        await World.AddTemplateAsync(spec: RequestWorld.Spec() with { Labels = Tag("v1.30.2") });
        World.Images.Trouble = new CloudException("image", CloudFault.Unreachable, "x");

        var page = Render<TemplateListPage>();

        page.WaitForAssertion(() => Assert.Single(page.FindAll(Id("version-hint"))));
    }

    [Fact]
    public async Task Designer_GoesWithWhatIsChosen()
    {
        World.Images.Images.Add(FakeImages.New("old", "ubuntu", ("kube_version", "v1.31.1")));
        var template = await World.AddTemplateAsync(spec: RequestWorld.Spec() with { ImageId = "old" });
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/templates/new?clone={template.Uuid}");
        var page = Render<TemplateDesignerPage>();

        Assert.Equal("1.31", page.WaitForElement("#Engine " + Id("version-hint")).GetAttribute("data-minor"));
        page.Find("[data-label=kube_tag] input").Change("v1.35.0");

        page.WaitForAssertion(() => Assert.Empty(page.FindAll("#Engine " + Id("version-hint"))));
    }

    [Fact]
    public async Task ClusterAndItsUpgrade_TellOfBothVersions()
    {
        var cluster = await World.AddClusterAsync();
        await using (var db = World.Database.CreateDbContext())
        {
            await db.Clusters.ExecuteUpdateAsync(set => set.SetProperty(c => c.CoeVersion, "v1.30.1"), Ct);
        }

        var next = await World.AddTemplateAsync(spec: RequestWorld.Spec("next") with { Labels = Tag("v1.31.1") });
        var present = (await World.ClusterQueries.GetAsync(TestCaller.Member(), cluster.Uuid.ToString(), Ct)).Value!;

        Assert.Equal("1.30", Render<ClusterOverview>(p => p.Add(o => o.Cluster, present)).Find(Id("version-hint")).GetAttribute("data-minor"));

        _ = Popovers;
        var dialogs = Dialogs;
        var parameters = new MudBlazor.DialogParameters<UpgradeDialog> { { d => d.Cluster, present }, { d => d.Upgrade, _ => Task.FromResult<Magnum.Core.Errors.MagnumError?>(null) } };
        await dialogs.InvokeAsync(() => Services.GetRequiredService<MudBlazor.IDialogService>().ShowAsync<UpgradeDialog>("", parameters));
        Assert.Equal("1.30", dialogs.WaitForElement(Id("version-hint")).GetAttribute("data-minor"));
        var picker = dialogs.FindComponents<ChoicePicker>().Single();
        await dialogs.InvokeAsync(() => picker.Instance.ValueChanged.InvokeAsync(next.Uuid.ToString()));

        dialogs.WaitForAssertion(() => Assert.Equal(["1.30", "1.31"], dialogs.FindAll(Id("version-hint")).Select(h => h.GetAttribute("data-minor"))));
    }

    private static Dictionary<string, string> Tag(string version) => new() { ["kube_tag"] = version };
}
