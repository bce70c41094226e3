using System.Globalization;
using Bunit;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Core.Prices;
using Magnum.Web.Components.Parts;
using Magnum.Web.Features.Clusters;
using Magnum.Web.Features.ClusterTemplates;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Magnum.Tests.Web.ClusterTemplates;

public sealed class CostTests : DashboardContext
{
    private static readonly ClusterPlan Plan = new(
        [new PlannedResource("OS::Nova::Server", "workers", 3, "") { Flavor = new Flavor("1", "m1.large", 4, 8192, 80) }, new PlannedResource("OS::Neutron::FloatingIP", "api", 2, "")], [], []);

    [Theory]
    [InlineData("en", "About 1,095.00 EUR a month", "Without a price: Floating IPs")]
    [InlineData("zh-Hans", "每月约 1,095.00 EUR", "未定价：浮动 IP")]
    public void AMonth_IsToldInTheLanguage(string language, string words, string rest)
    {
        SetPrices();
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = new CultureInfo(language);

        var line = Render<CostLine>(p => p.Add(c => c.Plan, Plan));

        Assert.Equal(words, line.Find("strong").TextContent);
        Assert.Equal(rest, line.Find(Id("not-priced")).TextContent);
    }

    [Fact]
    public void NothingPriced_SaysOnlyThat()
    {
        SetPrices();

        var line = Render<CostLine>(p => p.Add(c => c.Plan, Plan with { Resources = [Plan.Resources[0] with { Flavor = new Flavor("2", "m1.huge", 4, 8192, 80) }] }));

        Assert.Equal("Without a price: Servers of m1.huge", line.Find(Id("cost")).TextContent.Trim());
    }

    [Fact]
    public async Task WizardAndTemplate_TellIt_WherePricesAreConfigured()
    {
        World.Driver.Plan = _ => Plan;
        var template = await World.AddTemplateAsync();
        var before = Render<TemplatePage>(p => p.Add(t => t.Ident, template.Uuid.ToString()));
        before.WaitForElement(Id("plan-needs"));
        Assert.Empty(before.FindAll(Id("cost")));
        SetPrices();

        Render<TemplatePage>(p => p.Add(t => t.Ident, template.Uuid.ToString())).WaitForElement(Id("template-plan") + " " + Id("cost"));

        Services.GetRequiredService<NavigationManager>().NavigateTo($"/clusters/new?template={template.Uuid}");
        Render<LaunchPage>().WaitForElement(Id("summary") + " " + Id("cost"));
    }

    private void SetPrices()
    {
        var prices = World.Get<IOptions<PriceOptions>>().Value;
        (prices.Currency, prices.FlavorHour["m1.large"]) = ("EUR", 0.5m);
    }
}
