using Bunit;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Tests.Support;
using Magnum.Web.Features.ClusterTemplates;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Web.ClusterTemplates;

public sealed class TemplatePlanTests() : DashboardContext(ownTime: true)
{
    private static readonly ClusterPlan Fits = new(
        [new PlannedResource("OS::Octavia::LoadBalancer", "api", 1, "")],
        [new PreflightCheck("all", CheckOutcome.Pass, "All is well."), new PreflightCheck("keypair", CheckOutcome.Warning, "No key pair.", "keypair")],
        [new("instances", 0, 2, 10), new("cores", 0, 4, 20), new("ram", 0, 8192, -1), new("gigabytes", 0, 40, 100), new("floating_ips", 0, 0, 10)]);

    [Fact]
    public async Task Designer_TellsWhatAClusterTakes_AndWhatTheDriverHasToSay()
    {
        World.Driver.Plan = _ => Fits;
        var page = Open(await World.AddTemplateAsync());

        page.WaitForAssertion(() => Assert.Equal(
            ["instances 2", "cores 4", "ram 8 GiB", "gigabytes 40 GiB", "load_balancers 1"],
            page.FindAll(Id("plan-needs") + " dd").Select(d => $"{d.GetAttribute("data-resource")} {d.TextContent}")));
        Assert.Equal("It could be launched now, with warnings.", page.Find(Id("plan-summary")).TextContent);
        Assert.Contains("No key pair.", page.Find(Id("template-plan") + " " + Id("checks")).TextContent, StringComparison.Ordinal);
        Assert.Contains("checks passed", page.Find(Id("template-plan") + " .mg-passed").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsTyped_IsPlannedOnceAfterAPause()
    {
        var page = Open(await World.AddTemplateAsync());
        page.WaitForAssertion(() => Assert.Equal((1, 1), (Assert.Single(World.Driver.Planned).MasterCount, World.Driver.Planned[0].NodeCount)));

        page.Find(Id("plan-nodes")).Input("1");
        page.Find(Id("plan-nodes")).Input("12");
        await PassTimeUntilAsync(page, () => World.Driver.Planned.Count > 1);
        page.Find(Id("volume-size")).Input("30");
        await PassTimeUntilAsync(page, () => World.Driver.Planned.Count > 2);

        Assert.Equal([(1, null), (12, null), (12, 30)], World.Driver.Planned.Select(c => (c.NodeCount, c.DockerVolumeSize)));
    }

    [Fact]
    public async Task AnotherName_IsNoReasonToPlan()
    {
        var page = Open(await World.AddTemplateAsync());
        page.WaitForAssertion(() => Assert.Single(World.Driver.Planned));

        page.Find(Id("name")).Change("another");
        page.Find(Id("plan-masters")).Input("3");
        await PassTimeUntilAsync(page, () => World.Driver.Planned.Count > 1);

        Assert.Equal([1, 3], World.Driver.Planned.Select(c => c.MasterCount));
    }

    [Fact]
    public void NothingChosenYet_SaysWhatIsMissing()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/templates/new");

        var page = Render<TemplateDesignerPage>();

        Assert.Equal("Choose an image and both sizes to see it.", page.WaitForElement(Id("plan-missing")).TextContent);
        Assert.Empty(World.Driver.Planned);
    }

    [Fact]
    public async Task NumberThatIsNone_IsNotPlanned()
    {
        var page = Open(await World.AddTemplateAsync());
        page.WaitForElement(Id("plan-needs"));

        page.Find(Id("plan-masters")).Input("0");

        page.WaitForElement(Id("plan-missing"));
        Assert.Empty(page.FindAll(Id("plan-needs")));
    }

    [Fact]
    public async Task CloudThatDoesNotAnswer_IsASentence_AndTheFormGoesOn()
    {
        var template = await World.AddTemplateAsync();
        World.Images.Trouble = new CloudException("image", CloudFault.Unreachable, "x");
        World.Time.Advance(TimeSpan.FromMinutes(10));   // what was looked up is not remembered any more

        var page = Open(template);

        page.WaitForAssertion(() => Assert.Equal("The cloud's image service (Glance) does not answer. Try again in a moment.", page.Find(Id("plan-error")).TextContent.Trim()));
        Assert.Equal("It could not be launched now: see below.", page.Find(Id("plan-summary")).TextContent);
        World.Images.Trouble = null;
        page.Find(Id("plan-nodes")).Input("2");
        await PassTimeUntilAsync(page, () => World.Driver.Planned.Count > 0);
        page.WaitForElement(Id("plan-needs"));
    }

    [Fact]
    public async Task WhatSpeaksAgainstIt_LeadsToTheField()
    {
        World.Driver.Plan = _ => new ClusterPlan([], [new PreflightCheck("quota.cores", CheckOutcome.Fail, "8 vCPUs are missing.", "flavor_id")], []);
        var page = Open(await World.AddTemplateAsync());

        page.WaitForElement(Id("fix")).Click();

        Assert.Contains(JSInterop.Invocations["magnum.focus"], i => Equals(i.Arguments[0], "[data-field='flavor_id']"));
    }

    [Fact]
    public async Task PageOfATemplate_TellsItToo_WhoseverItIs()
    {
        World.Driver.Plan = _ => Fits;
        var template = await World.AddTemplateAsync(TestCaller.Admin(), RequestWorld.Spec() with { Public = true });

        var page = Render<TemplatePage>(p => p.Add(t => t.Ident, template.Uuid.ToString()));

        page.WaitForElement(Id("plan-needs"));
        Assert.Empty(page.FindAll(Id("fix")));
        Assert.Equal("demo", Assert.Single(World.Driver.Planned).ProjectId);
    }

    [Fact]
    public async Task WhoeverMayNotLaunch_IsToldSo()
    {
        var template = await World.AddTemplateAsync();
        Person.Become(TestCaller.Reader());

        var page = Render<TemplatePage>(p => p.Add(t => t.Ident, template.Uuid.ToString()));

        Assert.Contains("cluster:create", page.WaitForElement(Id("plan-forbidden")).TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(Id("plan-error")));
    }

    [Fact]
    public async Task TemplateThatLeavesSizesToItsClusters_HasNothingToTell()
    {
        var template = await World.AddTemplateAsync(spec: RequestWorld.Spec() with { FlavorId = null });

        var page = Render<TemplatePage>(p => p.Add(t => t.Ident, template.Uuid.ToString()));

        page.WaitForElement(Id("launch"));
        Assert.Empty(page.FindAll(Id("template-plan")));
    }

    /// <summary>The pause begins when the page gets to it.</summary>
    private async Task PassTimeUntilAsync(IRenderedComponent<TemplateDesignerPage> page, Func<bool> done)
    {
        var last = World.Time.GetUtcNow().AddDays(1);
        while (!done())
        {
            Assert.True(World.Time.GetUtcNow() < last, "It never happens.");
            World.Time.Advance(TimeSpan.FromMilliseconds(100));
            await page.InvokeAsync(() => Task.CompletedTask);
            await Task.Yield();
        }
    }

    private IRenderedComponent<TemplateDesignerPage> Open(ClusterTemplate source)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/templates/new?clone={source.Uuid}");
        var page = Render<TemplateDesignerPage>();
        page.WaitForElement(Id("designer"));
        return page;
    }
}
