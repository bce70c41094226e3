using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.Paging;
using Magnum.Web.Components.Parts;
using Microsoft.AspNetCore.Components;

namespace Magnum.Web.Features.ClusterTemplates;

/// <summary>A template beside another, or beside a cluster.</summary>
public sealed partial class TemplateComparePage
{
    private const int Most = 1000;
    private IReadOnlyList<Choice> _choices = [];
    private IReadOnlyList<DiffRow> _rows = [];
    private ClusterTemplate? _left;
    private Side? _right;
    private MagnumError? _error;
    private string? _missing;

    /// <summary>Uuid or name.</summary>
    [Parameter]
    public required string Ident { get; set; }

    /// <summary>A template or a cluster, by uuid or name.</summary>
    [SupplyParameterFromQuery(Name = "with")]
    private string? With { get; set; }

    [Inject]
    private IClusterTemplateQueries Templates { get; set; } = null!;

    [Inject]
    private IClusterQueries Clusters { get; set; } = null!;

    [Inject]
    private IClusterDriverRegistry Drivers { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private List<DiffRow> Differing => [.. _rows.Where(r => r.Differs)];

    /// <inheritdoc />
    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private async Task LoadAsync()
    {
        var found = await AskAsync((caller, cancellationToken) => Templates.GetAsync(caller, Ident, cancellationToken));
        (_left, _error) = (found.Value, found.Error);
        (_right, _missing, _rows) = (null, null, []);
        if (_left is null)
        {
            return;
        }

        if (_choices.Count == 0)
        {
            await ListAsync();
        }

        if (string.IsNullOrEmpty(With))
        {
            return;
        }

        var right = await FindAsync(With);
        (_right, _missing) = (right.Value, right.Error?.Detail);
        if (_right is not null)
        {
            var definitions = new[] { _left.Driver, _right.Values.Driver }.Distinct().SelectMany(d => Drivers.Find(d)?.Description.Labels ?? []);
            _rows = TemplateDiff.Between(_left.ToSnapshot(), _right.Values, definitions);
        }
    }

    private async Task ListAsync()
    {
        var templates = await AskAsync((caller, cancellationToken) => Templates.ListAsync(caller, new PageRequest(Most, SortKey: "name"), cancellationToken));
        var clusters = await AskAsync((caller, cancellationToken) => Clusters.SearchAsync(caller, new ClusterFilter(), "name", false, 0, Most, null, cancellationToken));
        _choices =
        [
            .. (templates.Value?.Items ?? []).Where(t => t.Uuid != _left!.Uuid).Select(t => new Choice(t.Uuid.ToString(), t.Name, T["Compare.ATemplate", t.ImageId])),
            .. (clusters.IsSuccess ? clusters.Value.Items : []).Select(c => new Choice(c.Uuid.ToString(), c.Name, T["Compare.ACluster", c.TemplateName])),
        ];
    }

    private async Task<Result<Side>> FindAsync(string ident)
    {
        var template = await AskAsync((caller, cancellationToken) => Templates.GetAsync(caller, ident, cancellationToken));
        if (template.IsSuccess)
        {
            return new Side(template.Value.Uuid.ToString(), template.Value.Name, template.Value.ToSnapshot());
        }

        if (template.Error is not MagnumError.NotFound)
        {
            return template.Error;
        }

        var cluster = await AskAsync((caller, cancellationToken) => Clusters.GetAsync(caller, ident, cancellationToken));
        return cluster.Match<Result<Side>>(
            found => new Side(found.Uuid.ToString(), T["Compare.ClusterTitle", found.Name], TemplateDiff.Of(found)),
            error => error is MagnumError.NotFound ? new MagnumError.NotFound(T["Compare.Missing", ident]) : error);
    }

    private void Choose(string? ident) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("with", ident));

    /// <summary>What the template is compared with.</summary>
    private sealed record Side(string Ident, string Title, ClusterTemplateSnapshot Values);
}
