using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.OpenStack;
using Magnum.Core.Policies;
using Magnum.Core.Paging;
using Magnum.Web.Components.Parts;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Magnum.Web.Features.ClusterTemplates;

/// <summary>The templates that the person may use.</summary>
public sealed partial class TemplateListPage
{
    private const int Most = 1000;
    private static readonly string?[] Chips = [null, "own", "public", "hidden"];
    private List<ClusterTemplate>? _templates;
    private IReadOnlyDictionary<Guid, int> _uses = new Dictionary<Guid, int>();
    private CloudChoices _cloud = new();
    private MagnumError? _error;
    private bool _deleting;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "show")]
    private string? Show { get; set; }

    [Inject]
    private IClusterTemplateQueries Templates { get; set; } = null!;

    [Inject]
    private ClusterTemplateService Service { get; set; } = null!;

    [Inject]
    private IClusterDriverRegistry Drivers { get; set; } = null!;

    [Inject]
    private IImages Images { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private List<ClusterTemplate> Shown => [.. (_templates ?? [])
        .Where(t => string.IsNullOrWhiteSpace(Search) || t.Name.Contains(Search, StringComparison.OrdinalIgnoreCase) || t.Tags?.Contains(Search, StringComparison.OrdinalIgnoreCase) == true)
        .Where(t => Show switch
        {
            "own" => t.ProjectId == User.Token?.ProjectId,
            "public" => t.Public,
            "hidden" => t.Hidden,
            _ => true,
        })];

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            await User.GetTokenAsync(Closing);
            await LoadAsync();
            StateHasChanged();   // what the images say comes when it comes

            // One look at all: most templates leave the version to their image.
            _cloud = new CloudChoices { Images = (await LookAsync(Images.ListImagesAsync)).Value };
        }
    }

    private async Task LoadAsync()
    {
        var result = await AskAsync((caller, cancellationToken) => Templates.ListAsync(caller, new PageRequest(Most, SortKey: "name"), cancellationToken));
        _error = result.Error;
        if (result.IsSuccess)
        {
            _templates = [.. result.Value.Items];
            _uses = await Templates.CountUsesAsync([.. _templates.Select(t => t.Uuid)], Closing);
        }
    }

    private string? VersionOf(ClusterTemplate template) => Drivers.Find(template.Driver)?.Description.VersionOf(template.Labels, _cloud.FindImage(template.ImageId));

    private bool CanChange(ClusterTemplate template) => May.Denied(PolicyRules.ClusterTemplateUpdate, template) is null;

    private async Task DeleteAsync(ClusterTemplate template)
    {
        if (_deleting)
        {
            return;   // the second click: the question is on its way
        }

        _deleting = true;
        if (await Dialogs.ShowMessageBoxAsync(T["Templates.DeleteTitle"], T["Templates.DeleteText", template.Name].Value, yesText: T["Delete"], cancelText: T["Cancel"]) == true)
        {
            var result = await AskAsync((caller, cancellationToken) => Service.DeleteAsync(caller, template.Uuid.ToString(), cancellationToken));
            Snackbar.Add(result.IsSuccess ? T["Templates.Deleted", template.Name] : result.Error.Detail, result.IsSuccess ? Severity.Success : Severity.Error);
            await LoadAsync();
        }

        _deleting = false;
    }

    private void Go(string? search, string? show) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["q"] = string.IsNullOrWhiteSpace(search) ? null : search, ["show"] = show }), replace: true);
}
