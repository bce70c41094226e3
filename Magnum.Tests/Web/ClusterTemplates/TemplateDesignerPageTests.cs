using Bunit;
using Magnum.Core.Paging;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.OpenStack;
using Magnum.Tests.Support;
using Magnum.Web.Features.ClusterTemplates;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace Magnum.Tests.Web.ClusterTemplates;

public sealed class TemplateDesignerPageTests : DashboardContext
{
    [Fact]
    public async Task Clone_KeepsTheDesignUnderAnotherName()
    {
        var source = await World.AddTemplateAsync();
        var page = OpenClone(source);

        page.Find("button" + Id("save")).Click();

        page.WaitForAssertion(() => Assert.Matches("/templates/[0-9a-f-]{36}$", Navigation.Uri));
        var copy = Assert.Single(await TemplatesAsync(), t => t.Uuid != source.Uuid);
        Assert.Equal(("k8s-copy", source.ImageId, source.FlavorId), (copy.Name, copy.ImageId, copy.FlavorId));
    }

    [Fact]
    public async Task LabelOfAType_IsEditedByItAndSaved()
    {
        var page = OpenClone(await World.AddTemplateAsync());

        page.Find("[data-label=auto_healing_enabled] select").Change("true");
        page.Find("[data-label=strategy] select").Change("pack");
        page.Find("button" + Id("save")).Click();

        page.WaitForAssertion(() => Assert.Matches("/templates/[0-9a-f-]{36}$", Navigation.Uri));
        var copy = Assert.Single(await TemplatesAsync(), t => t.Name == "k8s-copy");
        Assert.Equal("true", copy.Labels["auto_healing_enabled"]);
        Assert.Equal("pack", copy.Labels["strategy"]);
    }

    [Fact]
    public async Task LabelOutOfBounds_IsToldBesideTheLabel()
    {
        var page = OpenClone(await World.AddTemplateAsync());
        page.Find("[data-label=boot_volume_size] input").Change("5000");

        page.Find("button" + Id("save")).Click();

        page.WaitForAssertion(() => Assert.Contains("1000", page.Find("[data-label=boot_volume_size] .mg-field-error").TextContent, StringComparison.Ordinal));
        Assert.Single(await TemplatesAsync());
    }

    [Fact]
    public async Task CustomLabelWithASlip_IsWarnedOfAndCorrected()
    {
        var page = OpenClone(await World.AddTemplateAsync());
        page.Find(Id("custom-name")).Input("auto_healing_enable");
        page.Find(Id("custom-value")).Input("true");
        await page.Find(".mg-label-add").SubmitAsync();

        Assert.Contains("auto_healing_enabled", page.Find(Id("did-you-mean")).TextContent, StringComparison.Ordinal);
        page.Find(Id("did-you-mean")).Click();

        Assert.Equal("true", page.Find("[data-label=auto_healing_enabled] select").GetAttribute("value"));
        Assert.Empty(page.FindAll(Id("did-you-mean")));
    }

    [Fact]
    public async Task RefusedField_GetsTheErrorAndTheSectionAMark()
    {
        var page = OpenClone(await World.AddTemplateAsync());
        page.Find(Id("dns")).Change("not-an-address");

        page.Find("button" + Id("save")).Click();

        page.WaitForAssertion(() => Assert.Contains("not-an-address", page.Find("[data-field=dns_nameserver]").TextContent, StringComparison.Ordinal));
        Assert.Contains("Network", page.Find(".mg-toc-error").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InUse_SaysWhyFieldsAreFrozen()
    {
        var cluster = await World.AddClusterAsync();

        var page = Render<TemplateDesignerPage>(p => p.Add(d => d.Ident, cluster.ClusterTemplateId.ToString()));

        page.WaitForElement(Id("in-use"));
        Assert.True(page.Find(Id("image")).HasAttribute("disabled"));
        Assert.False(page.Find(Id("name")).HasAttribute("disabled"));
    }

    [Fact]
    public async Task ImageWithoutDistribution_CannotBeChosenAndSaysWhy()
    {
        World.Images.Images.Add(FakeImages.New("cirros", null));
        var popovers = Popovers;
        var page = OpenClone(await World.AddTemplateAsync());

        await page.Find(Id("image")).FocusAsync(new());
        page.Find(Id("image")).Input("cirros");

        popovers.WaitForAssertion(() => Assert.Contains("no os_distro", popovers.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task TokenEndsInTheMiddle_SigningInAgainSavesWhatWasTyped()
    {
        _ = Popovers;
        var dialogs = Dialogs;
        var page = OpenClone(await World.AddTemplateAsync());
        page.Find(Id("name")).Change("typed before");
        Person.Expire();

        page.Find("button" + Id("save")).Click();
        dialogs.WaitForElement(Id("again-password")).Change("secret");
        dialogs.Find("button" + Id("again-submit")).Click();

        page.WaitForAssertion(() => Assert.Matches("/templates/[0-9a-f-]{36}$", Navigation.Uri));
        Assert.Single(await TemplatesAsync(), t => t.Name == "typed before");
        Assert.Equal(2, (await TemplatesAsync()).Count);
    }

    [Fact]
    public async Task TokenRefusedByTheCloudWhileSaving_SigningInAgainSavesOnce()
    {
        _ = Popovers;
        var dialogs = Dialogs;
        var page = OpenClone(await World.AddTemplateAsync());
        page.Find(Id("name")).Change("typed before");
        World.Time.Advance(TimeSpan.FromSeconds(11));   // what was looked up is not remembered any more
        World.Images.Trouble = new CloudException("image", CloudFault.Unauthorized, "expired");

        page.Find("button" + Id("save")).Click();
        dialogs.WaitForElement(Id("again-password"));
        Assert.Equal("typed before", page.Find(Id("name")).GetAttribute("value"));
        World.Images.Trouble = null;
        dialogs.Find(Id("again-password")).Change("secret");
        dialogs.Find("button" + Id("again-submit")).Click();

        page.WaitForAssertion(() => Assert.Matches("/templates/[0-9a-f-]{36}$", Navigation.Uri));
        Assert.Single(await TemplatesAsync(), t => t.Name == "typed before");
    }

    [Fact]
    public async Task SaveClickedTwice_MakesOneTemplate_AlsoWhileThePageIsLeft()
    {
        var page = OpenClone(await World.AddTemplateAsync());
        var save = page.FindComponents<MudButton>().Single(b => b.Markup.Contains("data-testid=\"save\"", StringComparison.Ordinal)).Instance.OnClick;

        await page.InvokeAsync(() =>
        {
            _ = save.InvokeAsync();
            _ = save.InvokeAsync();
        });
        page.WaitForAssertion(() => Assert.Matches("/templates/[0-9a-f-]{36}$", Navigation.Uri));
        await page.InvokeAsync(() => save.InvokeAsync());

        Assert.True(page.Find("button" + Id("save")).HasAttribute("disabled"));
        Assert.Equal(2, (await TemplatesAsync()).Count);
    }

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    private IRenderedComponent<TemplateDesignerPage> OpenClone(ClusterTemplate source)
    {
        Navigation.NavigateTo($"/templates/new?clone={source.Uuid}");
        var page = Render<TemplateDesignerPage>();
        page.WaitForElement(Id("designer"));
        return page;
    }

    private async Task<IReadOnlyList<ClusterTemplate>> TemplatesAsync() =>
        (await World.TemplateQueries.ListAsync(TestCaller.Member(), new PageRequest(100), Ct)).Value!.Items;
}
