using System.Globalization;
using Magnum.Core.Audit;
using Magnum.Core.Errors;
using Magnum.Web.Components;
using Magnum.Web.Components.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Magnum.Web.Features.Audit;

/// <summary>Who asked for what, and what became of it: for administrators, of all projects.</summary>
public sealed partial class AuditPage
{
    private const int PageSize = 50;
    private const int MostExported = 10_000;

    private IReadOnlyList<AuditRecord>? _records;
    private IReadOnlyDictionary<string, string> _names = new Dictionary<string, string>();
    private MagnumError? _error;
    private int _total;
    private bool _exporting;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "action")]
    private string? Action { get; set; }

    [SupplyParameterFromQuery(Name = "refused")]
    private bool? Refused { get; set; }

    /// <summary><c>yyyy-MM-dd</c>, UTC.</summary>
    [SupplyParameterFromQuery(Name = "since")]
    private string? From { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    private int? PageNumber { get; set; }

    [Inject]
    private AuditQueries Audit { get; set; } = null!;

    [Inject]
    private ProjectNames Projects { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    private int Current => Math.Clamp(PageNumber ?? 1, 1, 1_000_000);

    private int LastPage => Math.Max(1, (_total + PageSize - 1) / PageSize);

    private bool IsFiltered => !string.IsNullOrWhiteSpace(Search) || !string.IsNullOrEmpty(Action) || Refused == true || Since is not null;

    private DateTimeOffset? Since => DateTimeOffset.TryParseExact(From, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day : null;

    private AuditFilter Filter => new(AllProjects: true, Search, Action, Refused == true, Since);

    /// <inheritdoc />
    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private async Task LoadAsync()
    {
        var result = await AskAsync((caller, cancellationToken) => Audit.SearchAsync(caller, Filter, (Current - 1) * PageSize, PageSize, cancellationToken));
        _error = result.Error;
        if (result.IsSuccess)
        {
            _names = await Projects.GetAsync(Closing);
            (_records, _total) = result.Value;
        }
    }

    private async Task ExportAsync()
    {
        _exporting = true;
        var result = await AskAsync((caller, cancellationToken) => Audit.SearchAsync(caller, Filter, 0, MostExported, cancellationToken));
        _exporting = false;
        _error = result.Error;
        if (result.IsSuccess)
        {
            await Js.InvokeVoidAsync("magnum.download", Closing, "magnum-audit.csv", "text/csv", Csv.Write(
                ["occurred_at", "request_id", "user_id", "user_name", "user_project_id", "door", "address", "action", "project_id", "cluster_uuid", "subject", "detail", "refusal"],
                result.Value.Items.Select(r => new[]
                {
                    r.OccurredAt.ToString("O", CultureInfo.InvariantCulture), r.RequestId, r.UserId, r.UserName, r.UserProjectId, r.Door, r.Address, r.Action,
                    r.ProjectId, r.ClusterUuid?.ToString(), r.Subject, r.Detail, r.Refusal,
                })));
        }
    }

    private void Go(string? search, string? action, bool refused, string? since, int page) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters("/audit", new Dictionary<string, object?>
        {
            ["q"] = string.IsNullOrWhiteSpace(search) ? null : search.Trim(),
            ["action"] = string.IsNullOrEmpty(action) ? null : action,
            ["refused"] = refused ? true : null,
            ["since"] = string.IsNullOrEmpty(since) ? null : since,
            ["page"] = page == 1 ? null : page,
        }), replace: true);
}
