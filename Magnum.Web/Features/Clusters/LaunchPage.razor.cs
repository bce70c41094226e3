using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Paging;
using Magnum.Web.Components;
using Magnum.Web.Components.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace Magnum.Web.Features.Clusters;

/// <summary>Launches a cluster, step by step, with the plan and the quotas always in sight.</summary>
public sealed partial class LaunchPage
{
    private const string DraftKey = "cluster";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly HashSet<LaunchStep> _visited = [];
    private LaunchModel _model = new();
    private IReadOnlyList<ClusterTemplate>? _templates;
    private LaunchStep _step;
    private MagnumError? _error;
    private MagnumError? _refusal;
    private LatestCall _planning = null!;
    private DateTimeOffset? _keptAt;
    private bool _launching;
    private bool _nameTaken;
    private bool _tried;

    [SupplyParameterFromQuery(Name = "template")]
    private string? TemplateIdent { get; set; }

    /// <summary>A cluster whose launch is to be made once more.</summary>
    [SupplyParameterFromQuery(Name = "from")]
    private string? From { get; set; }

    [SupplyParameterFromQuery(Name = "step")]
    private string? StepName { get; set; }

    [Inject]
    private ClusterService Service { get; set; } = null!;

    [Inject]
    private IClusterQueries Clusters { get; set; } = null!;

    [Inject]
    private IClusterTemplateQueries Queries { get; set; } = null!;

    [Inject]
    private IClusterDriverRegistry Drivers { get; set; } = null!;

    [Inject]
    private OperationDurations Durations { get; set; } = null!;

