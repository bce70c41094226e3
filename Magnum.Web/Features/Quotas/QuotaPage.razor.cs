using System.Globalization;
using Magnum.Core.Errors;
using Magnum.Core.Quotas;
using Magnum.Web.Components;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Magnum.Web.Features.Quotas;

/// <summary>How many clusters each project may have, and has. For administrators.</summary>
public sealed partial class QuotaPage
{
    private IReadOnlyList<QuotaUsage>? _rows;
    private IReadOnlyDictionary<string, string> _names = new Dictionary<string, string>();
    private MagnumError? _error;

    [Inject]
    private QuotaService Quotas { get; set; } = null!;

    [Inject]
    private ProjectNames Projects { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    /// <inheritdoc />
    protected override Task OnInitializedAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private static string Share(QuotaUsage row) =>
        (100.0 * Math.Min(row.Used, Math.Max(row.Limit, 1)) / Math.Max(row.Limit, 1)).ToString("0.#", CultureInfo.InvariantCulture);

    private string Name(string project) => _names.GetValueOrDefault(project, project);

    private async Task LoadAsync()
    {
        var result = await AskAsync(Quotas.ListUsageAsync);
        _error = result.Error;
        if (result.IsSuccess)
        {
            _names = await Projects.GetAsync(Closing);
            _rows = [.. result.Value.OrderBy(r => Name(r.ProjectId), StringComparer.CurrentCultureIgnoreCase)];
        }
    }

    private async Task EditAsync(QuotaUsage? row)
    {
        var parameters = new DialogParameters<QuotaDialog>
        {
            { d => d.Present, row },
            { d => d.Projects, [.. _names.Where(n => row is not null || _rows?.Any(r => r.ProjectId == n.Key && r.Stored is not null) != true).OrderBy(n => n.Value, StringComparer.CurrentCultureIgnoreCase)] },
            { d => d.Save, (project, limit) => SaveAsync(row, project, limit) },
        };
        var title = row is null ? T["Quotas.New"] : T["Quotas.EditTitle", Name(row.ProjectId)];
        await Dialogs.ShowAsync<QuotaDialog>(title, parameters, new DialogOptions { MaxWidth = MaxWidth.ExtraSmall, FullWidth = true });
    }

    private async Task<MagnumError?> SaveAsync(QuotaUsage? row, string project, int limit)
    {
        var result = await AskAsync((caller, cancellationToken) => row?.Stored is null
            ? Quotas.CreateAsync(caller, project, Quota.ClusterResource, limit, cancellationToken)
            : Quotas.UpdateAsync(caller, project, Quota.ClusterResource, limit, cancellationToken));
        if (result.IsSuccess)
        {
            Snackbar.Add(T["Quotas.Saved", Name(project), limit], Severity.Success);
            await LoadAsync();
            StateHasChanged();
        }

        return result.Error;
    }

    private async Task DeleteAsync(QuotaUsage row)
    {
        if (await Dialogs.ShowMessageBoxAsync(T["Quotas.Remove"], T["Quotas.RemoveText", Name(row.ProjectId)].Value, yesText: T["Remove"], cancelText: T["Cancel"]) != true)
        {
            return;
        }

        var result = await AskAsync((caller, cancellationToken) => Quotas.DeleteAsync(caller, row.ProjectId, Quota.ClusterResource, cancellationToken));
        Snackbar.Add(result.IsSuccess ? T["Quotas.Removed", Name(row.ProjectId)] : result.Error.Detail, result.IsSuccess ? Severity.Success : Severity.Error);
        await LoadAsync();
    }
}
