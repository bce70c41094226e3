using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Core.Events;
using Magnum.Core.Stats;
using Magnum.Web.Components;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Magnum.Web.Features.Clusters;

/// <summary>The clusters of the project, moving by themselves.</summary>
public sealed partial class ClusterListPage
{
    private readonly Dictionary<Guid, ClusterSummary> _chosen = [];
    private ClusterListQuery _query = new();
    private List<ClusterRowModel>? _rows;
    private MagnumError? _error;
    private string? _search;
    private int _total;
    private CancellationTokenSource? _watching;
    private bool? _watchingAll;
    private FleetCounts? _counts;
    private bool _held;
    private int _more;
    private int _readings;

    [SupplyParameterFromQuery(Name = "q")]
    private string? QueryText { get; set; }

    [SupplyParameterFromQuery(Name = "show")]
    private string? Show { get; set; }

    [SupplyParameterFromQuery(Name = "engine")]
    private string? Engine { get; set; }

    [SupplyParameterFromQuery(Name = "template")]
    private string? Template { get; set; }

    [SupplyParameterFromQuery(Name = "cause")]
    private string? Cause { get; set; }

    [SupplyParameterFromQuery(Name = "cols")]
    private string? Columns { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "dir")]
    private string? Direction { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    private int? PageNumber { get; set; }

    [SupplyParameterFromQuery(Name = "all")]
    private bool? All { get; set; }

    [Inject]
    private IClusterQueries Clusters { get; set; } = null!;

    [Inject]
    private IClusterEvents Events { get; set; } = null!;

    [Inject]
    private ProjectNames Projects { get; set; } = null!;

    [Inject]
    private StatsService Stats { get; set; } = null!;

    [Inject]
    private ClusterService Service { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private int LastPage => Math.Max(1, (_total + ClusterListQuery.PageSize - 1) / ClusterListQuery.PageSize);

    /// <summary>Of the template that is filtered by.</summary>
    private string? TemplateName => _query.Template is not { } template ? null
        : _rows?.Find(r => r.Cluster.ClusterTemplateId == template)?.Cluster.TemplateName ?? template.ToString()[..8];

    private string? Subtitle => _query.AllProjects ? T["Clusters.SubtitleAll"].Value : User.Token?.ProjectName is { } name ? T["Clusters.Subtitle", name].Value : null;

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        if (!RendererInfo.IsInteractive)
        {
            return;   // the prerendered page shows the skeleton; data comes with the circuit, once
        }

        await User.GetTokenAsync(Closing);
        var before = _query;
        _query = ClusterListQuery.From(new ClusterListAddress(QueryText, Show, Engine, Template, Sort, Direction, PageNumber, All, Columns, Cause));
        if (_query.AllProjects && !IsAdmin)
        {
            _query = _query with { AllProjects = false };
        }

        _search = _query.Search;
        if (_rows is not null && before with { Shown = _query.Shown } == _query)
        {
            return;   // other columns of the same rows
        }

        _held = false;
        await WatchAsync();   // first, so that no change falls between
        await LoadAsync();
    }

    /// <inheritdoc />
    protected override async ValueTask OnClosedAsync()
    {
        await StopWatchingAsync();
    }

    private async Task WatchAsync()
    {
        if (_watchingAll == _query.AllProjects || User.Token?.ProjectId is not { } project)
        {
            return;
        }

        await StopWatchingAsync();
        _watching = CancellationTokenSource.CreateLinkedTokenSource(Closing);
        _watchingAll = _query.AllProjects;
        var changes = Events.Subscribe(_query.AllProjects ? null : project, null, _watching.Token);
        Keep(ChangePump.RunAsync(changes, Time, batch => InvokeAsync(() => ApplyAsync(batch)), _watching.Token));
    }

    private async Task StopWatchingAsync()
    {
        if (_watching is not null)
        {
            await _watching.CancelAsync();
            _watching.Dispose();
            _watching = null;
        }
    }

    private Task LoadAsync() => LoadAsync(since: null);

    /// <param name="since">Number of the change because of which is read; null: somebody wants to see it.</param>
    private async Task LoadAsync(long? since)
    {
        var (query, reading) = (_query, ++_readings);
        var result = await AskAsync((caller, cancellationToken) => Clusters.SearchAsync(
            caller, query.Filter, query.Sort, query.Descending, (query.Page - 1) * ClusterListQuery.PageSize, ClusterListQuery.PageSize, since, cancellationToken));
        var counts = result.IsSuccess
            ? (await AskAsync((caller, cancellationToken) => Stats.CountFleetAsync(caller, query.AllProjects, since, cancellationToken))).Value
            : _counts;
        var names = result.IsSuccess && query.AllProjects ? await Projects.GetAsync(Closing) : null;
        if (query != _query || reading != _readings)
        {
            return;   // meanwhile something else was asked for, or the same again
        }

        _error = result.Error;
        if (result.IsSuccess)
        {
            var before = _rows?.ToDictionary(r => r.Cluster.Uuid);
            (_total, _counts, _more) = (result.Value.Total, counts, 0);
            Replace([.. result.Value.Items.Select(c => ClusterRowModel.Next(before?.GetValueOrDefault(c.Uuid), c, names?.GetValueOrDefault(c.ProjectId), isNew: before is not null))]);
            foreach (var row in _rows!.Where(r => _chosen.ContainsKey(r.Cluster.Uuid)))
            {
                _chosen[row.Cluster.Uuid] = row.Cluster;
            }
        }
    }

    /// <summary>Reads what is shown again and leaves it where it is: the order is held.</summary>
    private async Task RefreshHeldAsync(long since)
    {
        var (query, rows, reading) = (_query, _rows!, ++_readings);
        var shown = rows.ToDictionary(r => r.Cluster.Uuid);
        var now = await AskAsync((caller, cancellationToken) => Clusters.SearchAsync(
            caller, new ClusterFilter(query.AllProjects, Uuids: shown.Keys), "name", false, 0, ClusterListQuery.PageSize, since, cancellationToken));
        var fitting = await AskAsync((caller, cancellationToken) => Clusters.SearchAsync(caller, query.Filter, query.Sort, query.Descending, 0, 0, since, cancellationToken));
        if (query == _query && reading == _readings && _held && now.IsSuccess && fitting.IsSuccess)
        {
            var found = now.Value.Items.ToDictionary(c => c.Uuid);
            Replace([.. rows.Select(r => found.TryGetValue(r.Cluster.Uuid, out var c) ? ClusterRowModel.Next(r, c, r.ProjectName, isNew: false) : r.Gone())]);
            _more = fitting.Value.Total - _total;
        }
    }

    // The same list stays when nothing in it has changed: then nothing is rendered for it.
    private void Replace(List<ClusterRowModel> rows) => _rows = _rows is not null && rows.SequenceEqual(_rows) ? _rows : rows;

    private async Task HoldAsync()
    {
        (_held, _more) = (!_held, 0);
        if (!_held)
        {
            await LoadAsync();
        }
    }

    private async Task ApplyAsync(IReadOnlyCollection<ClusterChange> changes)
    {
        // The percentage comes with the change; anything more is read again, the visible window only. So is what has not come yet: it may have been read before the change.
        var before = (_rows, _total, _counts, _more, _error);
        var since = changes.Max(c => c.Number);
        if (_rows is not null && changes.All(c => (c.Kinds & (ClusterChangeKinds.Cluster | ClusterChangeKinds.Removed)) == 0))
        {
            var told = changes.ToDictionary(c => c.ClusterUuid);
            Replace([.. _rows.Select(r => told.TryGetValue(r.Cluster.Uuid, out var change) ? r.With(change) : r)]);
        }
        else if (_held)
        {
            await RefreshHeldAsync(since);
        }
        else
        {
            await LoadAsync(since);
        }

        if (before != (_rows, _total, _counts, _more, _error))
        {
            StateHasChanged();
        }
    }

    private bool AllChosen => _rows!.All(r => _chosen.ContainsKey(r.Cluster.Uuid));

    private void Choose(ClusterSummary cluster)
    {
        if (!_chosen.Remove(cluster.Uuid))
        {
            _chosen[cluster.Uuid] = cluster;
        }
    }

    private void ChooseAll()
    {
        var all = AllChosen;
        foreach (var row in _rows!)
        {
            if (all)
            {
                _chosen.Remove(row.Cluster.Uuid);
            }
            else
            {
                _chosen[row.Cluster.Uuid] = row.Cluster;
            }
        }
    }

    private async Task BulkAsync(BulkAction action)
    {
        var parameters = new DialogParameters<BulkDialog>
        {
            { d => d.Clusters, [.. _chosen.Values.Where(c => action is not BulkAction.Retry || c.Status.IsFailed()).OrderBy(c => c.Name, StringComparer.CurrentCultureIgnoreCase)] },
            { d => d.Action, action },
            { d => d.Act, uuid => ActAsync(action, uuid) },
        };
        var dialog = await Dialogs.ShowAsync<BulkDialog>(T[$"Bulk.{action}.Title"], parameters, new DialogOptions { MaxWidth = MaxWidth.Small, FullWidth = true });
        if (await dialog.Result is { Canceled: false })
        {
            _chosen.Clear();
            await LoadAsync();
        }
    }

    private async Task<MagnumError?> ActAsync(BulkAction action, Guid cluster)
    {
        var ident = cluster.ToString();
        return action is BulkAction.Retry
            ? (await AskAsync((caller, cancellationToken) => Service.RetryAsync(caller, ident, cancellationToken))).Error
            : (await AskAsync((caller, cancellationToken) => Service.DeleteAsync(caller, ident, cancellationToken))).Error;
    }

    /// <summary>Everything, in the same columns.</summary>
    private ClusterListQuery Cleared => new() { AllProjects = _query.AllProjects, Shown = _query.Shown };

    private void SearchAsync(string? text)
    {
        _search = text;
        Go(_query with { Search = string.IsNullOrWhiteSpace(text) ? null : text.Trim(), Page = 1 }, replace: true);
    }

    private string Href(ClusterListQuery query) => Navigation.GetUriWithQueryParameters("/clusters", query.ToParameters());

    private void Go(ClusterListQuery query) => Go(query, replace: false);

    private void Go(ClusterListQuery query, bool replace) => Navigation.NavigateTo(Href(query), replace: replace);
}
