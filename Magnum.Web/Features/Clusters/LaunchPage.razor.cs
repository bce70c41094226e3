using System.Text.Json;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.Paging;
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
    private CancellationTokenSource? _planning;
    private bool _launching;
    private bool _nameTaken;
    private bool _tried;

    [SupplyParameterFromQuery(Name = "template")]
    private string? TemplateIdent { get; set; }

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
    private CloudChoicesLoader Cloud { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private IReadOnlyList<(string Field, string Text)> Unresolved => [.. _model.LocalProblems().Select(p => (p.Field, T[p.TextName].Value))];

    private bool CanLaunch => !_launching && !_model.IsPlanning && _model.Plan is { CanLaunch: true } && _refusal is null && !_model.LocalProblems().Any();

    // Before the first rendering: parameters are "set" only after all has been loaded.
    /// <inheritdoc />
    protected override void OnInitialized() => TakeStep();

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
        _planning?.Dispose();
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

    private async Task<NewCluster?> RestoreAsync()
    {
        if (await Js.InvokeAsync<string?>("magnum.draft.read", Closing, DraftKey) is not { } draft)
        {
            return null;
        }

        Snackbar.Add(T["DraftRestored"], Severity.Info, o =>
        {
            o.Action = T["DraftDiscard"];
            o.OnClick = async _ =>
            {
                await Js.InvokeVoidAsync("magnum.draft.clear", DraftKey);
                Navigation.NavigateTo("/clusters/new", forceLoad: true);
            };
        });
        return JsonSerializer.Deserialize<NewCluster>(draft);
    }

    private async Task ChangeAsync(NewCluster request)
    {
        var before = _model.Request;
        _model = _model with { Request = request, Errors = new Dictionary<string, string>() };
        _refusal = null;
        if (request.ClusterTemplateId != before.ClusterTemplateId)
        {
            _model = With(_model, _templates?.FirstOrDefault(t => t.Uuid.ToString() == request.ClusterTemplateId));
        }

        await Js.InvokeVoidAsync("magnum.draft.write", Closing, DraftKey, JsonSerializer.Serialize(request));
        if (request.Name != before.Name)
        {
            await CheckNameAsync(request.Name);
        }

        await PlanAsync(Pause);
    }

    private async Task CheckNameAsync(string? name)
    {
        _nameTaken = false;
        if (LaunchModel.NameProblem(name) is null)
        {
            var found = await AskAsync((caller, cancellationToken) => Clusters.SearchAsync(caller, new ClusterFilter(NameContains: name), "name", false, 0, 50, cancellationToken));
            _nameTaken = found.IsSuccess && found.Value.Items.Any(c => c.Name == name);
        }
    }

    /// <summary>Plans the present request after a pause; a later call takes the place of an earlier one.</summary>
    private async Task PlanAsync(TimeSpan pause)
    {
        if (_planning is not null)
        {
            await _planning.CancelAsync();
            _planning.Dispose();
            _planning = null;
        }

        if (_model.Template is null)
        {
            _model = _model with { Plan = null, IsPlanning = false };
            return;
        }

        var planning = _planning = CancellationTokenSource.CreateLinkedTokenSource(Closing);
        var replaced = planning.Token;   // taken now: whatever takes this one's place disposes of its source
        _model = _model with { IsPlanning = true };
        StateHasChanged();
        try
        {
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, Time, replaced);
            }

            var result = await AskAsync((caller, _) => Service.PlanAsync(caller, _model.Request, replaced));
            if (planning == _planning)
            {
                _model = _model with { Plan = result.Value, IsPlanning = false };
                _refusal = result.Error;
            }
        }
        catch (OperationCanceledException) when (replaced.IsCancellationRequested)
        {
            // something newer is being planned, or the page has closed
        }
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
            await Js.InvokeVoidAsync("magnum.draft.clear", Closing, DraftKey);
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
