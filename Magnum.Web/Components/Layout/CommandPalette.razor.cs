using Magnum.Core;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Paging;
using Magnum.Web.Features.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using MudBlazor;

namespace Magnum.Web.Components.Layout;

/// <summary>Goes anywhere by a few typed letters. It only goes: what changes something is confirmed on the page that it goes to.</summary>
public sealed partial class CommandPalette : IDisposable
{
    private const int MostOfAKind = 6;
    private const string Pages = "Palette.Pages";
    private const string Commands = "Palette.Commands";

    /// <summary>Tabs of a cluster that have words of their own: "resize blue" goes there.</summary>
    private static readonly string[] Verbs = ["nodes", "access", "progress", "danger"];

    private readonly CancellationTokenSource _closing = new();
    private IReadOnlyList<Item> _items = [];
    private IReadOnlyList<ClusterTemplate>? _templates;
    private ElementReference _input;
    private string _text = "";
    private bool _open;
    private bool _focus;
    private int _index;

    /// <summary>Whether the administrator's pages are offered.</summary>
    [Parameter]
    public bool IsAdmin { get; set; }

    [Inject]
    private IClusterQueries Clusters { get; set; } = null!;

    [Inject]
    private IClusterTemplateQueries Templates { get; set; } = null!;

    [Inject]
    private IDashboardUser User { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    /// <inheritdoc />
    public void Dispose()
    {
        _closing.Cancel();
        _closing.Dispose();
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_focus)
        {
            _focus = false;
            await FocusAsync();
        }
    }

    private async Task FocusAsync() => await _input.FocusAsync();

    private async Task OpenAsync()
    {
        (_open, _focus, _templates) = (true, true, null);
        await SearchAsync("");
    }

    private void Close() => _open = false;

    private async Task OnKeyAsync(KeyboardEventArgs key)
    {
        switch (key.Key)
        {
            case "Escape":
                Close();
                await Js.InvokeVoidAsync("magnum.focus", _closing.Token, ".mg-palette-open");
                break;
            case "ArrowDown" when _items.Count > 0:
                await MoveAsync(1);
                break;
            case "ArrowUp" when _items.Count > 0:
                await MoveAsync(-1);
                break;
            case "Enter" when _items.Count > 0:
                await ChooseAsync(_items[_index]);
                break;
        }
    }

    private async Task MoveAsync(int by)
    {
        _index = (_index + by + _items.Count) % _items.Count;
        await Js.InvokeVoidAsync("magnum.show", _closing.Token, $"#mg-palette-{_index}");
    }

    private async Task ChooseAsync(Item item)
    {
        Close();
        if (item.Script is { } script)
        {
            await Js.InvokeVoidAsync(script, _closing.Token, item.Argument);
        }
        else
        {
            Navigation.NavigateTo(item.Href!, forceLoad: item.Href!.StartsWith("/language/", StringComparison.Ordinal));
        }
    }

    private async Task SearchAsync(string? text)
    {
        _text = text ?? "";
        var words = _text.Trim();
        var found = Fixed().Where(i => Matches(i.Title, words)).ToList();
        if (words.Length > 0 && await User.GetCallerAsync(_closing.Token) is { } caller)
        {
            var (verb, name) = Verb(words);
            var clusters = await Clusters.SearchAsync(caller, new ClusterFilter(NameContains: name), "name", false, 0, MostOfAKind, null, _closing.Token);
            _templates ??= (await Templates.ListAsync(caller, new PageRequest(1000, SortKey: "name"), _closing.Token)).Value?.Items ?? [];   // once, not with each letter
            if (text != _text)
            {
                return;   // meanwhile more was typed
            }

            found.InsertRange(0, (clusters.Value.Items ?? []).Select(c => Of(c, verb)));
            found.AddRange(_templates.Where(t => Matches(t.Name, words)).Take(MostOfAKind).SelectMany(Of));
        }

        (_items, _index) = (found, 0);
    }

    private Item Of(ClusterSummary cluster, string? verb)
    {
        var title = verb is null ? cluster.Name : T[$"Palette.Verb.{verb}", cluster.Name].Value;
        var href = verb is null ? $"/clusters/{cluster.Uuid}" : $"/clusters/{cluster.Uuid}?tab={verb}";
        return new("Palette.Clusters", Icons.Material.Outlined.Hub, title, href) { Detail = T[$"Status.{cluster.Status.ToWire()}"] };
    }

    private IEnumerable<Item> Of(ClusterTemplate template)
    {
        yield return new("Palette.Templates", Icons.Material.Outlined.Schema, template.Name, $"/templates/{template.Uuid}") { Detail = template.Coe };
        yield return new("Palette.Templates", Icons.Material.Outlined.RocketLaunch, T["Palette.LaunchFrom", template.Name], $"/clusters/new?template={template.Uuid}");
    }

    // "resize blue": the verb chooses the tab, the rest is the cluster's name.
    private (string? Tab, string Name) Verb(string words)
    {
        var parts = words.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var tab = parts.Length == 2
            ? Verbs.FirstOrDefault(v => T[$"Palette.Words.{v}"].Value.Split(' ').Contains(parts[0], StringComparer.CurrentCultureIgnoreCase))
            : null;
        return tab is null ? (null, words) : (tab, parts[1]);
    }

    private static bool Matches(string title, string words) =>
        words.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(w => title.Contains(w, StringComparison.CurrentCultureIgnoreCase));

    private IEnumerable<Item> Fixed()
    {
        yield return new(Commands, Icons.Material.Outlined.RocketLaunch, T["Palette.Launch"], "/clusters/new");
        yield return new(Commands, Icons.Material.Outlined.Add, T["Palette.NewTemplate"], "/templates/new");
        yield return new(Pages, Icons.Material.Outlined.Hub, T["Nav.Clusters"], "/clusters");
        yield return new(Pages, Icons.Material.Outlined.Schema, T["Nav.Templates"], "/templates");
        if (IsAdmin)
        {
            yield return new(Pages, Icons.Material.Outlined.DataUsage, T["Nav.Quotas"], "/quotas");
            yield return new(Pages, Icons.Material.Outlined.MonitorHeart, T["Nav.Services"], "/services");
            yield return new(Pages, Icons.Material.Outlined.History, T["Nav.Audit"], "/audit");
            yield return new(Pages, Icons.Material.Outlined.Campaign, T["Nav.Announcements"], "/announcements");
        }

        foreach (var theme in new[] { "Light", "Auto", "Dark" })
        {
            yield return new(Commands, Icons.Material.Outlined.Contrast, T["Palette.Theme", T[$"Theme.{theme}"]], null) { Script = "magnum.theme", Argument = theme.ToLowerInvariant() };
        }

        foreach (var (code, name) in LanguageLinks.Languages)
        {
            yield return new(Commands, Icons.Material.Outlined.Translate, T["Palette.Language", name], $"/language/{code}?returnUrl={Uri.EscapeDataString("/" + Navigation.ToBaseRelativePath(Navigation.Uri))}");
        }

        yield return new(Commands, Icons.Material.Outlined.Keyboard, T["Palette.Shortcuts"], null) { Script = "magnum.shortcuts" };
    }

    /// <param name="Group">Name of the heading's text.</param>
    private sealed record Item(string Group, string Icon, string Title, string? Href)
    {
        public string? Detail { get; init; }

        /// <summary>What is called instead of going somewhere.</summary>
        public string? Script { get; init; }

        public string? Argument { get; init; }
    }
}
