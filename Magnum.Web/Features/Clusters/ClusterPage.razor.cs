using Magnum.Core.Audit;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Credentials;
using Magnum.Core.Diagnosis;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Core.Policies;
using Magnum.Web.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;
using MudBlazor;

namespace Magnum.Web.Features.Clusters;

/// <summary>One cluster: what it is, what is being done to it, and what can be done. Nothing polls: changes are told, and what they concern is read.</summary>
public sealed partial class ClusterPage
{
    private const int OperationsShown = 5;
    private const int EventsAtFirst = 500;
    private const int EventsPerRead = 500;
    private const int MostEvents = 2000;
    /// <summary>Names of the tabs, in their order.</summary>
    internal static readonly string[] Tabs = ["overview", "progress", "nodes", "resources", "workloads", "access", "history", "danger"];
    private readonly List<ClusterEvent> _events = [];
    private Cluster? _cluster;
    private DeletedCluster? _deleted;
    private IReadOnlyList<Operation> _operations = [];
    private OperationEstimate? _estimate;
    private MagnumError? _error;
    private DateTimeOffset _asOf;
    private string? _projectName;
    private string? _shown;
    private bool _retrying;
    private int _changes;
    private CancellationTokenSource? _watching;

    /// <summary>Uuid or name.</summary>
    [Parameter]
    public required string Ident { get; set; }

    [SupplyParameterFromQuery(Name = "tab")]
    private string? Tab { get; set; }

    [Inject]
    private IClusterQueries Clusters { get; set; } = null!;

    [Inject]
    private ClusterService Service { get; set; } = null!;

    [Inject]
    private OperationDurations Durations { get; set; } = null!;

    [Inject]
    private ClusterUpgradeService Upgrades { get; set; } = null!;

    [Inject]
    private Permissions May { get; set; } = null!;

