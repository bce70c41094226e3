using Bunit;
using Magnum.Core.Quotas;
using Magnum.Tests.Support;
using Magnum.Web.Features.Quotas;

namespace Magnum.Tests.Web.Quotas;

/// <summary>What administrators see of the requests, and answer.</summary>
public sealed class QuotaRequestsTests : DashboardContext
{
    private QuotaRequestService Requests => World.Get<QuotaRequestService>();

    [Fact]
    public async Task ARequestAppearsByItself_IsApproved_AndTheBadgeCountsWhatIsOpen()
    {
        Person.Become(TestCaller.Admin());
        var dialogs = Dialogs;
        var page = Render<QuotaRequests>();
        var badge = Render<QuotaBadge>();
        page.WaitForElement(Id("requests-empty"));
        Assert.Empty(badge.FindAll(Id("quota-badge")));

        await Requests.CreateAsync(TestCaller.Member(), 22, "for the course", "blue", Ct);

        var row = page.WaitForElement(Id("request"));
        Assert.Contains("for the course", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("blue", row.TextContent, StringComparison.Ordinal);
        badge.WaitForAssertion(() => Assert.StartsWith("1", badge.Find(Id("quota-badge")).TextContent, StringComparison.Ordinal));

        page.Find(Id("approve")).Click();
        Assert.Equal("22", dialogs.WaitForElement("input" + Id("answer-limit")).GetAttribute("value"));
        dialogs.Find(Id("answer-limit")).Input("25");
        dialogs.Find(Id("answer")).Input("until May");
        dialogs.Find("button" + Id("answer-save")).Click();

        page.WaitForAssertion(() => Assert.Contains("Approved · 25", page.Find(Id("answered")).TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(Id("request")));
        badge.WaitForAssertion(() => Assert.Empty(badge.FindAll(Id("quota-badge"))));
        Assert.Equal(25, (await World.Get<QuotaService>().GetUsageAsync(TestCaller.Member(), "demo", Ct)).Value!.Limit);
    }

    [Fact]
    public async Task Refusing_TakesAReason()
    {
        await Requests.CreateAsync(TestCaller.Member(), 22, null, null, Ct);
        Person.Become(TestCaller.Admin());
        var dialogs = Dialogs;
        var page = Render<QuotaRequests>();
        page.WaitForElement(Id("refuse")).Click();

        Assert.True(dialogs.WaitForElement("button" + Id("answer-save")).HasAttribute("disabled"));
        dialogs.Find(Id("answer")).Input("not this year");
        dialogs.Find("button" + Id("answer-save")).Click();

        page.WaitForAssertion(() => Assert.Equal("Refused", page.Find(Id("answered")).GetAttribute("data-state")));
        Assert.Contains("not this year", page.Find(Id("answered")).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherAdministratorsAnswer_IsSeenAtOnce()
    {
        var request = (await Requests.CreateAsync(TestCaller.Member(), 22, null, null, Ct)).Value!;
        Person.Become(TestCaller.Admin());
        var page = Render<QuotaRequests>();
        page.WaitForElement(Id("request"));

        await Requests.RefuseAsync(TestCaller.Admin(user: "other"), request.Id, "no room", Ct);

        page.WaitForAssertion(() => Assert.Contains("other", page.Find(Id("answered")).TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheHistory_TellsOfLimitsAndRequestsOnly()
    {
        await World.AddClusterAsync();
        await Requests.CreateAsync(TestCaller.Member(), 22, null, null, Ct);
        Person.Become(TestCaller.Admin());
        await World.Get<QuotaService>().CreateAsync(TestCaller.Admin(), "demo", Quota.ClusterResource, 3, Ct);

        var page = Render<QuotaHistory>();

        page.WaitForAssertion(() => Assert.Equal(["quota:create", "quota_request:create"], page.FindAll(Id("audit-row")).Select(r => r.GetAttribute("data-action"))));
    }

    [Fact]
    public void Members_SeeNoBadgeAndNoRequests()
    {
        Assert.Empty(Render<QuotaBadge>().FindAll(Id("quota-badge")));
        Render<QuotaRequests>().WaitForElement(Id("no-permission"));
    }
}