    [Inject]
    private CloudChoicesLoader Cloud { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    private Drafts Drafts { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private IReadOnlyList<(string Field, string Text)> Unresolved => [.. _model.LocalProblems().Select(p => (p.Field, T[p.TextName].Value))];

    // Names of templates need not be unique.
    private string TemplateIdentForCli => _model.Template is not { } template ? "" : _templates!.Count(t => t.Name == template.Name) == 1 ? template.Name : template.Uuid.ToString();

    private bool CanLaunch => !_launching && !_model.IsPlanning && _model.Plan is { CanLaunch: true } && _refusal is null && !_model.LocalProblems().Any();

    // Before the first rendering: parameters are "set" only after all has been loaded.
    /// <inheritdoc />
    protected override void OnInitialized()
    {
        _planning = new LatestCall(Time, Closing);
        TakeStep();
    }

    /// <inheritdoc />
    protected override Task OnInitializedAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    /// <inheritdoc />
    protected override void OnParametersSet() => TakeStep();

    private void TakeStep()
    {
        var wanted = Enum.TryParse<LaunchStep>(StepName, ignoreCase: true, out var step) ? step : LaunchStep.Template;
        if (wanted != _step)
        {
            _visited.Add(_step);
            _step = wanted;
        }
    }

    /// <inheritdoc />
    protected override ValueTask OnClosedAsync()
    {
        _planning.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task LoadAsync()
    {
        var templates = await AskAsync((caller, cancellationToken) => Queries.ListAsync(caller, new PageRequest(1000, SortKey: "name"), cancellationToken));
        if (!templates.IsSuccess)
        {
            _error = templates.Error;
            return;
        }

        var cloud = await LookAsync(Cloud.LoadAsync);
        if (!cloud.IsSuccess)
        {
            _error = cloud.Error;
            return;
        }

        _error = null;
        var usable = templates.Value.Items.Where(t => !t.Hidden).ToList();
        var request = await RestoreAsync() ?? new NewCluster { ClusterTemplateId = "", Name = FriendlyName.Next() };
        var template = usable.FirstOrDefault(t => t.Uuid.ToString() == (TemplateIdent ?? request.ClusterTemplateId) || t.Name == TemplateIdent)
            ?? (usable.Count == 1 ? usable[0] : null);
        _model = With(_model with { Request = request, Cloud = cloud.Value }, template);
        await EstimateAsync();
        _templates = usable;
        await CheckNameAsync(request.Name);   // a draft may be of what was launched already
        await PlanAsync(TimeSpan.Zero);
    }

    private LaunchModel With(LaunchModel model, ClusterTemplate? template) => model with
    {
        Template = template,
        Driver = template is null ? null : Drivers.Find(template.Driver)?.Description,
        Request = model.Request with { ClusterTemplateId = template?.Uuid.ToString() ?? "" },
    };

    private async Task EstimateAsync()
    {
        var driver = _model.Driver?.Name;
        var estimate = driver is null ? null : await Durations.FindAsync(driver, OperationKind.Create, Closing);
        if (driver == _model.Driver?.Name)
        {
            _model = _model with { Estimate = estimate };
        }
    }

    private async Task<NewCluster?> RestoreAsync()
    {
        if (await FromAsync() is { } former)
        {
            return former;
        }

        if (await Drafts.FindAsync<NewCluster>(DraftKey, Closing) is not { } draft)
        {
            return null;
        }

        Snackbar.Add(T["DraftRestored"], Severity.Info, o =>
        {
            o.Action = T["DraftDiscard"];
            o.OnClick = async _ =>
            {
                await Drafts.RemoveAsync(DraftKey, CancellationToken.None);
                Navigation.NavigateTo("/clusters/new", forceLoad: true);
            };
        });
        return draft;
    }

    /// <summary>The same launch once more, for whoever wants to change something about one that failed.</summary>
    private async Task<NewCluster?> FromAsync()
    {
        if (From is null)
        {
            return null;
        }

        var found = await AskAsync((caller, cancellationToken) => Clusters.GetAsync(caller, From, cancellationToken));
        return found.Value is { } former ? LaunchModel.RequestOf(former) : null;
    }

    /// <summary>Changes what is there by now, which may be more than the changing part had seen when it was shown: people type fast.</summary>
    private async Task ChangeAsync(Func<NewCluster, NewCluster> change)
    {
        var before = _model.Request;
        var request = change(before);
        _model = _model with { Request = request, Errors = new Dictionary<string, string>() };
        _refusal = null;
        if (request.ClusterTemplateId != before.ClusterTemplateId)
        {
            _model = With(_model, _templates?.FirstOrDefault(t => t.Uuid.ToString() == request.ClusterTemplateId));
            await EstimateAsync();
        }

        _keptAt = null;
        await Drafts.KeepAsync(DraftKey, request, Closing);
        _keptAt = Time.GetUtcNow();
        if (request.Name != before.Name)
        {
            await CheckNameAsync(request.Name);
        }

        await PlanAsync(Pause);
    }

    /// <summary>Takes the launch from code, after it was shown what is understood.</summary>
    private async Task PasteAsync()
    {
        var parameters = new DialogParameters<PasteDialog> { { d => d.Current, _model.Request }, { d => d.Templates, _templates! } };
        var dialog = await Dialogs.ShowAsync<PasteDialog>(T["Paste.Title"], parameters, new DialogOptions { MaxWidth = MaxWidth.Medium, FullWidth = true, CloseOnEscapeKey = true });
        if (await dialog.Result is { Canceled: false, Data: NewCluster request })
        {
            var before = _model.Request;
            Snackbar.Add(T["Paste.Undone"], Severity.Success, o =>
            {
                o.Action = T["Paste.Undo"];
                o.OnClick = _ => InvokeAsync(() => ChangeAsync(_ => before));
            });
            await ChangeAsync(_ => request);
        }
    }

    private async Task NewKeyPairAsync()
    {
        string? chosen = null;
        var parameters = new DialogParameters<NewKeyPairDialog> { { d => d.Taken, [.. (_model.Cloud.KeyPairs ?? []).Select(k => k.Name)] }, { d => d.Made, ChooseAsync } };
        var dialog = await Dialogs.ShowAsync<NewKeyPairDialog>(T["KeyPair.New"], parameters, new DialogOptions { MaxWidth = MaxWidth.Small, FullWidth = true, CloseOnEscapeKey = true });
        await dialog.Result;
        if (chosen is not null)
        {
            Snackbar.Add(T["KeyPair.Made", chosen], Severity.Success);   // now that nothing lies beneath it
        }

        Task ChooseAsync(KeyPair made) => InvokeAsync(async () =>
        {
            _model = _model with { Cloud = _model.Cloud with { KeyPairs = _model.Cloud.KeyPairs is { } known ? [.. known, made] : null } };
            chosen = made.Name;
            StateHasChanged();
            await ChangeAsync(r => r with { KeyPair = made.Name });
        });
    }

    private async Task CheckNameAsync(string? name)
    {
        _nameTaken = false;
        if (LaunchModel.NameProblem(name) is null)
        {
            var found = await AskAsync((caller, cancellationToken) => Clusters.SearchAsync(caller, new ClusterFilter(NameContains: name), "name", false, 0, 50, null, cancellationToken));
            _nameTaken = found.IsSuccess && found.Value.Items.Any(c => c.Name == name);
        }
    }

    /// <summary>Plans the present request after a pause; a later call takes the place of an earlier one.</summary>
    private async Task PlanAsync(TimeSpan pause)
    {
        if (_model.Template is null)
        {
            _model = _model with { Plan = null, IsPlanning = false };
            await _planning.StopAsync();
            return;
        }

        _model = _model with { IsPlanning = true };
        StateHasChanged();
        await _planning.RunAsync(pause, async superseded =>
        {
            var result = await AskAsync((caller, _) => Service.PlanAsync(caller, _model.Request, superseded));
            if (!superseded.IsCancellationRequested)
            {
                _model = _model with { Plan = result.Value, IsPlanning = false };
                _refusal = result.Error;
                StateHasChanged();   // not every change is an event of this page's: dialogs and toasts make some
            }
        });
    }

    private string? Problem(string field)
    {
        if (_model.Errors.TryGetValue(field, out var refused))
        {
            return refused;
        }

        // What is still empty is no error before one has tried to go on.
        var local = _model.LocalProblems().FirstOrDefault(p => p.Field == field).TextName;
        return local is null || (!_tried && !_visited.Contains(_step) && local is "Launch.NoTemplate" or "Launch.NoFlavor" or "Launch.NameMissing") ? null : T[local].Value;
    }

    private string? StepState(LaunchStep step)
    {
        if (step == LaunchStep.Review)
        {
            return null;
        }

        var wrong = _model.Errors.Keys.Any(f => LaunchModel.StepOf(f) == step) || ((_tried || _visited.Contains(step)) && _model.LocalProblems().Any(p => LaunchModel.StepOf(p.Field) == step))
            || (_visited.Contains(LaunchStep.Review) && _model.Plan?.Checks.Any(c => c.Outcome is CheckOutcome.Fail && c.Field is not null && LaunchModel.StepOf(c.Field) == step) == true);
        return wrong ? "mg-step-error" : _visited.Contains(step) ? "mg-step-done" : null;
    }

    private Task NextAsync()
    {
        _tried = true;
        if (_model.LocalProblems().Any(p => LaunchModel.StepOf(p.Field) == _step))
        {
            return Task.CompletedTask;
        }

        _tried = false;
        return GoAsync(_step + 1);
    }

    private async Task GoAsync(LaunchStep step)
    {
        _visited.Add(_step);
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
        {
            ["step"] = step is LaunchStep.Template ? null : step.ToString().ToLowerInvariant(),
            ["template"] = _model.Template?.Uuid.ToString(),
        }));
        if (step == LaunchStep.Review && !_model.IsPlanning)
        {
            await PlanAsync(TimeSpan.Zero);
        }
    }

    private async Task FixAsync(string field)
    {
        await GoAsync(LaunchModel.StepOf(field));
        StateHasChanged();
        await Js.InvokeVoidAsync("magnum.focus", Closing, $"[data-field='{field.Split('.', '/')[0]}']");
    }

    private async Task LaunchAsync()
    {
        // A circuit handles one event after the other: whoever comes second finds the flag.
        if (!CanLaunch)
        {
            return;
        }

        _launching = true;
        var result = await AskAsync((caller, cancellationToken) => Service.CreateAsync(caller, _model.Request, cancellationToken));
        if (result.IsSuccess)
        {
            await Drafts.RemoveAsync(DraftKey, Closing);
            Navigation.NavigateTo($"/clusters/{result.Value.Uuid}?tab=progress");
            return;   // still launching: this form makes no second cluster
        }

        _launching = false;
        _refusal = result.Error;
        if (result.Error.Field is { } field)
        {
            _model = _model with { Errors = new Dictionary<string, string> { [field] = result.Error.Detail } };
        }
    }
}
