using Magnum.Core.OpenStack;
using Magnum.Core.Sessions;
using Microsoft.AspNetCore.Components;

namespace Magnum.Web.Features.SignIn;

/// <summary>Which project to work in, for people with several who have not been here before.</summary>
public sealed partial class ChooseProjectPage
{
    private IReadOnlyList<ProjectInfo> _projects = [];
    private TokenInfo? _token;
    private string? _problem;

    /// <summary>Where to go afterwards.</summary>
    [SupplyParameterFromQuery(Name = "returnUrl")]
    public string? ReturnUrl { get; set; }

    [SupplyParameterFromForm(Name = "ProjectId", FormName = "choose-project")]
    private string? ProjectId { get; set; }

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = null!;

    [Inject]
    private IIdentity Identity { get; set; } = null!;

    [Inject]
    private SessionService Sessions { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        if (HttpContext.User.FindFirst(SessionAuthentication.SessionClaim)?.Value is not { } id
            || await Sessions.FindAsync(id, HttpContext.RequestAborted) is not { } token)
        {
            return;
        }

        _token = token;
        try
        {
            _projects = [.. (await Identity.ListProjectsAsync(token.Token, HttpContext.RequestAborted)).OrderBy(p => p.Name, StringComparer.CurrentCultureIgnoreCase)];
        }
        catch (CloudException trouble)
        {
            _problem = trouble.Message;
        }
    }

    private async Task ChooseAsync()
    {
        if (_token is null || ProjectId is null || _projects.All(p => p.Id != ProjectId))
        {
            return;
        }

        try
        {
            var token = await Identity.SignInAsync(new Core.OpenStack.SignIn.Token(_token.Token, ProjectId), HttpContext.RequestAborted);
            await Sessions.ReplaceAsync(HttpContext.User.FindFirst(SessionAuthentication.SessionClaim)!.Value, token, HttpContext.RequestAborted);
            SessionCookie.Remember(HttpContext, null, ProjectId);
            Navigation.NavigateTo(LocalUrl.Of(ReturnUrl));
        }
        catch (CloudException trouble)
        {
            _problem = trouble.Message;
        }
    }
}
