using Bunit;
using Magnum.Core.Announcements;
using Magnum.Tests.Support;
using Magnum.Web.Components.Layout;
using Magnum.Web.Features.Announcements;

namespace Magnum.Tests.Web.Announcements;

public sealed class AnnouncementsPageTests : DashboardContext
{
    [Fact]
    public async Task Published_ItStandsOnEveryPage_UntilItIsDeletedOrHidden()
    {
        Person.Become(TestCaller.Admin());
        var bar = Render<AnnouncementBar>();
        var page = Render<AnnouncementsPage>();
        page.WaitForElement(Id("message")).Input("No launches on Sunday");
        page.Find(Id("level")).Change("Warning");
        await page.Find("form").SubmitAsync();

        bar.WaitForAssertion(() => Assert.Contains("No launches on Sunday", bar.Find(Id("announcement")).TextContent, StringComparison.Ordinal));
        Assert.Contains("mg-alert-warning", bar.Find(Id("announcement")).ClassName, StringComparison.Ordinal);
        bar.Find(Id("dismiss")).Click();
        bar.WaitForAssertion(() => Assert.Empty(bar.FindAll(Id("announcement"))));

        var other = Render<AnnouncementBar>();
        other.WaitForElement(Id("announcement"));
        await page.Find(Id("delete")).ClickAsync();
        other.WaitForAssertion(() => Assert.Empty(other.FindAll(Id("announcement"))));
        Assert.Empty(await World.Get<AnnouncementService>().ListCurrentAsync(Ct));
    }

    [Fact]
    public void Members_AreToldThatThisIsNotTheirs()
    {
        var page = Render<AnnouncementsPage>();

        page.WaitForAssertion(() => Assert.Contains("announcement:edit", page.Markup, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("form"));
    }
}
