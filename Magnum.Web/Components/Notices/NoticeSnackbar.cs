using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Magnum.Web.Components.Notices;

/// <summary>Toasts, each of which is kept in the list of notices; errors stay until they are closed.</summary>
internal sealed class NoticeSnackbar(SnackbarService toasts, NoticeList notices, TimeProvider time) : ISnackbar, IDisposable
{
    public event Action? OnSnackbarsUpdated
    {
        add => toasts.OnSnackbarsUpdated += value;
        remove => toasts.OnSnackbarsUpdated -= value;
    }

    public IEnumerable<Snackbar> ShownSnackbars => toasts.ShownSnackbars;

    public SnackbarConfiguration Configuration => toasts.Configuration;

    public Snackbar? Add(string message, Severity severity = Severity.Normal, Action<SnackbarOptions>? configure = null, string? key = null)
    {
        notices.Add(new Notice(time.GetUtcNow(), severity, message));
        return toasts.Add(message, severity, Lasting(severity, configure), key ?? "");
    }

    public Snackbar? Add(MarkupString message, Severity severity = Severity.Normal, Action<SnackbarOptions>? configure = null, string? key = null) =>
        toasts.Add(message, severity, Lasting(severity, configure), key ?? "");

    public Snackbar? Add(RenderFragment message, Severity severity = Severity.Normal, Action<SnackbarOptions>? configure = null, string? key = null) =>
        toasts.Add(message, severity, Lasting(severity, configure), key ?? "");

    public Snackbar? Add<T>(Dictionary<string, object>? componentParameters = null, Severity severity = Severity.Normal, Action<SnackbarOptions>? configure = null, string? key = null)
        where T : IComponent =>
        toasts.Add<T>(componentParameters, severity, Lasting(severity, configure), key ?? "");

    public void Clear() => toasts.Clear();

    public void Remove(Snackbar snackbar) => toasts.Remove(snackbar);

    public void RemoveByKey(string key) => toasts.RemoveByKey(key);

    public void Dispose() => toasts.Dispose();

    private static Action<SnackbarOptions> Lasting(Severity severity, Action<SnackbarOptions>? configure) => options =>
    {
        options.RequireInteraction = severity is Severity.Error ? true : options.RequireInteraction;
        configure?.Invoke(options);
    };
}
