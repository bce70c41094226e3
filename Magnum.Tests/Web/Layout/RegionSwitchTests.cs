using Bunit;
using Magnum.Web.Components;
using Magnum.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Magnum.Tests.Web.Layout;

public sealed class RegionSwitchTests : DashboardContext
{
    private DashboardOptions Options => Services.GetRequiredService<IOptions<DashboardOptions>>().Value;

    [Fact]
    public void OneRegion_IsNamed_AndThereIsNothingToChoose()
    {
        Options.Region = "RegionOne";

        var region = Render<RegionSwitch>();

        Assert.Equal("RegionOne", region.Find(Id("region")).TextContent);
        Assert.Empty(region.FindAll(Id("region-switch")));
    }

    [Theory]
    [InlineData("/clusters?show=failed&sort=name", "clusters?show=failed&sort=name")]
    [InlineData("/templates", "templates")]
    [InlineData("/clusters/3ff1c3f8-6f4b-4cbb-8a5e-6d3c7f1e2b9a?tab=nodes", "clusters")]   // of this region only
    public void AnotherRegion_ShowsTheSamePage(string here, string there)
    {
        (Options.Region, Options.Regions["RegionTwo"], Options.Regions["RegionOne"]) = ("RegionOne", "https://two.example.com/", "https://one.example.com");
        Services.GetRequiredService<NavigationManager>().NavigateTo(here);

        var items = Render<RegionSwitch>().FindAll(Id("region-item"));

        Assert.Equal([("RegionOne", $"https://one.example.com/{there}", "true"), ("RegionTwo", $"https://two.example.com/{there}", null)],
            items.Select(i => (i.TextContent, i.GetAttribute("href"), i.GetAttribute("aria-current"))));
    }

    [Fact]
    public void NoRegion_NothingIsShown() => Assert.Empty(Render<RegionSwitch>().Nodes);
}
