using Magnum.Core.Audit;
using Magnum.Core.Credentials;
using Magnum.Core.Errors;
using Magnum.Core.Operations;
using Magnum.Core.Reconciliation;
using Magnum.Core.UserStates;
using Magnum.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Magnum.Tests.Core.UserStates;

public sealed class UserStateStoreTests : IDisposable
{
    private readonly RequestWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private UserStateStore Store => _world.Get<UserStateStore>();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task KeptForItsOwnerInTheProject_Replaced_Removed()
    {
        var owner = TestCaller.Member();
        await Store.KeepAsync(owner, "draft.cluster", "one", Ct);
        await Store.KeepAsync(owner, "draft.cluster", "two", Ct);

        Assert.Equal("two", await Store.FindAsync(owner, "draft.cluster", Ct));
        Assert.Null(await Store.FindAsync(owner, "draft.template", Ct));
        Assert.Null(await Store.FindAsync(TestCaller.Member("alt"), "draft.cluster", Ct));
        Assert.Null(await Store.FindAsync(TestCaller.Admin(), "draft.cluster", Ct));

        await Store.RemoveAsync(owner, "draft.cluster", Ct);
        Assert.Null(await Store.FindAsync(owner, "draft.cluster", Ct));
    }

    [Fact]
    public async Task ProtectedAtRest()
    {
        await Store.KeepAsync(TestCaller.Member(), "draft.cluster", "http_proxy=http://u:geheim@proxy", Ct);

        await using var db = _world.Database.CreateDbContext();
        var row = await db.UserStates.SingleAsync(Ct);
        Assert.NotEqual("http_proxy=http://u:geheim@proxy", row.Content);
        Assert.Equal("http_proxy=http://u:geheim@proxy", ((ISecretProtector)_world).Unprotect(row.Content));
    }

    [Fact]
    public async Task TooLong_IsRefusedAndWhatWasThereStays()
    {
        await Store.KeepAsync(TestCaller.Member(), "draft.cluster", "one", Ct);

        var refused = await Store.KeepAsync(TestCaller.Member(), "draft.cluster", new string('x', UserStateStore.MaxLength + 1), Ct);

        Assert.Equal("What is to be kept has 65,537 characters; at most 65,536 are.", Assert.IsType<MagnumError.Invalid>(refused.Error).Detail);
        Assert.Equal("one", await Store.FindAsync(TestCaller.Member(), "draft.cluster", Ct));
    }

    [Fact]
    public async Task ForgottenWhenNobodyTouchesIt()
    {
        await Store.KeepAsync(TestCaller.Member(), "draft.cluster", "one", Ct);
        _world.Time.Advance(TimeSpan.FromDays(60));
        await Store.KeepAsync(TestCaller.Member(), "views.clusters", "two", Ct);
        _world.Time.Advance(TimeSpan.FromDays(31));

        await new Retention(_world.Database, Options.Create(new ConductorOptions()), Options.Create(new AuditOptions()), _world.Time).RunOnceAsync(Ct);

        Assert.Null(await Store.FindAsync(TestCaller.Member(), "draft.cluster", Ct));
        Assert.Equal("two", await Store.FindAsync(TestCaller.Member(), "views.clusters", Ct));
    }
}
