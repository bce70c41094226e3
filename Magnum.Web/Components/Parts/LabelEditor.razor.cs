using Magnum.Core.Drivers;
using Microsoft.AspNetCore.Components;

namespace Magnum.Web.Components.Parts;

/// <summary>Edits labels by the schema of the driver.</summary>
public sealed partial class LabelEditor
{
    private string? _search;
    private bool _onlySet;
    private string? _name;
    private string? _value;

    /// <summary>What the driver understands.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<LabelDefinition> Definitions { get; set; }

    /// <summary>What is set.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyDictionary<string, string> Values { get; set; }

    /// <summary>The new set.</summary>
    [Parameter]
    public EventCallback<IReadOnlyDictionary<string, string>> ValuesChanged { get; set; }

    /// <summary>What holds where nothing is set here: the template's labels, for a cluster.</summary>
    [Parameter]
    public IReadOnlyDictionary<string, string>? Inherited { get; set; }

    /// <summary>By field, <c>labels.&lt;name&gt;</c>.</summary>
    [Parameter]
    public IReadOnlyDictionary<string, string>? Errors { get; set; }

    private IEnumerable<IGrouping<string, LabelDefinition>> Shown => Definitions
        .Where(d => !d.Ignored || Values.ContainsKey(d.Name))
        .Where(d => !_onlySet || Values.ContainsKey(d.Name))
        .Where(d => string.IsNullOrWhiteSpace(_search)
            || d.Name.Contains(_search, StringComparison.OrdinalIgnoreCase) || d.Summary.Contains(_search, StringComparison.OrdinalIgnoreCase))
        .GroupBy(d => d.Group);

    private IEnumerable<KeyValuePair<string, string>> Custom => Values
        .Where(v => Definitions.All(d => d.Name != v.Key))
        .OrderBy(v => v.Key, StringComparer.Ordinal);

    private static IEnumerable<string> Options(LabelDefinition label, string? value)
    {
        IEnumerable<string> usual = label.Type is LabelType.Boolean ? ["true", "false"] : label.Choices;
        return value is null || usual.Contains(value) ? usual : usual.Append(value);   // such as "yes", said through the API
    }

    // What was refused counts until the value changes; what is of the wrong type is said at once.
    private string? Error(LabelDefinition label) =>
        Errors?.GetValueOrDefault($"labels.{label.Name}") ?? (Values.GetValueOrDefault(label.Name) is { } value && !label.Ignored ? label.Problem(value) : null);

    private string Fallback(LabelDefinition label) =>
        Inherited?.GetValueOrDefault(label.Name) is { } inherited ? T["Labels.FromTemplate", label.Secret ? "•••" : inherited]
        : label.Default is { } value ? T["Labels.Default", value] : T["Labels.NotSet"];

    private string? Closest(string name) => Spelling.Closest(name, Definitions.Where(d => !d.Ignored).Select(d => d.Name));

    private Task SetAsync(string name, string? value)
    {
        var next = new Dictionary<string, string>(Values);
        if (string.IsNullOrEmpty(value))
        {
            next.Remove(name);
        }
        else
        {
            next[name] = value.Trim();
        }

        return ValuesChanged.InvokeAsync(next);
    }

    private Task RenameAsync(string from, string to)
    {
        var next = new Dictionary<string, string>(Values);
        next.Remove(from, out var value);
        next[to] = value ?? "";
        return ValuesChanged.InvokeAsync(next);
    }

    private async Task AddAsync()
    {
        if (!string.IsNullOrWhiteSpace(_name))
        {
            var (name, value) = (_name.Trim(), _value);
            (_name, _value) = (null, null);
            await ValuesChanged.InvokeAsync(new Dictionary<string, string>(Values) { [name] = value?.Trim() ?? "" });
        }
    }
}
