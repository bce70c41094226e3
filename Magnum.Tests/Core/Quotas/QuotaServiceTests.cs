using Magnum.Core.Errors;
using Magnum.Core.Paging;
using Magnum.Core.Quotas;
using Magnum.Tests.Support;

namespace Magnum.Tests.Core.Quotas;

public sealed class QuotaServiceTests : IDisposable
{
    private readonly RequestWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private QuotaService Quotas => _world.Get<QuotaService>();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Create_Get_Update_Delete()
    {
        var created = await Quotas.CreateAsync(TestCaller.Admin(), "demo", "Cluster", 5, Ct);
        var updated = await Quotas.UpdateAsync(TestCaller.Admin(), "demo", "Cluster", 7, Ct);
        var read = await Quotas.GetAsync(TestCaller.Reader(), "demo", "Cluster", Ct);
        var deleted = await Quotas.DeleteAsync(TestCaller.Admin(), "demo", "Cluster", Ct);
        var afterwards = await Quotas.GetAsync(TestCaller.Reader(), "demo", "Cluster", Ct);

        Assert.Equal(5, created.Value!.HardLimit);
        Assert.Null(created.Value.UpdatedAt);
        Assert.Equal(_world.Time.GetUtcNow(), updated.Value!.UpdatedAt);
        Assert.Equal((7, created.Value.Id), (read.Value!.HardLimit, read.Value.Id));
        Assert.Null(deleted.Error);
        Assert.Equal((20, 0L), (afterwards.Value!.HardLimit, afterwards.Value.Id));
    }

    [Fact]
    public async Task Refusals_InMagnumsWords()
    {
        await Quotas.CreateAsync(TestCaller.Admin(), "demo", "Cluster", 5, Ct);

        Is<MagnumError.Invalid>(await Quotas.CreateAsync(TestCaller.Admin(), null, "Cluster", 1, Ct), "Must provide a valid project ID.");
        Is<MagnumError.NotFound>(await Quotas.CreateAsync(TestCaller.Admin(), "nothing", "Cluster", 1, Ct), "The project_id nothing could not be found.");
        Is<MagnumError.Conflict>(await Quotas.CreateAsync(TestCaller.Admin(), "demo", "Cluster", 1, Ct), "Quota for project demo already exists for resource Cluster.");
        Is<MagnumError.Invalid>(
            await Quotas.CreateAsync(TestCaller.Admin(), "alt", "Nothing", 1, Ct),
            "Invalid input for field/attribute resource. Value: 'Nothing'. Value should be one of: Cluster");
        Is<MagnumError.Invalid>(
            await Quotas.CreateAsync(TestCaller.Admin(), "alt", "Cluster", -2, Ct),
            "Invalid input for field/attribute hard_limit. Value: '-2'. Value should be greater or equal to 0");
        Is<MagnumError.Forbidden>(await Quotas.CreateAsync(TestCaller.Member(), "alt", "Cluster", 1, Ct), "Policy doesn't allow quota:create to be performed.");
        Is<MagnumError.NotFound>(await Quotas.UpdateAsync(TestCaller.Admin(), "alt", "Cluster", 1, Ct), "Quota could not be found: project_id alt resource Cluster.");
        Is<MagnumError.NotFound>(await Quotas.DeleteAsync(TestCaller.Admin(), "alt", "Cluster", Ct), "Quota could not be found: project_id alt resource Cluster.");
        Is<MagnumError.Forbidden>(await Quotas.GetAsync(TestCaller.Reader("alt"), "demo", "Cluster", Ct), "Not authorized.");
        Is<MagnumError.Forbidden>(await Quotas.ListAsync(TestCaller.Member(), true, new PageRequest(10), Ct), "Policy doesn't allow quota:get_all to be performed.");

        static void Is<TError>(object result, string text)
        {
            var error = (MagnumError?)result.GetType().GetProperty("Error")!.GetValue(result);
            Assert.IsType<TError>(error);
            Assert.Equal(text, error!.Detail);
        }
    }

    [Fact]
    public async Task Create_TheSameTwiceAtOnce_OneWins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => Task.Run(() => Quotas.CreateAsync(TestCaller.Admin(), "demo", "Cluster", i, Ct), Ct)));

        Assert.Single(results, r => r.IsSuccess);
        Assert.All(results.Where(r => !r.IsSuccess), r => Assert.IsType<MagnumError.Conflict>(r.Error));
    }

    [Fact]
    public async Task List_OwnProjectUnlessAllAreAskedFor_PagedByNumber()
    {
        foreach (var project in new[] { "demo", "admin", "alt" })
        {
            await Quotas.CreateAsync(TestCaller.Admin(), project, "Cluster", 3, Ct);
        }

        var own = (await Quotas.ListAsync(TestCaller.Admin(), false, new PageRequest(10), Ct)).Value!.Items;
        var first = (await Quotas.ListAsync(TestCaller.Admin(), true, new PageRequest(2, SortKey: "project_id"), Ct)).Value!.Items;
        var rest = (await Quotas.ListAsync(
            TestCaller.Admin(), true, new PageRequest(2, first[1].Id.ToString(System.Globalization.CultureInfo.InvariantCulture), "project_id"), Ct)).Value!.Items;

        Assert.Equal(["admin"], own.Select(q => q.ProjectId));
        Assert.Equal(["admin", "alt"], first.Select(q => q.ProjectId));
        Assert.Equal(["demo"], rest.Select(q => q.ProjectId));
        Assert.IsType<MagnumError.NotFound>((await Quotas.ListAsync(TestCaller.Admin(), true, new PageRequest(2, "99999"), Ct)).Error);
        Assert.IsType<MagnumError.Invalid>((await Quotas.ListAsync(TestCaller.Admin(), true, new PageRequest(2, "abc"), Ct)).Error);
    }

    [Fact]
    public async Task Usage_BesideTheLimit()
    {
        await _world.AddClusterAsync();
        await Quotas.CreateAsync(TestCaller.Admin(), "alt", "Cluster", 3, Ct);

        var own = (await Quotas.GetUsageAsync(TestCaller.Reader(), "demo", Ct)).Value!;
        var all = (await Quotas.ListUsageAsync(TestCaller.Admin(), Ct)).Value!;

        Assert.Equal((20, 1, true), (own.Limit, own.Used, own.Stored is null));
        Assert.Equal([("alt", 3, 0), ("demo", 20, 1)], all.Select(u => (u.ProjectId, u.Limit, u.Used)));
        Assert.IsType<MagnumError.Forbidden>((await Quotas.ListUsageAsync(TestCaller.Member(), Ct)).Error);
    }
}
