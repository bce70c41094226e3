using Magnum.Web.Features.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace Magnum.Web.Components.Layout;

/// <summary>Header, navigation and the page.</summary>
public sealed partial class MainLayout : IDisposable
{
    private ErrorBoundary? _boundary;
    private bool _isAdmin;
    private string? _projectId;

    [Inject]
    private IDashboardUser User { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private IOptions<DashboardOptions> Options { get; set; } = null!;

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        User.Changed += OnUserChanged;
        Show(await User.GetTokenAsync(CancellationToken.None));
    }

    /// <inheritdoc />
    protected override void OnParametersSet() => _boundary?.Recover();   // another page may well work

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await Js.InvokeVoidAsync("magnum.live");
        }
    }

    /// <inheritdoc />
    public void Dispose() => User.Changed -= OnUserChanged;

    private void OnUserChanged() => _ = InvokeAsync(() =>
    {
        Show(User.Token);
        StateHasChanged();
    });

    // The page is keyed by the project: it starts anew in another one, and stays as it is when a token is only renewed.
    private void Show(Core.OpenStack.TokenInfo? token)
    {
        _projectId = token?.ProjectId;
        _isAdmin = token?.Roles.Contains("admin", StringComparer.OrdinalIgnoreCase) == true;
    }
}
