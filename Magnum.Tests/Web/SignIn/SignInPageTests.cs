using System.Net;
using Bunit;
using Magnum.Core.OpenStack;
using Magnum.Core.Sessions;
using Magnum.Web.Features.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Web.SignIn;

public sealed class SignInPageTests : DashboardContext
{
    private readonly DefaultHttpContext _http = new();

    [Fact]
    public void NoPassword_SaysWhatIsMissing()
    {
        var page = Submit(new() { ["Form.Method"] = "Password", ["Form.UserName"] = "demo" });

        Assert.Equal("Enter your password.", page.Find(Id("sign-in-error")).TextContent.Trim());
    }

    [Fact]
    public void WrongPassword_IsSaidPlainlyAndKeepsTheName()
    {
        var page = Submit(new() { ["Form.Method"] = "Password", ["Form.UserName"] = "demo", ["Form.Password"] = "guess", ["Form.Domain"] = "Default" });

        Assert.Equal("User name, password or domain is wrong.", page.Find(Id("sign-in-error")).TextContent.Trim());
        Assert.Equal("demo", page.Find("[name='Form.UserName']").GetAttribute("value"));
        Assert.Null(page.Find("[name='Form.Password']").GetAttribute("value"));
        Assert.Equal(401, _http.Response.StatusCode);
    }

    [Fact]
    public void KeystoneAway_IsNotThePersonsFault()
    {
        World.Identity.SignInTrouble = new CloudException("identity", CloudFault.Unreachable, "connection refused");

        var page = Submit(new() { ["Form.Method"] = "Password", ["Form.UserName"] = "demo", ["Form.Password"] = "demo" });

        Assert.Contains("does not answer", page.Find(Id("sign-in-error")).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void RightPassword_SetsACookieThatIsNoToken()
    {
        World.Identity.Users["demo"] = Support.TestCaller.Member().Token;

        Submit(new() { ["Form.Method"] = "Password", ["Form.UserName"] = "demo", ["Form.Password"] = "demo" }, returnUrl: "/templates");

        var cookie = Assert.Single(_http.Response.Headers.SetCookie, c => c!.StartsWith("magnum.session=", StringComparison.Ordinal))!;
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("token-of", cookie, StringComparison.Ordinal);
        using var db = World.Database.CreateDbContext();
        var session = Assert.Single(db.Sessions);
        Assert.Equal(SessionService.IdOf(cookie.Split('=', ';')[1]), session.Id);
        Assert.EndsWith("/templates", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void ForeignReturnAddress_IsNotFollowed()
    {
        World.Identity.Users["demo"] = Support.TestCaller.Member().Token;

        Submit(new() { ["Form.Method"] = "Password", ["Form.UserName"] = "demo", ["Form.Password"] = "demo" }, returnUrl: "//evil.example/");

        Assert.Equal("http://localhost/", Services.GetRequiredService<NavigationManager>().Uri);
    }

    [Fact]
    public void Guessing_IsSlowedDown()
    {
        var throttle = Services.GetRequiredService<SignInThrottle>();
        for (var i = 0; i < 5; i++)
        {
            throttle.Failed(IPAddress.Loopback, "demo@Default");
        }

        _http.Connection.RemoteIpAddress = IPAddress.Loopback;
        World.Identity.Users["demo"] = Support.TestCaller.Member().Token;
        var page = Submit(new() { ["Form.Method"] = "Password", ["Form.UserName"] = "demo", ["Form.Password"] = "demo", ["Form.Domain"] = "Default" });

        Assert.Contains("Too many attempts", page.Find(Id("sign-in-error")).TextContent, StringComparison.Ordinal);
        Assert.Equal(429, _http.Response.StatusCode);
    }

    private IRenderedComponent<SignInPage> Submit(Dictionary<string, string> form, string? returnUrl = null)
    {
        var values = new SignInForm
        {
            Method = Enum.Parse<SignInMethod>(form["Form.Method"]),
            UserName = form.GetValueOrDefault("Form.UserName"),
            Password = form.GetValueOrDefault("Form.Password"),
            Domain = form.GetValueOrDefault("Form.Domain"),
        };
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/sign-in{(returnUrl is null ? "" : $"?returnUrl={Uri.EscapeDataString(returnUrl)}")}");
        var page = Render<SignInPage>(p => p.AddCascadingValue<HttpContext>(_http));
        page.Instance.Form = values;   // as the framework does with what was posted
        page.Find("form").Submit();
        return page;
    }
}
