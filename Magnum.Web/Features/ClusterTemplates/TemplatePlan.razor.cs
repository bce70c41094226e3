using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Web.Components;
using Magnum.Web.Components.Parts;
using Microsoft.AspNetCore.Components;

namespace Magnum.Web.Features.ClusterTemplates;

/// <summary>What a cluster of a template takes: planned anew while the template is designed, without holding anybody up.</summary>
public sealed partial class TemplatePlan
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private (string? Ident, ClusterTemplateSpec? Design)? _of;
    private LatestCall _planning = null!;
    private int? _masters = 1;
    private int? _nodes = 1;
    private ClusterPlan? _plan;
    private MagnumError? _error;
    private bool _isPlanning;

    /// <summary>The stored template; null: a new one.</summary>
    [Parameter]
    public string? Ident { get; set; }

    /// <summary>The template as it stands in the form; null: as it is stored.</summary>
    [Parameter]
    public ClusterTemplateSpec? Design { get; set; }

    /// <summary>Go to a field of the form.</summary>
    [Parameter]
    public EventCallback<string> OnFix { get; set; }

    [Inject]
    private ClusterTemplateService Templates { get; set; } = null!;

    [Inject]
    private ClusterService Clusters { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private string? Missing => Design is { ImageId: null } or { MasterFlavorId: null } or { FlavorId: null } ? T["TemplatePlan.Missing"].Value
        : _masters is null or < 1 or NumberInput.Unusable || _nodes is null or < 0 or NumberInput.Unusable || Design?.DockerVolumeSize is NumberInput.Unusable ? T["TemplatePlan.Numbers"].Value
        : null;

    private string Summary => _isPlanning ? T["Launch.Checking"]
        : _error is not null || _plan is { CanLaunch: false } ? T["TemplatePlan.Blocked"]
        : T[_plan?.Checks.Any(c => c.Outcome is CheckOutcome.Warning) == true ? "TemplatePlan.ReadyWithWarnings" : "TemplatePlan.Ready"];

    // Some things are looked at by Core and by the driver: said once.
    private List<PreflightCheck> Told => [.. _plan!.Checks.DistinctBy(c => c.Message).OrderByDescending(c => c.Outcome)];

    /// <inheritdoc />
    protected override void OnInitialized() => _planning = new LatestCall(Time, Closing);

    /// <inheritdoc />
    protected override Task OnParametersSetAsync()
    {
        // What it is called and who sees it takes nothing.
        var of = (Ident, Design is null ? null : Design with { Name = null, Tags = null, Public = false, Hidden = false });
        if (of == _of)
        {
            return Task.CompletedTask;
        }

        var pause = _of is null ? TimeSpan.Zero : Pause;
        _of = of;
        return PlanAsync(pause);
    }

    /// <inheritdoc />
    protected override ValueTask OnClosedAsync()
    {
        _planning.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task ChangeAsync(int? masters, int? nodes)
    {
        (_masters, _nodes) = (masters, nodes);
        return PlanAsync(Pause);
    }

    private async Task PlanAsync(TimeSpan pause)
    {
        if (Missing is not null)
        {
            (_plan, _error, _isPlanning) = (null, null, false);
            await _planning.StopAsync();
            return;
        }

        _isPlanning = true;
        await _planning.RunAsync(pause, async superseded =>
        {
            var result = await AskAsync((caller, _) => AskForPlanAsync(caller, superseded));
            if (!superseded.IsCancellationRequested)
            {
                (_plan, _error, _isPlanning) = (result.Value, result.Error, false);
            }
        });
    }

    private Task<Result<ClusterPlan>> AskForPlanAsync(Core.Policies.Caller caller, CancellationToken cancellationToken) => _of!.Value.Design is { } design
        ? Templates.PlanAsync(caller, Ident, design, _masters!.Value, _nodes!.Value, cancellationToken)
        : Clusters.PlanAsync(caller, new NewCluster { ClusterTemplateId = Ident!, MasterCount = _masters!.Value, NodeCount = _nodes!.Value }, cancellationToken);
}
