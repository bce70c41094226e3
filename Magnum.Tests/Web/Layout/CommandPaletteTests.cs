using Bunit;
using Magnum.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Web.Layout;

public sealed class CommandPaletteTests : DashboardContext
{
    [Fact]
    public async Task AClusterByName_AndWhatToDoWithIt()
    {
        var cluster = await World.AddClusterAsync();
        var palette = Open();

        palette.Find(Id("palette-input")).Input("blu");
        palette.WaitForAssertion(() => Assert.StartsWith("blue", palette.Find(Id("palette-item")).TextContent, StringComparison.Ordinal));
        palette.Find(Id("palette-input")).Input("resize blu");
        palette.WaitForAssertion(() => Assert.StartsWith("Resize blue", palette.Find(Id("palette-item")).TextContent, StringComparison.Ordinal));
        palette.Find(Id("palette")).KeyDown(new KeyboardEventArgs { Key = "Enter" });

        Assert.EndsWith($"/clusters/{cluster.Uuid}?tab=nodes", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        Assert.Empty(palette.FindAll(Id("palette")));
    }

    [Fact]
    public async Task ATemplate_ToLookAtOrToLaunchFrom()
    {
        var template = await World.AddTemplateAsync();
        var palette = Open();

        palette.Find(Id("palette-input")).Input("k8s");

        palette.WaitForAssertion(() => Assert.Equal(2, palette.FindAll(Id("palette-item")).Count));
        palette.Find(Id("palette")).KeyDown(new KeyboardEventArgs { Key = "ArrowDown" });
        palette.Find(Id("palette")).KeyDown(new KeyboardEventArgs { Key = "Enter" });
        Assert.EndsWith($"/clusters/new?template={template.Uuid}", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void AdministratorsPages_ForAdministratorsOnly()
    {
        var palette = Open();
        palette.Find(Id("palette-input")).Input("quotas");
        palette.WaitForAssertion(() => Assert.Empty(palette.FindAll(Id("palette-item"))));

        palette.Render(p => p.Add(c => c.IsAdmin, true));
        palette.Find(Id("palette-input")).Input("quota");
        palette.WaitForElement(Id("palette-item"));
    }

    [Fact]
    public void Escape_ClosesIt()
    {
        var palette = Open();

        palette.Find(Id("palette")).KeyDown(new KeyboardEventArgs { Key = "Escape" });

        Assert.Empty(palette.FindAll(Id("palette")));
    }

    private IRenderedComponent<CommandPalette> Open()
    {
        var palette = Render<CommandPalette>();
        palette.Find(Id("palette-open")).Click();
        palette.WaitForElement(Id("palette-input"));
        return palette;
    }
}
