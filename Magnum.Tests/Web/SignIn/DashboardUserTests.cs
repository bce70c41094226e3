using System.Security.Claims;
using Magnum.Core.OpenStack;
using Magnum.Core.Sessions;
using Magnum.Tests.Support;
using Magnum.Web.Components.Localization;
using Magnum.Web.Features.SignIn;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace Magnum.Tests.Web.SignIn;

/// <summary>The person behind a circuit, on the real sessions: the token ends, and they sign in again over the page.</summary>
public sealed class DashboardUserTests : DashboardContext
{
    private static readonly SignInForm Right = new() { UserName = "demo-user", Password = "demo-user", Domain = "Default" };

    private static readonly SignInForm Wrong = new() { UserName = "demo-user", Password = "guess", Domain = "Default" };

    private string _session = "";

    [Fact]
    public async Task TokenEnded_NobodyCallsUntilTheySignInAgain_AndTheSessionGoesOn()
    {
        var user = await OpenAsync();
        Assert.NotNull(await user.GetCallerAsync(Ct));
        user.MarkExpired();
        Assert.Null(await user.GetCallerAsync(Ct));

        var again = await user.SignInAgainAsync(Right, Ct);

        Assert.Null(again.Error);
        Assert.Equal("token-fresh", (await user.GetCallerAsync(Ct))!.Token.Token);
        Assert.Equal("token-fresh", (await Services.GetRequiredService<SessionService>().FindAsync(_session, Ct))!.Token);   // other tabs have it too
    }

    [Fact]
    public async Task WrongPassword_IsSaidAndTheFormWaits()
    {
        var user = await OpenAsync();
        user.MarkExpired();

        Assert.Equal("User name, password or domain is wrong.", (await user.SignInAgainAsync(Wrong, Ct)).Error?.Detail);

        Assert.Null(await user.GetCallerAsync(Ct));
        Assert.Null((await user.SignInAgainAsync(Right, Ct)).Error);
    }

    [Fact]
    public async Task Guessing_IsSlowedDown_AndForNobodyElse()
    {
        var (user, other) = (await OpenAsync(), await OpenAsync());
        for (var i = 0; i < 5; i++)
        {
            await user.SignInAgainAsync(Wrong, Ct);
        }

        Assert.NotNull((await user.SignInAgainAsync(Right, Ct)).Error);
        for (var i = 0; i < 30; i++)
        {
            await user.SignInAgainAsync(new SignInForm { UserName = $"user-{i}", Password = "guess", Domain = "Default" }, Ct);
        }

        World.Identity.Users["somebody"] = World.Identity.Users["demo-user"];
        Assert.Null((await other.SignInAgainAsync(new SignInForm { UserName = "somebody", Password = "somebody", Domain = "Default" }, Ct)).Error);
    }

    [Fact]
    public async Task KeystoneAway_IsNotThePersonsFaultHoweverOftenTheyTry()
    {
        var user = await OpenAsync();
        user.MarkExpired();
        World.Identity.SignInTrouble = new CloudException("identity", CloudFault.ServerError, "503") { StatusCode = 503 };
        for (var i = 0; i < 10; i++)
        {
            Assert.Contains("does not answer", (await user.SignInAgainAsync(Right, Ct)).Error!.Detail, StringComparison.Ordinal);
        }

        World.Identity.SignInTrouble = null;

        Assert.Null((await user.SignInAgainAsync(Right, Ct)).Error);
    }

    [Fact]
    public async Task SomebodyElse_DoesNotGoOnInTheirPlace()
    {
        var user = await OpenAsync();
        World.Identity.Users["alt"] = TestCaller.Member("alt", "alt").Token;

        var again = await user.SignInAgainAsync(new SignInForm { UserName = "alt", Password = "alt", Domain = "Default" }, Ct);

        Assert.Contains("demo-user", again.Error!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignedOutInAnotherTab_CannotGoOnHere()
    {
        var user = await OpenAsync();
        await Services.GetRequiredService<SessionService>().CloseAsync(_session, Ct);

        Assert.NotNull((await user.SignInAgainAsync(Right, Ct)).Error);
    }

    private async Task<DashboardUser> OpenAsync()
    {
        var caller = TestCaller.Member();
        World.Identity.Users["demo-user"] = caller.Token with { Token = "token-fresh" };
        var sessions = Services.GetRequiredService<SessionService>();
        _session = SessionService.IdOf(await sessions.OpenAsync(caller.Token, Ct));
        var user = new DashboardUser(
            new Circuit(_session), sessions, World.Identity, Services.GetRequiredService<SignInThrottle>(), World.Time, Services.GetRequiredService<IStringLocalizer<Text>>());
        await user.GetTokenAsync(Ct);   // as every page does first
        return user;
    }

    private sealed class Circuit(string session) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() =>
            Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity([new Claim(SessionAuthentication.SessionClaim, session)], "session"))));
    }
}
