using Magnum.Core.Announcements;
using Magnum.Core.Errors;
using Magnum.Tests.Support;

namespace Magnum.Tests.Core.Announcements;

public sealed class AnnouncementTests : IDisposable
{
    private readonly RequestWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AnnouncementService Announcements => _world.Get<AnnouncementService>();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task TheLoudestFirst_UntilTheyEnd()
    {
        var changes = 0;
        Announcements.Changed += () => changes++;
        await Announcements.CreateAsync(TestCaller.Admin(), "  Kubernetes 1.32 is here  ", AnnouncementLevel.Info, null, Ct);
        await Announcements.CreateAsync(TestCaller.Admin(), "No launches on Sunday", AnnouncementLevel.Warning, _world.Time.GetUtcNow() + TimeSpan.FromHours(1), Ct);
        await Announcements.CreateAsync(TestCaller.Admin(), "Cinder is down", AnnouncementLevel.Error, null, Ct);

        Assert.Equal(["Cinder is down", "No launches on Sunday", "Kubernetes 1.32 is here"], (await Announcements.ListCurrentAsync(Ct)).Select(a => a.Message));

        _world.Time.Advance(TimeSpan.FromHours(1));
        var all = (await Announcements.ListAsync(TestCaller.Admin(), Ct)).Value!;
        await Announcements.DeleteAsync(TestCaller.Admin(), all[0].Id, Ct);

        Assert.Equal(3, all.Count);
        Assert.Equal(["Kubernetes 1.32 is here"], (await Announcements.ListCurrentAsync(Ct)).Select(a => a.Message));
        Assert.Equal(4, changes);
    }

    [Fact]
    public async Task Refusals()
    {
        Assert.IsType<MagnumError.Forbidden>((await Announcements.CreateAsync(TestCaller.Member(), "hello", AnnouncementLevel.Info, null, Ct)).Error);
        Assert.IsType<MagnumError.Forbidden>((await Announcements.DeleteAsync(TestCaller.Member(), 1, Ct)).Error);
        Assert.IsType<MagnumError.Forbidden>((await Announcements.ListAsync(TestCaller.Member(), Ct)).Error);
        Assert.IsType<MagnumError.NotFound>((await Announcements.DeleteAsync(TestCaller.Admin(), 1, Ct)).Error);
        Assert.Equal("message", (await Announcements.CreateAsync(TestCaller.Admin(), " ", AnnouncementLevel.Info, null, Ct)).Error!.Field);
        Assert.Equal("message", (await Announcements.CreateAsync(TestCaller.Admin(), new string('x', 501), AnnouncementLevel.Info, null, Ct)).Error!.Field);
        Assert.Equal("ends_at", (await Announcements.CreateAsync(TestCaller.Admin(), "late", AnnouncementLevel.Info, _world.Time.GetUtcNow(), Ct)).Error!.Field);
    }
}
