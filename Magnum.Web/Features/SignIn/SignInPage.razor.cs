using Magnum.Core.OpenStack;
using Magnum.Core.Sessions;
using Magnum.Web.Components;
using Magnum.Web.Components.Localization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;

namespace Magnum.Web.Features.SignIn;

/// <summary>Sign-in, rendered without a circuit so that it can set the cookie.</summary>
public sealed partial class SignInPage
{
    private string? _problem;

    /// <summary>Where to go afterwards.</summary>
    [SupplyParameterFromQuery(Name = "returnUrl")]
    public string? ReturnUrl { get; set; }

    /// <summary>Whether somebody has just signed out.</summary>
    [SupplyParameterFromQuery(Name = "signedOut")]
    public bool SignedOut { get; set; }

    [SupplyParameterFromForm]
    internal SignInForm? Form { get; set; }

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = null!;

    [Inject]
    private IIdentity Identity { get; set; } = null!;

    [Inject]
    private SessionService Sessions { get; set; } = null!;

    [Inject]
    private SignInThrottle Throttle { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IOptions<DashboardOptions> Options { get; set; } = null!;

    private string Action => ReturnUrl is null ? "/sign-in" : $"/sign-in?returnUrl={Uri.EscapeDataString(ReturnUrl)}";

    /// <inheritdoc />
    protected override void OnInitialized() => Form ??= new SignInForm { Domain = SessionCookie.ReadDomain(HttpContext.Request) };

    private async Task SignInAsync()
    {
        var form = Form!;
        var address = HttpContext.Connection.RemoteIpAddress;
        if (form.Missing is { } missing)
        {
            Refuse(T[missing], StatusCodes.Status400BadRequest);
            return;
        }

        if (Throttle.Wait(address, form.Subject) is { Ticks: > 0 } wait)
        {
            Refuse(T.Plural("SignIn.Wait", (long)Math.Ceiling(wait.TotalSeconds)), StatusCodes.Status429TooManyRequests);
            return;
        }

        try
        {
            var token = await Identity.SignInAsync(form.ToSignIn(), HttpContext.RequestAborted);
            Throttle.Succeeded(address, form.Subject);
            await EnterAsync(token, form);
        }
        catch (CloudException trouble)
        {
            if (SignInProblem.IsTheirs(trouble))
            {
                Throttle.Failed(address, form.Subject);
            }

            Refuse(T[SignInProblem.TextName(trouble, form.Method), Identity.AuthUrl], StatusCodes.Status401Unauthorized);
        }
    }

    private async Task EnterAsync(TokenInfo token, SignInForm form)
    {
        var target = LocalUrl.Of(ReturnUrl);
        if (token.ProjectId is null)
        {
            var projects = await Identity.ListProjectsAsync(token.Token, HttpContext.RequestAborted);
            var last = SessionCookie.ReadProject(HttpContext.Request);
            var project = projects.FirstOrDefault(p => p.Id == last) ?? (projects.Count == 1 ? projects[0] : null);
            if (projects.Count == 0)
            {
                Refuse(T["SignIn.NoProject"], StatusCodes.Status403Forbidden);
                return;
            }

            if (project is null)
            {
                target = $"/choose-project?returnUrl={Uri.EscapeDataString(target)}";
            }
            else
            {
                token = await Identity.SignInAsync(new Core.OpenStack.SignIn.Token(token.Token, project.Id), HttpContext.RequestAborted);
            }
        }

        SessionCookie.Remember(HttpContext, form.Method is SignInMethod.Password ? form.Domain?.Trim() : null, token.ProjectId);
        SessionCookie.Write(HttpContext, await Sessions.OpenAsync(token, HttpContext.RequestAborted));
        Navigation.NavigateTo(target);
    }

    private void Refuse(string problem, int status)
    {
        _problem = problem;
        HttpContext.Response.StatusCode = status;
    }
}
