using Bunit;
using Magnum.Web.Components.Parts;
using MudBlazor;
using MudBlazor.Services;

namespace Magnum.Tests.Web.Parts;

public sealed class IconMarkupTests : BunitContext
{
    [Theory]
    [InlineData(Size.Small, null)]
    [InlineData(Size.Medium, null)]
    [InlineData(Size.Small, "mg-sort-on")]
    public void Icon_IsDrawnAsTheComponentDrawsIt(Size size, string? style)
    {
        Services.AddMudServices();

        var drawn = Render<MudIcon>(p => p.Add(i => i.Icon, Icons.Material.Outlined.Hub).Add(i => i.Size, size).Add(i => i.Class, style));

        drawn.MarkupMatches(IconMarkup.Of(Icons.Material.Outlined.Hub, size, style).Value);
    }
}