    [Inject]
    private ClusterHistory History { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private NodeGroupService NodeGroups { get; set; } = null!;

    [Inject]
    private CertificateService Certificates { get; set; } = null!;

    [Inject]
    private CredentialService Credentials { get; set; } = null!;

    [Inject]
    private AuditQueries Audit { get; set; } = null!;

    [Inject]
    private ClusterResourceQueries Resources { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private IClusterDriverRegistry Drivers { get; set; } = null!;

    [Inject]
    private IClusterEvents Events { get; set; } = null!;

    [Inject]
    private ProjectNames Projects { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private IOptions<ConductorOptions> Conductor { get; set; } = null!;

    // While work is under way, that is what one comes to see.
    private string Current => Tabs.Contains(Tab) ? Tab! : "overview";

    private DriverDescription? Driver => _cluster is null ? null : Drivers.Find(_cluster.Driver)?.Description;

    private Operation? Latest => _operations.Count > 0 ? _operations[0] : null;

    private StuckDiagnosis? Stuck => Latest is null ? null : StuckDiagnosis.Of(Latest, _events, Time.GetUtcNow(), Conductor.Value.StuckAfter);

    private string? OwnerName => _cluster?.UserId == User.Token?.UserId ? User.Token?.UserName : null;

    private string HealthText => _cluster is null ? "" : string.Join("\n", _cluster.HealthStatusReason.Select(r => $"{r.Key}: {r.Value}"));

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive)
        {
            Repeat(TimeSpan.FromMinutes(1), () => Task.CompletedTask);   // that nothing moves is told by nobody
        }
    }

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _shown != Ident)
        {
            _shown = Ident;
            await LoadAsync();
        }
    }

    /// <inheritdoc />
    protected override ValueTask OnClosedAsync()
    {
        _watching?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task LoadAsync()
    {
        (_error, _deleted) = (null, null);
        _events.Clear();
        var found = await AskAsync((caller, cancellationToken) => Clusters.GetAsync(caller, Ident, cancellationToken));
        if (!found.IsSuccess)
        {
            _deleted = await FindDeletedAsync(Ident);
            (_cluster, _error) = (null, found.Error);
            return;
        }

        if (_watching is not null)
        {
            await _watching.CancelAsync();
            _watching.Dispose();
        }

        _watching = CancellationTokenSource.CreateLinkedTokenSource(Closing);
        var changes = Events.Subscribe(found.Value.ProjectId, found.Value.Uuid, _watching.Token);   // then read again: no change falls between
        Keep(ChangePump.RunAsync(changes, Time, batch => InvokeAsync(() => ApplyAsync(batch)), _watching.Token));
        _cluster = found.Value;
        await ReadAsync(ClusterChangeKinds.Cluster | ClusterChangeKinds.Progress | ClusterChangeKinds.Event);
        if (_cluster.ProjectId == User.Token?.ProjectId)
        {
            _projectName = User.Token.ProjectName;
        }
        else if (IsAdmin)
        {
            _projectName = (await Projects.GetAsync(Closing)).GetValueOrDefault(_cluster.ProjectId);
        }
    }

    private async Task ApplyAsync(IReadOnlyCollection<ClusterChange> batch)
    {
        if (_cluster is null)
        {
            return;
        }

        foreach (var change in batch)
        {
            await ReadAsync(change.Kinds);
        }

        StateHasChanged();
    }

    private async Task ReadAsync(ClusterChangeKinds kinds)
    {
        var uuid = _cluster!.Uuid;
        if (kinds.HasFlag(ClusterChangeKinds.Event))
        {
            await ReadEventsAsync(uuid);
        }

        if ((kinds & (ClusterChangeKinds.Cluster | ClusterChangeKinds.Progress)) != 0)
        {
            var operations = await AskAsync((caller, cancellationToken) => Clusters.ListOperationsAsync(caller, uuid, OperationsShown, cancellationToken));
            _operations = operations.Value ?? _operations;
            _estimate = Latest is { IsActive: true } running ? await Durations.FindAsync(_cluster.Driver, running.Kind, Closing) : null;
        }

        var found = await AskAsync((caller, cancellationToken) => Clusters.GetAsync(caller, uuid.ToString(), cancellationToken));
        if (found.IsSuccess)
        {
            _cluster = found.Value;
        }
        else if (found.Error is MagnumError.NotFound || kinds.HasFlag(ClusterChangeKinds.Removed))
        {
            var gone = await FindDeletedAsync(uuid.ToString()) ?? new DeletedCluster(uuid, null, Time.GetUtcNow(), null);
            _deleted = gone with { Name = gone.Name ?? _cluster!.Name };
        }

        _asOf = Time.GetUtcNow();
        _changes++;
    }

    /// <summary>What is left of a cluster that is gone, by its id; null: there was none, or it is not the person's to know.</summary>
    private async Task<DeletedCluster?> FindDeletedAsync(string ident) => Guid.TryParse(ident, out var uuid)
        ? (await AskAsync((caller, cancellationToken) => History.FindDeletedAsync(caller, uuid, cancellationToken))).Value
        : null;

    private async Task ReadEventsAsync(Guid uuid)
    {
        while (true)
        {
            var after = _events.Count > 0 ? _events[^1].Sequence : Math.Max(0, _cluster!.EventSequence - EventsAtFirst);
            var read = await AskAsync((caller, cancellationToken) => Clusters.ListEventsAsync(caller, uuid, after, EventsPerRead, cancellationToken));
            _events.AddRange(read.Value ?? []);
            if (_events.Count > MostEvents)
            {
                _events.RemoveRange(0, _events.Count - MostEvents);
            }

            if (read.Value is not { Count: EventsPerRead })
            {
                return;
            }
        }
    }

    private async Task RetryAsync()
    {
        if (_retrying)
        {
            return;
        }

        _retrying = true;
        var result = await AskAsync((caller, cancellationToken) => Service.RetryAsync(caller, _cluster!.Uuid.ToString(), cancellationToken));
        _retrying = false;
        Tell(result.Error, T["Cluster.Retrying"]);
        if (result.IsSuccess)
        {
            await ReadAsync(ClusterChangeKinds.Cluster | ClusterChangeKinds.Event);
            GoTab("progress");
        }
    }

    private async Task<MagnumError?> ResizeAsync(ClusterResize resize)
    {
        var result = await AskAsync((caller, cancellationToken) => Service.ResizeAsync(caller, _cluster!.Uuid.ToString(), resize, cancellationToken));
        if (result.IsSuccess)
        {
            Snackbar.Add(T["Cluster.Resizing"], Severity.Success);
            await ReadAsync(ClusterChangeKinds.Cluster | ClusterChangeKinds.Event);
            GoTab("progress");
        }

        return result.Error;
    }

    // Disabled buttons say why.
    private string? UpgradeReason => May.Denied(PolicyRules.ClusterUpgrade, _cluster!) ?? (Driver?.Capabilities.HasFlag(DriverCapabilities.Upgrade) != true ? T["Upgrade.Cannot", _cluster!.Driver].Value
        : _cluster!.Status.IsInProgress() ? T["Nodes.Busy"].Value
        : ClusterStateMachine.CanStart(OperationKind.Upgrade, _cluster.Status) ? null : T["Nodes.Failed"].Value);

    private async Task ChooseUpgradeAsync()
    {
        var parameters = new DialogParameters<UpgradeDialog> { { d => d.Cluster, _cluster! }, { d => d.Upgrade, UpgradeAsync } };
        await Dialogs.ShowAsync<UpgradeDialog>(T["Upgrade.Title", _cluster!.Name], parameters, new DialogOptions { MaxWidth = MaxWidth.Small, FullWidth = true });
    }

    private async Task<MagnumError?> UpgradeAsync(ClusterUpgrade upgrade)
    {
        var result = await AskAsync((caller, cancellationToken) => Upgrades.UpgradeAsync(caller, _cluster!.Uuid.ToString(), upgrade, cancellationToken));
        if (result.IsSuccess)
        {
            Snackbar.Add(T["Upgrade.Begun"], Severity.Success);
            await ReadAsync(ClusterChangeKinds.Cluster | ClusterChangeKinds.Event);
            GoTab("progress");
        }

        return result.Error;
    }

    private async Task<MagnumError?> AddGroupAsync(NewNodeGroup group)
    {
        var result = await AskAsync((caller, cancellationToken) => NodeGroups.CreateAsync(caller, _cluster!.Uuid.ToString(), group, cancellationToken));
        if (result.IsSuccess)
        {
            Snackbar.Add(T["Groups.Adding", group.Name], Severity.Success);
            await ReadAsync(ClusterChangeKinds.Cluster | ClusterChangeKinds.Event);
            GoTab("progress");
        }

        return result.Error;
    }

    private async Task RemoveGroupAsync(NodeGroup group)
    {
        var result = await AskAsync((caller, cancellationToken) => NodeGroups.DeleteAsync(caller, _cluster!.Uuid.ToString(), group.Uuid.ToString(), cancellationToken));
        Tell(result.Error, T["Groups.Removing", group.Name]);
        if (result.IsSuccess)
        {
            await ReadAsync(ClusterChangeKinds.Cluster | ClusterChangeKinds.Event);
            GoTab("progress");
        }
    }

    private async Task<MagnumError?> RotateCaAsync()
    {
        var result = await AskAsync((caller, cancellationToken) => Service.RotateCaAsync(caller, _cluster!.Uuid.ToString(), cancellationToken));
        if (result.IsSuccess)
        {
            Snackbar.Add(T["Cluster.Rotating"], Severity.Success);
            await ReadAsync(ClusterChangeKinds.Cluster | ClusterChangeKinds.Event);
            GoTab("progress");
        }

        return result.Error;
    }

    private async Task<MagnumError?> RotateCredentialAsync()
    {
        var result = await AskAsync((caller, cancellationToken) => Credentials.RotateAsync(caller, _cluster!.Uuid.ToString(), cancellationToken));
        if (result.IsSuccess)
        {
            Snackbar.Add(T["Access.CredentialRotated"], Severity.Success);
            await ReadAsync(ClusterChangeKinds.Cluster | ClusterChangeKinds.Event);
        }

        return result.Error;
    }

    private Task<Result<IReadOnlyList<CertificateFacts>>> CertificatesAsync() =>
        AskAsync((caller, cancellationToken) => Certificates.ListAsync(caller, _cluster!.Uuid.ToString(), cancellationToken));

    private async Task BundleAsync()
    {
        var uuid = _cluster!.Uuid;
        var operations = await AskAsync((caller, cancellationToken) => Clusters.ListOperationsAsync(caller, uuid, 100, cancellationToken));
        var requests = await AskAsync((caller, cancellationToken) => Audit.ListOfClusterAsync(caller, uuid, 500, cancellationToken));
        var resources = await AskAsync((caller, cancellationToken) => Resources.ListAsync(caller, uuid.ToString(), cancellationToken));
        var bundle = new SupportBundle(_cluster, Driver, operations.Value ?? [], _events, requests.Value ?? [], resources.Value, Time.GetUtcNow());
        using var file = new DotNetStreamReference(new MemoryStream(bundle.Write()));
        await Js.InvokeVoidAsync("magnum.downloadStream", Closing, bundle.FileName, "application/zip", file);
    }

    private async Task<MagnumError?> DeleteAsync()
    {
        var result = await AskAsync((caller, cancellationToken) => Service.DeleteAsync(caller, _cluster!.Uuid.ToString(), cancellationToken));
        if (result.IsSuccess)
        {
            Snackbar.Add(T["Cluster.Deleting", _cluster!.Name], Severity.Success);
            await ReadAsync(ClusterChangeKinds.Cluster | ClusterChangeKinds.Event);
            GoTab("progress");
        }

        return result.Error;
    }

    private Task<Result<AccessFile>> AccessFileAsync() =>
        AskAsync((caller, cancellationToken) => Certificates.CreateAccessFileAsync(caller, _cluster!.Uuid.ToString(), cancellationToken));

    private Task<Result<string>> CaAsync() => AskAsync<string>(async (caller, cancellationToken) =>
        (await Certificates.GetCaAsync(caller, _cluster!.Uuid.ToString(), CaType.Kubernetes, cancellationToken)).Match<Result<string>>(ca => ca.Pem, error => error));

    private void Tell(MagnumError? error, string success) => Snackbar.Add(error?.Detail ?? success, error is null ? Severity.Success : Severity.Error);

    private string TabHref(string tab) => Navigation.GetUriWithQueryParameter("tab", tab is "overview" ? null : tab);

    private void GoTab(string tab) => Navigation.NavigateTo(TabHref(tab));
}
