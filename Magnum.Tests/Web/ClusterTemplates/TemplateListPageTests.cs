using Bunit;
using Magnum.Core.Paging;
using Magnum.Tests.Support;
using Magnum.Web.Features.ClusterTemplates;
using MudBlazor;

namespace Magnum.Tests.Web.ClusterTemplates;

public sealed class TemplateListPageTests : DashboardContext
{
    [Fact]
    public async Task DeleteClickedTwice_AsksOnceAndDeletes()
    {
        await World.AddTemplateAsync();
        _ = Popovers;
        var dialogs = Dialogs;
        var page = Render<TemplateListPage>();
        page.WaitForElement("button" + Id("delete"));
        var delete = page.FindComponents<MudIconButton>().Single(b => b.Markup.Contains("data-testid=\"delete\"", StringComparison.Ordinal)).Instance.OnClick;

        await page.InvokeAsync(() =>
        {
            _ = delete.InvokeAsync();
            _ = delete.InvokeAsync();
        });

        dialogs.WaitForAssertion(() => Assert.Single(dialogs.FindAll(".mud-dialog")));
        dialogs.FindAll(".mud-dialog button").Single(b => b.TextContent.Trim() == "Delete").Click();
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(Id("template-row"))));
        Assert.Empty((await World.TemplateQueries.ListAsync(TestCaller.Member(), new PageRequest(10), Ct)).Value!.Items);
    }
}
