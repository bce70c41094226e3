using System.Text.Json;
using Magnum.Core;
using Magnum.Core.Clusters;
using Magnum.Core.Events;
using Magnum.Core.Quotas;
using Magnum.Core.UserStates;
using Magnum.Web.Components.Localization;
using Magnum.Web.Features.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Magnum.Web.Components.Notices;

/// <summary>The list of notices in the header. It also listens to the project: what has come to an end while one looked elsewhere is told.</summary>
public sealed partial class NoticeBell : IAsyncDisposable
{
    private const string Key = "notices";
    private readonly Dictionary<Guid, ClusterStatus> _working = [];
    private readonly CancellationTokenSource _closing = new();
    private Task _listening = Task.CompletedTask;
    private IReadOnlyList<Notice>? _kept;

    [Inject]
    private NoticeList Notices { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    private IDashboardUser User { get; set; } = null!;

    [Inject]
    private UserStateStore States { get; set; } = null!;

    [Inject]
    private IClusterEvents Events { get; set; } = null!;

    [Inject]
    private IClusterQueries Clusters { get; set; } = null!;

    [Inject]
    private QuotaRequestChanges QuotaRequests { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        if (!RendererInfo.IsInteractive || await User.GetCallerAsync(_closing.Token) is not { ProjectId.Length: > 0 } caller)
        {
            return;
        }

        Notices.Changed += OnChanged;
        QuotaRequests.Changed += OnQuotaRequest;
        _listening = ListenAsync(caller.ProjectId);
        if (await States.FindAsync(caller, Key, _closing.Token) is { } kept)
        {
            Notices.Restore(JsonSerializer.Deserialize<List<Notice>>(kept) ?? []);
        }

        _kept = Notices.Items;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Notices.Changed -= OnChanged;
        QuotaRequests.Changed -= OnQuotaRequest;
        await _closing.CancelAsync();
        await _listening;
        _closing.Dispose();
    }

    private static string Tone(Severity severity) => severity switch
    {
        Severity.Success => "success",
        Severity.Warning => "warning",
        Severity.Error => "error",
        _ => "info",
    };

    private static string Icon(Severity severity) => severity switch
    {
        Severity.Success => Icons.Material.Filled.CheckCircle,
        Severity.Warning => Icons.Material.Filled.Warning,
        Severity.Error => Icons.Material.Filled.Error,
        _ => Icons.Material.Outlined.Info,
    };

    private void OnChanged() => _ = InvokeAsync(async () =>
    {
        StateHasChanged();
        if (_kept is not null && !ReferenceEquals(_kept, Notices.Items) && !_closing.IsCancellationRequested && await User.GetCallerAsync(_closing.Token) is { } caller)
        {
            _kept = Notices.Items;
            await States.KeepAsync(caller, Key, JsonSerializer.Serialize(Notices.Items), _closing.Token);
        }
    });

    private void MarkRead()
    {
        if (Notices.Unread > 0)
        {
            Notices.MarkRead();
        }
    }

    private async Task ListenAsync(string project)
    {
        try
        {
            await foreach (var change in Events.Overhear(project, _closing.Token))
            {
                if (WireSpelling.FromWire<ClusterStatus>(change.Status) is not { } status)
                {
                    continue;
                }

                if (status.IsInProgress())
                {
                    _working[change.ClusterUuid] = status;
                }
                else if (_working.Remove(change.ClusterUuid))
                {
                    await InvokeAsync(() => TellAsync(change.ClusterUuid));
                }
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // the page has closed
        }
    }

    private async Task TellAsync(Guid uuid)
    {
        var href = $"/clusters/{uuid}";
        if (Navigation.ToBaseRelativePath(Navigation.Uri).StartsWith(href[1..], StringComparison.Ordinal) || await User.GetCallerAsync(_closing.Token) is not { } caller)
        {
            return;   // whoever looks at the cluster sees it
        }

        var found = await Clusters.GetAsync(caller, uuid.ToString(), _closing.Token);
        if (found.Value is { } cluster)
        {
            var severity = cluster.Status.IsFailed() ? Severity.Error : Severity.Success;
            Notices.Add(new Notice(Time.GetUtcNow(), severity, T["Notices.Cluster", cluster.Name, T[$"Status.{cluster.Status.ToWire()}"]], href));
        }
    }

    private void OnQuotaRequest(QuotaRequest request) => _ = InvokeAsync(() =>
    {
        var admin = User.Token?.Roles.Contains("admin", StringComparer.OrdinalIgnoreCase) == true;
        if (request.State is QuotaRequestState.Open && admin)
        {
            Notices.Add(new Notice(Time.GetUtcNow(), Severity.Info, T.Plural("Notices.QuotaAsked", request.Wanted, request.ProjectName), "/quotas?tab=requests"));
        }
        else if (request.State is QuotaRequestState.Approved or QuotaRequestState.Refused && request.ProjectId == User.Token?.ProjectId)
        {
            var approved = request.State is QuotaRequestState.Approved;
            Notices.Add(new Notice(
                Time.GetUtcNow(),
                approved ? Severity.Success : Severity.Warning,
                approved ? T.Plural("Notices.QuotaApproved", request.Granted ?? 0) : T["Notices.QuotaRefused", request.Answer ?? ""],
                approved && request.ClusterName is not null ? "/clusters/new?step=review" : "/clusters"));
        }
    });
}
