using Bunit;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.Quotas;
using Magnum.Tests.Support;
using Magnum.Web.Features.Clusters;
using Magnum.Web.Features.Quotas;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Web.Quotas;

/// <summary>How a project asks for more, and sees what becomes of that.</summary>
public sealed class QuotaAskTests() : DashboardContext(ownTime: true)
{
    private static readonly ClusterPlan Short = new([], [], [new QuotaProjection("clusters", 20, 1, 20)]);

    private QuotaRequestService Requests => World.Get<QuotaRequestService>();

    [Fact]
    public async Task TheShortfallIsFilledIn_AndTheAnswerIsSeenAtOnce()
    {
        var granted = 0;
        var dialogs = Dialogs;
        var ask = Render<QuotaAsk>(p => p.Add(a => a.Plan, Short).Add(a => a.ClusterName, "blue").Add(a => a.OnGranted, EventCallback.Factory.Create(this, () => granted++)));
        ask.WaitForElement("button" + Id("ask-more")).Click();
        Assert.Equal("21", dialogs.WaitForElement("input" + Id("ask-wanted")).GetAttribute("value"));
        dialogs.Find(Id("ask-wanted")).Input("20");
        Assert.True(dialogs.Find("button" + Id("ask-send")).HasAttribute("disabled"));
        dialogs.Find(Id("ask-wanted")).Input("22");
        dialogs.Find(Id("ask-reason")).Input("for the course");
        dialogs.Find("button" + Id("ask-send")).Click();

        ask.WaitForAssertion(() => Assert.Equal("Open", ask.Find(Id("quota-ask")).GetAttribute("data-state")));
        var request = Assert.Single((await Requests.ListOwnAsync(TestCaller.Member(), Ct)).Value!);
        Assert.Equal((22, "for the course", "blue"), (request.Wanted, request.Reason, request.ClusterName));
        Assert.Equal(0, granted);

        await Requests.ApproveAsync(TestCaller.Admin(), request.Id, 21, "until May", Ct);
        ask.WaitForAssertion(() => Assert.Equal(1, granted));
        ask.Render(p => p.Add(a => a.Plan, new ClusterPlan([], [], [new QuotaProjection("clusters", 20, 1, 21)])));
        Assert.Contains("The launch goes on. “until May”", ask.Find(Id("quota-ask")).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_TheReasonIsShown_AndOneMayAskAgain()
    {
        var request = (await Requests.CreateAsync(TestCaller.Member(), 21, null, "blue", Ct)).Value!;
        var ask = Render<QuotaAsk>(p => p.Add(a => a.Plan, Short).Add(a => a.ClusterName, "blue"));
        ask.WaitForAssertion(() => Assert.Equal("Open", ask.Find(Id("quota-ask")).GetAttribute("data-state")));
        Assert.Empty(ask.FindAll(Id("ask-more")));

        await Requests.RefuseAsync(TestCaller.Admin(), request.Id, "no room", Ct);

        ask.WaitForElement("button" + Id("ask-more"));
        Assert.Contains("“no room”", ask.Find(Id("quota-ask")).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void WhereTheLimitIsNotInTheWay_ThereIsNothing()
    {
        Assert.Empty(Render<QuotaAsk>(p => p.Add(a => a.Plan, new ClusterPlan([], [], [new QuotaProjection("clusters", 1, 1, 20)]))).FindAll(Id("quota-ask")));
        Assert.NotEmpty(Render<QuotaAsk>(p => p.Add(a => a.Refusal, new MagnumError.OverQuota("full"))).FindAll(Id("ask-more")));
    }

    [Fact]
    public async Task TheWizard_GoesOnWhenTheLimitIsRaised()
    {
        var template = await World.AddTemplateAsync();
        await World.Get<QuotaService>().CreateAsync(TestCaller.Admin(), "demo", Quota.ClusterResource, 0, Ct);
        var request = (await Requests.CreateAsync(TestCaller.Member(), 1, null, "blue", Ct)).Value!;
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/clusters/new?template={template.Uuid}&step=review");
        var page = Render<LaunchPage>();
        page.WaitForElement(Id("quota-ask") + "[data-state=Open]");
        Assert.True(page.Find("button" + Id("launch")).HasAttribute("disabled"));

        await Requests.ApproveAsync(TestCaller.Admin(), request.Id, 1, null, Ct);

        page.WaitForElement(Id("quota-ask") + "[data-state=Approved]");
        page.WaitForAssertion(() => Assert.False(page.Find("button" + Id("launch")).HasAttribute("disabled")));
    }

    [Fact]
    public async Task AboveTheClusters_ALineTellsOfTheRequest_ForAWeekAfterTheAnswer()
    {
        var line = Render<QuotaRequestLine>();
        Assert.Empty(line.FindAll(Id("request-line")));
        await Requests.CreateAsync(TestCaller.Member("alt"), 30, null, null, Ct);
        await Requests.CreateAsync(TestCaller.Member(), 25, null, null, Ct);
        line.WaitForElement("button" + Id("withdraw")).Click();
        line.WaitForAssertion(() => Assert.Empty(line.FindAll(Id("request-line"))));

        var request = (await Requests.CreateAsync(TestCaller.Member(), 22, null, null, Ct)).Value!;
        await Requests.RefuseAsync(TestCaller.Admin(), request.Id, "no room", Ct);
        line.WaitForAssertion(() => Assert.Contains("“no room”", line.Find(Id("request-line")).TextContent, StringComparison.Ordinal));
        Assert.Empty(line.FindAll(Id("withdraw")));
        World.Time.Advance(TimeSpan.FromDays(6));
        Assert.NotEmpty(Render<QuotaRequestLine>().FindAll(Id("request-line")));
        World.Time.Advance(TimeSpan.FromDays(1));
        Assert.Empty(Render<QuotaRequestLine>().FindAll(Id("request-line")));
    }
}
