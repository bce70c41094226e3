using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using MudBlazor;

namespace Magnum.Web.Components;

/// <summary>The theme's variables for one brightness, written into the page's head: switching is then a matter of one attribute, without a flash and without the server.</summary>
public sealed class ThemeStyle : MudThemeProvider
{
    /// <summary>The variables for <c>data-theme="dark"</c>.</summary>
    [Parameter]
    public bool Dark { get; set; }

    /// <inheritdoc />
    public override Task SetParametersAsync(ParameterView parameters)
    {
        var dark = parameters.GetValueOrDefault<bool>(nameof(Dark));
        return base.SetParametersAsync(ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            [nameof(Dark)] = dark,
            [nameof(IsDarkMode)] = dark,
            [nameof(Theme)] = DashboardTheme.Theme,
            [nameof(ObserveSystemDarkModeChange)] = false,
        }));
    }

    /// <inheritdoc />
    protected override void BuildRenderTree(RenderTreeBuilder __builder)
    {
        var css = BuildTheme();
        __builder.AddMarkupContent(0, Dark ? css.Replace(":root", ":root[data-theme=dark]", StringComparison.Ordinal) : css);
    }
}
