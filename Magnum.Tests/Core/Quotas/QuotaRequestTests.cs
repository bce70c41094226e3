using Magnum.Core.Errors;
using Magnum.Core.Quotas;
using Magnum.Tests.Support;

namespace Magnum.Tests.Core.Quotas;

public sealed class QuotaRequestTests : IDisposable
{
    private readonly RequestWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private QuotaRequestService Requests => _world.Get<QuotaRequestService>();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Approved_TheLimitHoldsAtOnce()
    {
        List<QuotaRequest> told = [];
        _world.Get<QuotaRequestChanges>().Changed += told.Add;
        var asked = await Requests.CreateAsync(TestCaller.Member(), 25, " for the course ", "blue", Ct);

        var approved = await Requests.ApproveAsync(TestCaller.Admin(), asked.Value!.Id, 22, "until May", Ct);

        Assert.Equal((QuotaRequestState.Approved, 22, "until May", "for the course"), (approved.Value!.State, approved.Value.Granted, approved.Value.Answer, approved.Value.Reason));
        Assert.Equal((20, 0, 25, "blue"), (approved.Value.Limit, approved.Value.Used, approved.Value.Wanted, approved.Value.ClusterName));
        Assert.Equal(22, (await _world.Get<QuotaService>().GetAsync(TestCaller.Member(), "demo", Quota.ClusterResource, Ct)).Value!.HardLimit);
        Assert.Equal([QuotaRequestState.Open, QuotaRequestState.Approved], told.Select(t => t.State));
        Assert.Equal(QuotaRequestState.Approved, Assert.Single((await Requests.ListOwnAsync(TestCaller.Reader(), Ct)).Value!).State);
    }

    [Fact]
    public async Task OneAtATime_AnsweredOnce()
    {
        var first = (await Requests.CreateAsync(TestCaller.Member(), 25, null, null, Ct)).Value!;

        Assert.IsType<MagnumError.Conflict>((await Requests.CreateAsync(TestCaller.Member(), 30, null, null, Ct)).Error);
        Assert.Null((await Requests.RefuseAsync(TestCaller.Admin(), first.Id, "not this year", Ct)).Error);
        Assert.Equal("The request was answered already, by root.", (await Requests.ApproveAsync(TestCaller.Admin(), first.Id, 25, null, Ct)).Error!.Detail.Replace(TestCaller.Admin().Token.UserName, "root", StringComparison.Ordinal));
        Assert.Null((await Requests.CreateAsync(TestCaller.Member(), 30, null, null, Ct)).Error);
        Assert.Equal(1, (await Requests.CountOpenAsync(TestCaller.Admin(), Ct)).Value);
        Assert.Equal([QuotaRequestState.Open, QuotaRequestState.Refused], (await Requests.ListAsync(TestCaller.Admin(), Ct)).Value!.Select(r => r.State));
    }

    [Fact]
    public async Task WithdrawnByTheProjectOnly()
    {
        var request = (await Requests.CreateAsync(TestCaller.Member(), 25, null, null, Ct)).Value!;

        Assert.IsType<MagnumError.NotFound>((await Requests.WithdrawAsync(TestCaller.Member("alt"), request.Id, Ct)).Error);
        Assert.Equal(QuotaRequestState.Withdrawn, (await Requests.WithdrawAsync(TestCaller.Member(), request.Id, Ct)).Value!.State);
    }

    [Fact]
    public async Task Refusals()
    {
        var open = (await Requests.CreateAsync(TestCaller.Member(), 25, null, null, Ct)).Value!;

        await IsAsync<MagnumError.Forbidden>(Requests.CreateAsync(TestCaller.Reader(), 25, null, null, Ct), null);
        await IsAsync<MagnumError.Invalid>(Requests.CreateAsync(TestCaller.Member("alt"), 20, null, null, Ct), "wanted");
        await IsAsync<MagnumError.Invalid>(Requests.CreateAsync(TestCaller.Member("alt"), 21, new string('x', 1001), null, Ct), "reason");
        await IsAsync<MagnumError.Forbidden>(Requests.ApproveAsync(TestCaller.Member(), open.Id, 25, null, Ct), null);
        await IsAsync<MagnumError.Forbidden>(Requests.RefuseAsync(TestCaller.Member(), open.Id, "no", Ct), null);
        await IsAsync<MagnumError.Invalid>(Requests.ApproveAsync(TestCaller.Admin(), open.Id, -1, null, Ct), "hard_limit");
        await IsAsync<MagnumError.Invalid>(Requests.RefuseAsync(TestCaller.Admin(), open.Id, " ", Ct), "answer");
        await IsAsync<MagnumError.NotFound>(Requests.ApproveAsync(TestCaller.Admin(), 999, 25, null, Ct), null);
        Assert.IsType<MagnumError.Forbidden>((await Requests.ListAsync(TestCaller.Member(), Ct)).Error);
        Assert.IsType<MagnumError.Forbidden>((await Requests.CountOpenAsync(TestCaller.Member(), Ct)).Error);

        static async Task IsAsync<T>(Task<Result<QuotaRequest>> result, string? field)
        {
            var error = Assert.IsType<T>((await result).Error, exactMatch: false);
            Assert.Equal(field, (error as MagnumError)?.Field);
        }
    }
}
