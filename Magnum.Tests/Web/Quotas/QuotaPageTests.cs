using Bunit;
using Magnum.Core.Quotas;
using Magnum.Tests.Support;
using Magnum.Web.Features.Quotas;

namespace Magnum.Tests.Web.Quotas;

public sealed class QuotaPageTests : DashboardContext
{
    [Fact]
    public void Member_SeesThatItIsNotForThem()
    {
        var page = Render<QuotaPage>();

        page.WaitForElement(Id("no-permission"));
        Assert.Empty(page.FindAll(Id("new-quota")));
    }

    [Fact]
    public async Task Administrator_SeesUseBesideLimitByName()
    {
        await World.AddClusterAsync();
        Person.Become(TestCaller.Admin());

        var page = Render<QuotaPage>();

        var row = page.WaitForElement("[data-project=demo]");
        Assert.Contains("Default", row.TextContent, StringComparison.Ordinal);
        Assert.NotEqual("", row.QuerySelector(Id("limit"))!.TextContent);
    }

    [Fact]
    public async Task EditingADefault_StoresALimit()
    {
        await World.AddClusterAsync();
        Person.Become(TestCaller.Admin());
        var dialogs = Dialogs;
        var page = Render<QuotaPage>();
        page.WaitForElement("[data-project=demo] button" + Id("edit-quota")).Click();

        dialogs.WaitForElement(Id("quota-limit")).Input("3");
        dialogs.Find("button" + Id("quota-save")).Click();

        page.WaitForAssertion(() => Assert.Equal("3", page.Find("[data-project=demo] " + Id("limit")).TextContent));
        Assert.Equal(3, (await World.Get<QuotaService>().GetUsageAsync(TestCaller.Admin(), "demo", Ct)).Value!.Limit);
    }
}
