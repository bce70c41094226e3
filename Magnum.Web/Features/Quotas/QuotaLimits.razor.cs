using System.Globalization;
using Magnum.Core.Errors;
using Magnum.Core.Quotas;
using Magnum.Web.Components;
using Magnum.Web.Components.Localization;
using Magnum.Web.Components.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;
using MudBlazor;

namespace Magnum.Web.Features.Quotas;

/// <summary>How many clusters each project may have, and has.</summary>
public sealed partial class QuotaLimits
{
    private readonly HashSet<string> _chosen = [];
    private IReadOnlyList<QuotaUsage>? _rows;
    private IReadOnlyDictionary<string, string> _names = new Dictionary<string, string>();
    private MagnumError? _error;

    /// <summary>Part of a project's name, or its id.</summary>
    [Parameter]
    public string? Search { get; set; }

    /// <summary><c>share</c>; else by name.</summary>
    [Parameter]
    public string? Sort { get; set; }

    /// <summary><c>desc</c>, or ascending.</summary>
    [Parameter]
    public string? Direction { get; set; }

    /// <summary>Whether projects without clusters and limit are shown, too.</summary>
    [Parameter]
    public bool? All { get; set; }

    [Inject]
    private QuotaService Quotas { get; set; } = null!;

    [Inject]
    private ProjectNames Projects { get; set; } = null!;

    [Inject]
    private IOptions<QuotaOptions> Options { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    private string SortKey => Sort is "share" ? "share" : "name";

    private bool Descending => Direction is "desc";

    /// <summary>What the address asks for; projects without clusters and limit only where every project is wanted.</summary>
    private IReadOnlyList<QuotaUsage> Shown
    {
        get
        {
            var text = Search?.Trim() ?? "";
            var known = _rows!.Select(r => r.ProjectId).ToHashSet();
            var rows = All != true ? _rows! : [.. _rows!, .. _names.Keys.Where(id => !known.Contains(id)).Select(Bare)];
            var fitting = rows.Where(r => Name(r.ProjectId).Contains(text, StringComparison.CurrentCultureIgnoreCase) || r.ProjectId == text)
                .OrderBy(r => Name(r.ProjectId), StringComparer.CurrentCultureIgnoreCase);
            return (SortKey, Descending) switch
            {
                ("share", true) => [.. fitting.OrderByDescending(Share)],
                ("share", false) => [.. fitting.OrderBy(Share)],
                (_, true) => [.. fitting.Reverse()],
                _ => [.. fitting],
            };
        }
    }

    private IEnumerable<QuotaUsage> Chosen => Shown.Where(r => _chosen.Contains(r.ProjectId));

    private bool AllChosen => Shown.All(r => _chosen.Contains(r.ProjectId));

    /// <inheritdoc />
    protected override Task OnInitializedAsync() => LoadAsync();

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        // What is out of sight is not changed with the rest.
        if (_rows is not null)
        {
            _chosen.IntersectWith(Shown.Select(r => r.ProjectId));
        }
    }

    private static double Share(QuotaUsage row) => row.Limit > 0 ? (double)row.Used / row.Limit : row.Used > 0 ? double.MaxValue : 0;

    private static string Width(QuotaUsage row) => (100 * Math.Min(Share(row), 1)).ToString("0.#", CultureInfo.InvariantCulture);

    private string Name(string project) => _names.GetValueOrDefault(project, project);

    private QuotaUsage Bare(string project) => new(project, Options.Value.MaxClustersPerProject, 0, null);

    private async Task LoadAsync()
    {
        var result = await AskAsync(Quotas.ListUsageAsync);
        _error = result.Error;
        if (result.IsSuccess)
        {
            _names = await Projects.GetAsync(Closing);
            _rows = result.Value;
        }
    }

    private void Choose(string project)
    {
        if (!_chosen.Remove(project))
        {
            _chosen.Add(project);
        }
    }

