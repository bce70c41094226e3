using MudBlazor;

namespace Magnum.Web.Components.Notices;

/// <summary>Something that was told to the person: it stays in the list after its toast has gone.</summary>
/// <param name="Href">Page of what it is about; null: none.</param>
public sealed record Notice(DateTimeOffset At, Severity Severity, string Text, string? Href = null);
