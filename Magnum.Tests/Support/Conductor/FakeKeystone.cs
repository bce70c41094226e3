using Magnum.Core.OpenStack;

namespace Magnum.Tests.Support.Conductor;

/// <summary>Keystone with trustees and trusts; each call is an action of the process that calls.</summary>
internal sealed class FakeKeystone(FakeCloudState cloud, LifeLine life) : IIdentity
{
    public Uri AuthUrl { get; } = new("http://keystone.test/v3");

    public Task<TrusteeUser> EnsureTrusteeAsync(string name, CancellationToken cancellationToken) => CallAsync("trustee", () =>
    {
        var password = $"password-{++cloud.Passwords}";
        cloud.Trustees[name] = new FakeTrustee($"{name}-id", password, Enabled: true);
        return new TrusteeUser($"{name}-id", name, password);
    });

    public Task SetTrusteeEnabledAsync(string userId, bool enabled, CancellationToken cancellationToken) => CallAsync("trustee-enabled", () =>
    {
        var (name, trustee) = cloud.Trustees.Single(t => t.Value.Id == userId);
        cloud.Trustees[name] = trustee with { Enabled = enabled };
        return true;
    });

    public Task DeleteTrusteeAsync(string userId, CancellationToken cancellationToken) => CallAsync("trustee-delete", () =>
    {
        Assert.Empty(cloud.Stacks);   // credentials go last
        foreach (var name in cloud.Trustees.Where(t => t.Value.Id == userId).Select(t => t.Key).ToList())
        {
            cloud.Trustees.Remove(name);
        }

        return true;
    });

    public Task DeleteTrustAsync(string trustId, CancellationToken cancellationToken) => CallAsync("trust-delete", () =>
    {
        Assert.Empty(cloud.Stacks);
        return cloud.Trusts.Remove(trustId);
    });

    public Task<TokenInfo> SignInAsync(SignIn signIn, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<TokenInfo?> ValidateAsync(string token, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RevokeAsync(string token, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<ProjectInfo>> ListProjectsAsync(string token, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ProjectInfo?> FindProjectAsync(string projectId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<ProjectInfo>> ListAllProjectsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string> CreateTrustAsync(TokenInfo caller, CancellationToken cancellationToken) => throw new NotSupportedException();

    private async Task<T> CallAsync<T>(string call, Func<T> work)
    {
        life.Tick();
        await cloud.BeforeAsync(call);
        var result = cloud.Locked(work);
        life.Tick();   // killed before the answer was read
        return result;
    }
}
