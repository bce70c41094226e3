using System.Collections.Concurrent;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Magnum.Web.Components.Parts;

/// <summary>An icon as <see cref="MudIcon"/> draws it, without its component: of what every page shows by the dozen, each component takes memory for each open page.</summary>
internal static class IconMarkup
{
    private static readonly ConcurrentDictionary<(string Icon, Size Size, string? Style), MarkupString> Drawn = new();

    /// <param name="icon">One of <see cref="Icons"/>.</param>
    /// <param name="style">A class besides.</param>
    public static MarkupString Of(string icon, Size size = Size.Small, string? style = null) => Drawn.GetOrAdd((icon, size, style), static key => new MarkupString(
        $"""<svg class="mud-icon-root mud-svg-icon mud-icon-size-{key.Size.ToString().ToLowerInvariant()}{(key.Style is null ? null : " " + key.Style)}" focusable="false" viewBox="0 0 24 24" aria-hidden="true" role="img">{key.Icon}</svg>"""));
}
