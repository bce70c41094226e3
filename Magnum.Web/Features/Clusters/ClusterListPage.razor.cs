using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Core.Events;
using Magnum.Web.Components;
using Microsoft.AspNetCore.Components;

namespace Magnum.Web.Features.Clusters;

/// <summary>The clusters of the project, moving by themselves.</summary>
public sealed partial class ClusterListPage
{
    private ClusterListQuery _query = new();
    private List<ClusterRowModel>? _rows;
    private MagnumError? _error;
    private string? _search;
    private int _total;
    private CancellationTokenSource? _watching;
    private bool? _watchingAll;

    [SupplyParameterFromQuery(Name = "q")]
    private string? QueryText { get; set; }

    [SupplyParameterFromQuery(Name = "show")]
    private string? Show { get; set; }

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
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private int LastPage => Math.Max(1, (_total + ClusterListQuery.PageSize - 1) / ClusterListQuery.PageSize);

    private string? Subtitle => _query.AllProjects ? T["Clusters.SubtitleAll"].Value : User.Token?.ProjectName is { } name ? T["Clusters.Subtitle", name].Value : null;

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        if (!RendererInfo.IsInteractive)
        {
            return;   // the prerendered page shows the skeleton; data comes with the circuit, once
        }

        await User.GetTokenAsync(Closing);
        _query = ClusterListQuery.From(QueryText, Show, Sort, Direction, PageNumber, All);
        if (_query.AllProjects && !IsAdmin)
        {
            _query = _query with { AllProjects = false };
        }

        _search = _query.Search;
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

    private async Task LoadAsync()
    {
        var query = _query;
        var result = await AskAsync((caller, cancellationToken) => Clusters.SearchAsync(
            caller, query.Filter, query.Sort, query.Descending, (query.Page - 1) * ClusterListQuery.PageSize, ClusterListQuery.PageSize, cancellationToken));
        if (query != _query)
        {
            return;   // meanwhile something else was asked for
        }

        _error = result.Error;
        if (result.IsSuccess)
        {
            var names = query.AllProjects ? await Projects.GetAsync(Closing) : null;
            var before = _rows?.ToDictionary(r => r.Cluster.Uuid);
            _total = result.Value.Total;
            _rows = [.. result.Value.Items.Select(c => ClusterRowModel.Next(before?.GetValueOrDefault(c.Uuid), c, names?.GetValueOrDefault(c.ProjectId), isNew: before is not null))];
        }
    }

    private async Task ApplyAsync(IReadOnlyCollection<ClusterChange> changes)
    {
        if (_rows is null)
        {
            return;
        }

        // The percentage comes with the change; anything more is read again, the visible window only.
        if (changes.All(c => (c.Kinds & (ClusterChangeKinds.Cluster | ClusterChangeKinds.Removed)) == 0))
        {
            foreach (var change in changes)
            {
                var index = _rows.FindIndex(r => r.Cluster.Uuid == change.ClusterUuid);
                if (index >= 0)
                {
                    _rows[index] = _rows[index].With(change);
                }
            }
        }
        else
        {
            await LoadAsync();
        }

        StateHasChanged();
    }

    private void SearchAsync(string? text)
    {
        _search = text;
        Go(_query with { Search = string.IsNullOrWhiteSpace(text) ? null : text.Trim(), Page = 1 }, replace: true);
    }

    private string Href(ClusterListQuery query) => Navigation.GetUriWithQueryParameters("/clusters", query.ToParameters());

    private void Go(ClusterListQuery query) => Go(query, replace: false);

    private void Go(ClusterListQuery query, bool replace) => Navigation.NavigateTo(Href(query), replace: replace);
}
