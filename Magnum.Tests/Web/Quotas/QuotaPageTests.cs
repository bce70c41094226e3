using Bunit;
using Magnum.Core.Quotas;
using Magnum.Tests.Support;
using Magnum.Web.Features.Quotas;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;

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

    [Fact]
    public async Task TheAddress_SaysWhatIsShown_AndInWhichOrder()
    {
        Person.Become(TestCaller.Admin());
        await World.AddClusterAsync();
        await LimitAsync("alt", 3);
        var address = Services.GetRequiredService<NavigationManager>();
        var page = Render<QuotaPage>();
        page.WaitForAssertion(() => Assert.Equal(["alt", "demo"], Projects(page)));
        Assert.Contains("Magnum:Quotas:MaxClustersPerProject", page.Find(Id("default-limit")).TextContent, StringComparison.Ordinal);

        address.NavigateTo("/quotas?sort=share&dir=desc");
        page.WaitForAssertion(() => Assert.Equal(["demo", "alt"], Projects(page)));
        page.Find(Id("every-project")).Click();
        page.WaitForAssertion(() => Assert.Equal("demo", Projects(page)[0]));
        Assert.Equal(["demo", "admin", "alt"], Projects(page));
        address.NavigateTo("/quotas?q=AL");
        page.WaitForAssertion(() => Assert.Equal(["alt"], Projects(page)));
        address.NavigateTo("/quotas?q=nothing");
        page.WaitForElement(Id("no-match"));
        address.NavigateTo("/quotas?tab=requests");
        page.WaitForElement(Id("requests-empty"));
        Assert.Equal("true", page.Find(Id("tab-requests")).GetAttribute("aria-selected"));
        address.NavigateTo("/quotas?q=demo");
        page.WaitForAssertion(() => Assert.Equal(["demo"], Projects(page)));
    }

    [Fact]
    public async Task ManyAtOnce_GetALimit_AndTheDefaultAgain()
    {
        Person.Become(TestCaller.Admin());
        await LimitAsync("alt", 3);
        var dialogs = Dialogs;
        Services.GetRequiredService<NavigationManager>().NavigateTo("/quotas?all=true");
        var page = Render<QuotaPage>();
        page.WaitForElement(Id("choose-all")).Change(true);
        page.WaitForElement("button" + Id("bulk-set")).Click();
        dialogs.WaitForElement(Id("bulk-limit")).Input("7");
        dialogs.Find("button" + Id("bulk-run")).Click();
        dialogs.WaitForAssertion(() => Assert.Equal(3, dialogs.FindAll(Id("bulk-row") + " .mg-tone-success").Count));
        dialogs.Find("button" + Id("bulk-close")).Click();
        page.WaitForAssertion(() => Assert.Equal(["7", "7", "7"], page.FindAll(Id("limit")).Select(l => l.TextContent)));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(Id("bulk"))));

        page.Find("[data-project=alt] " + Id("choose")).Change(true);
        page.WaitForElement("button" + Id("bulk-default")).Click();
        dialogs.WaitForElement("button" + Id("bulk-run")).Click();
        dialogs.WaitForElement("button" + Id("bulk-close")).Click();
        page.WaitForAssertion(() => Assert.Equal("20", page.Find("[data-project=alt] " + Id("limit")).TextContent));
    }

    [Fact]
    public async Task AFile_IsShownFirst_AndStoredWhenConfirmed()
    {
        Person.Become(TestCaller.Admin());
        await LimitAsync("alt", 3);
        var dialogs = Dialogs;
        var page = Render<QuotaPage>();
        page.WaitForElement("button" + Id("import")).Click();
        dialogs.WaitForElement(Id("import-text")).Change("project_name,limit\nalt,4\ndemo,2\nnobody,1\n");
        dialogs.Find("button" + Id("import-preview")).Click();

        dialogs.WaitForAssertion(() => Assert.Equal(["Changed", "New", "UnknownProject"], dialogs.FindAll(Id("import-line")).Select(l => l.GetAttribute("data-kind"))));
        Assert.Contains("3 → 4", dialogs.Find(Id("import-line")).TextContent, StringComparison.Ordinal);
        Assert.Equal(3, (await World.Get<QuotaService>().GetUsageAsync(TestCaller.Admin(), "alt", Ct)).Value!.Limit);

        dialogs.Find("button" + Id("import-run")).Click();
        dialogs.WaitForElement("button" + Id("import-close")).Click();
        page.WaitForAssertion(() => Assert.Equal(["4", "2"], page.FindAll(Id("limit")).Select(l => l.TextContent)));
    }

    [Fact]
    public void AFileThatIsTooLarge_OrHasNoColumns_IsRefused()
    {
        Person.Become(TestCaller.Admin());
        var dialogs = Dialogs;
        Render<QuotaPage>().WaitForElement("button" + Id("import")).Click();
        var file = dialogs.WaitForComponent<InputFile>();

        file.UploadFiles(InputFileContent.CreateFromText(new string('x', (256 * 1024) + 1), "large.csv"));
        dialogs.WaitForAssertion(() => Assert.Contains("256 KiB", dialogs.Find(Id("import-problem")).TextContent, StringComparison.Ordinal));
        file.UploadFiles(InputFileContent.CreateFromText("alt,4", "short.csv"));
        dialogs.WaitForAssertion(() => Assert.Contains("project_id", dialogs.Find(Id("import-problem")).TextContent, StringComparison.Ordinal));
        file.UploadFiles(InputFileContent.CreateFromText("project_id,limit\nalt,4", "good.csv"));
        dialogs.WaitForElement(Id("import-line"));
    }

    [Fact]
    public async Task TheExport_HoldsWhatIsShown()
    {
        Person.Become(TestCaller.Admin());
        await World.AddClusterAsync();
        await LimitAsync("alt", 3);
        var page = Render<QuotaPage>();
        await page.WaitForElement("button" + Id("export")).ClickAsync();

        Assert.Equal(
            "project_id,project_name,limit,used,origin\r\nalt,alt,3,0,set\r\ndemo,demo,20,1,default\r\n",
            JSInterop.Invocations["magnum.download"].Single().Arguments[2]);
    }

    private static List<string?> Projects(IRenderedComponent<QuotaPage> page) => [.. page.FindAll(Id("quota-row")).Select(r => r.GetAttribute("data-project"))];

    private async Task LimitAsync(string project, int limit) =>
        Assert.Null((await World.Get<QuotaService>().CreateAsync(TestCaller.Admin(), project, Quota.ClusterResource, limit, Ct)).Error);
}