    private void ChooseAll()
    {
        var shown = Shown.Select(r => r.ProjectId).ToList();
        if (AllChosen)
        {
            _chosen.ExceptWith(shown);
        }
        else
        {
            _chosen.UnionWith(shown);
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
        var error = await StoreAsync(project, row?.Stored is not null, limit);
        if (error is null)
        {
            Snackbar.Add(T.Plural("Quotas.Saved", limit, Name(project)), Severity.Success);
            await LoadAsync();
            StateHasChanged();
        }

        return error;
    }

    private async Task DeleteAsync(QuotaUsage row)
    {
        if (await Dialogs.ShowMessageBoxAsync(T["Quotas.Remove"], T["Quotas.RemoveText", Name(row.ProjectId)].Value, yesText: T["Remove"], cancelText: T["Cancel"]) != true)
        {
            return;
        }

        var error = await ForgetAsync(row.ProjectId);
        Snackbar.Add(error?.Detail ?? T["Quotas.Removed", Name(row.ProjectId)], error is null ? Severity.Success : Severity.Error);
        await LoadAsync();
    }

    private async Task<MagnumError?> StoreAsync(string project, bool stored, int limit) =>
        (await AskAsync((caller, cancellationToken) => stored
            ? Quotas.UpdateAsync(caller, project, Quota.ClusterResource, limit, cancellationToken)
            : Quotas.CreateAsync(caller, project, Quota.ClusterResource, limit, cancellationToken))).Error;

    private async Task<MagnumError?> ForgetAsync(string project) =>
        (await AskAsync((caller, cancellationToken) => Quotas.DeleteAsync(caller, project, Quota.ClusterResource, cancellationToken))).Error;

    private async Task BulkAsync(bool toDefault)
    {
        var rows = Chosen.Where(r => !toDefault || r.Stored is not null).ToList();
        var parameters = new DialogParameters<QuotaBulkDialog>
        {
            { d => d.Rows, rows },
            { d => d.ToDefault, toDefault },
            { d => d.Name, Name },
            { d => d.Act, (row, limit) => toDefault ? ForgetAsync(row.ProjectId) : StoreAsync(row.ProjectId, row.Stored is not null, limit) },
        };
        var title = T[toDefault ? "Quotas.BulkDefaultTitle" : "Quotas.BulkSetTitle"];
        var dialog = await Dialogs.ShowAsync<QuotaBulkDialog>(title, parameters, new DialogOptions { MaxWidth = MaxWidth.Small, FullWidth = true, CloseButton = false, BackdropClick = false });
        if (await dialog.Result is { Canceled: false })
        {
            _chosen.Clear();
        }

        await LoadAsync();
    }

    private async Task ImportAsync()
    {
        var parameters = new DialogParameters<QuotaImportDialog>
        {
            { d => d.Read, text => QuotaImport.Read(text, _names, _rows!.ToDictionary(r => r.ProjectId), Options.Value.MaxClustersPerProject) },
            { d => d.Act, line => StoreAsync(line.ProjectId!, line.IsStored, line.Limit!.Value) },
        };
        var dialog = await Dialogs.ShowAsync<QuotaImportDialog>(T["Quotas.ImportTitle"], parameters, new DialogOptions { MaxWidth = MaxWidth.Medium, FullWidth = true, BackdropClick = false });
        await dialog.Result;
        await LoadAsync();
    }

    private async Task ExportAsync() => await Js.InvokeVoidAsync("magnum.download", Closing, "magnum-quotas.csv", "text/csv", Csv.Write(
        ["project_id", "project_name", "limit", "used", "origin"],
        Shown.Select(r => new[]
        {
            r.ProjectId, _names.GetValueOrDefault(r.ProjectId), r.Limit.ToString(CultureInfo.InvariantCulture), r.Used.ToString(CultureInfo.InvariantCulture), r.Stored is null ? "default" : "set",
        })));

    private string Href(string? search, string? sort, string? direction, bool all) => Navigation.GetUriWithQueryParameters("/quotas", new Dictionary<string, object?>
    {
        ["q"] = string.IsNullOrWhiteSpace(search) ? null : search.Trim(),
        ["sort"] = sort is "share" ? sort : null,
        ["dir"] = direction,
        ["all"] = all ? true : null,
    });

    private void Go(string? search, string? sort, string? direction, bool all, bool replace = false) => Navigation.NavigateTo(Href(search, sort, direction, all), replace: replace);
}
