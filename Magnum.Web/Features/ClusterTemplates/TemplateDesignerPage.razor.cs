using System.Text.Json;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Web.Components;
using Magnum.Web.Components.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace Magnum.Web.Features.ClusterTemplates;

/// <summary>Makes, changes and copies templates.</summary>
public sealed partial class TemplateDesignerPage
{
    private static readonly string[] Sections = ["Basics", "Engine", "Sizes", "Network", "Storage", "Labels", "Advanced"];
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly Dictionary<string, string> _errors = [];
    private ClusterTemplateSpec _spec = new() { Coe = "kubernetes", FloatingIpEnabled = true };
    private CloudChoices? _cloud;
    private MagnumError? _error;
    private string? _summary;
    private int _uses;
    private bool _saving;

    /// <summary>The template to change; null: a new one.</summary>
    [Parameter]
    public string? Ident { get; set; }

    [SupplyParameterFromQuery(Name = "clone")]
    private string? Clone { get; set; }

    [Inject]
    private Drafts Drafts { get; set; } = null!;

    [Inject]
    private IClusterTemplateQueries Templates { get; set; } = null!;

    [Inject]
    private ClusterTemplateService Service { get; set; } = null!;

    [Inject]
    private IClusterDriverRegistry Registry { get; set; } = null!;

    [Inject]
    private CloudChoicesLoader Cloud { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    private string Heading => Ident is not null ? T["Templates.EditTitle", _spec.Name ?? ""] : Clone is not null ? T["Templates.CloneTitle"] : T["Templates.NewTitle"];

    private string Here => new Uri(Navigation.Uri).GetLeftPart(UriPartial.Query);

    // Clusters keep a snapshot, but Magnum's API promises that a template in use stays what it is.
    private bool Frozen => _uses > 0;

    private IEnumerable<string> Engines => Registry.Drivers.SelectMany(d => d.ClusterTypes).Select(t => t.Coe).Distinct().Order(StringComparer.Ordinal);

    private IEnumerable<DriverDescription> Candidates => _cloud?.FindImage(_spec.ImageId)?.OsDistro is { } distro && _spec.Coe is { } coe
        ? Registry.FindByType(_spec.ServerType, distro, coe)
        : Registry.Drivers;

    private DriverDescription? Driver => _spec.Driver is { } named
        ? Registry.Find(named)?.Description
        : _cloud?.FindImage(_spec.ImageId) is null ? null : Candidates.FirstOrDefault();

    private string DraftKey => $"template.{Ident ?? Clone ?? "new"}";

    /// <inheritdoc />
    protected override Task OnInitializedAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private async Task LoadAsync()
    {
        if ((Ident ?? Clone) is { } source)
        {
            var found = await AskAsync((caller, cancellationToken) => Templates.GetAsync(caller, source, cancellationToken));
            if (!found.IsSuccess)
            {
                _error = found.Error;
                return;
            }

            _spec = found.Value.ToSpec();
            if (Ident is null)
            {
                _spec = _spec with { Uuid = null, Name = T["Templates.CopyName", found.Value.Name], Public = false, Hidden = false };
            }
            else
            {
                _uses = (await Templates.CountUsesAsync([found.Value.Uuid], Closing)).GetValueOrDefault(found.Value.Uuid);
            }
        }

        var cloud = await LookAsync(Cloud.LoadAsync);
        _error = cloud.Error;
        if (cloud.IsSuccess)
        {
            await RestoreAsync();
            _cloud = cloud.Value;
        }
    }

    private async Task RestoreAsync()
    {
        if (await Drafts.FindAsync<ClusterTemplateSpec>(DraftKey, Closing) is { } draft)
        {
            _spec = draft;
            Snackbar.Add(T["DraftRestored"], Severity.Info, o =>
            {
                o.Action = T["DraftDiscard"];
                o.OnClick = async _ =>
                {
                    await Drafts.RemoveAsync(DraftKey, CancellationToken.None);
                    Navigation.Refresh(forceReload: true);
                };
            });
        }
    }

    private async Task Set(ClusterTemplateSpec spec)
    {
        foreach (var (field, _) in _errors.Where(e => ValueOf(spec, e.Key) != ValueOf(_spec, e.Key)).ToList())
        {
            _errors.Remove(field);
        }

        _summary = _errors.Count == 0 ? null : _summary;
        _spec = spec;
        await Drafts.KeepAsync(DraftKey, spec, Closing);
    }

    /// <summary>Drivers are an engine's own.</summary>
    private Task SetEngine(string? coe) => Set(_spec with { Coe = coe, Driver = null, NetworkDriver = null, VolumeDriver = null });

    private string? Error(string field) => _errors.GetValueOrDefault(field);

    private bool HasErrors(string section) => _errors.Keys.Any(k => SectionOf(k) == section);

    private async Task SaveAsync()
    {
        if (_saving)
        {
            return;
        }

        _errors.Clear();
        _summary = null;
        var spec = _spec;
        if (spec.DockerVolumeSize is NumberInput.Unusable)
        {
            _summary = _errors["docker_volume_size"] = T["Number.Unusable"];
            return;
        }

        _saving = true;
        var result = await AskAsync((caller, cancellationToken) => Ident is null
            ? Service.CreateAsync(caller, spec, cancellationToken)
            : Service.UpdateAsync(caller, Ident, _ => spec, cancellationToken));
        if (result.IsSuccess)
        {
            await Drafts.RemoveAsync(DraftKey, Closing);
            Snackbar.Add(T[Ident is null ? "Templates.Created" : "Templates.Saved", result.Value.Name], Severity.Success);
            Navigation.NavigateTo($"/templates/{result.Value.Uuid}");
            return;   // still saving: this form makes no second template
        }

        _saving = false;
        if (result.Error.Field is { } field)
        {
            _errors[field] = result.Error.Detail;
            StateHasChanged();
            await FocusAsync(field);
        }

        _summary = result.Error.Detail;
    }

    private async Task FocusAsync(string field) =>
        await Js.InvokeVoidAsync("magnum.focus", Closing, $"[data-field='{(field.StartsWith("labels.", StringComparison.Ordinal) ? field : field.Split('/', '.')[0])}']");

    /// <summary>Plans speak of the cluster's fields.</summary>
    private Task FixAsync(string field) => FocusAsync(field switch
    {
        "keypair" => "keypair_id",
        "cluster_template_id" => "driver",
        _ => field,
    });

    private static string SectionOf(string field) => field.Split('.', '/')[0] switch
    {
        "name" or "tags" or "public" or "hidden" => "Basics",
        "coe" or "image_id" or "driver" or "keypair_id" or "server_type" => "Engine",
        "master_flavor_id" or "flavor_id" => "Sizes",
        "external_network_id" or "fixed_network" or "fixed_subnet" or "network_driver" or "dns_nameserver" or "master_lb_enabled" or "floating_ip_enabled" => "Network",
        "volume_driver" or "docker_volume_size" => "Storage",
        "labels" => "Labels",
        _ => "Advanced",
    };

    private static string? ValueOf(ClusterTemplateSpec spec, string field)
    {
        var json = JsonSerializer.SerializeToElement(spec, SnakeCase);
        var parts = field.Split('.', 2);
        return json.TryGetProperty(parts[0], out var value) && parts.Length == 2 && value.ValueKind == JsonValueKind.Object
            ? value.TryGetProperty(parts[1], out var label) ? label.ToString() : null
            : value.ValueKind == JsonValueKind.Undefined ? null : value.ToString();
    }
}
