using System.Net;
using Magnum.Core.Audit;
using Magnum.Core.Idempotency;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Reconciliation;
using Magnum.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Magnum.Tests.Web.Api;

public sealed class IdempotencyTests : IDisposable
{
    private const string Template = """{"name": "made", "coe": "kubernetes", "image_id": "ubuntu", "external_network_id": "public", "flavor_id": "m1.small"}""";

    private readonly ApiWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task ACluster_IsMadeOnceForItsKey()
    {
        await _world.Core.AddTemplateAsync();

        var first = await CreateAsync("""{"name": "blue", "cluster_template_id": "k8s", "labels": {"a": 1, "b": true}}""");
        var again = await CreateAsync("""{"labels": {"b": true, "a": 1}, "cluster_template_id": "k8s", "name": "blue"}""");

        Assert.Equal((HttpStatusCode.Accepted, null), (first.Status, first.Header("Idempotent-Replayed")));
        Assert.Equal(
            (first.Status, first.Text, "application/json", "true"), (again.Status, again.Text, again.Header("Content-Type"), again.Header("Idempotent-Replayed")));
        Assert.Equal(1, await CountAsync());
        Assert.Single(_world.Core.Enqueued);
    }

    [Fact]
    public async Task ATemplate_IsMadeOnce_AndAnsweredAsItWas()
    {
        var first = await _world.SendAsync("POST", "/v1/clustertemplates", Template, headers: [("Idempotency-Key", "k")]);
        Assert.Equal(HttpStatusCode.Created, first.Status);
        await _world.SendAsync("PATCH", "/v1/clustertemplates/made", """[{"op": "replace", "path": "/tags", "value": "x"}]""");

        var again = await _world.SendAsync("POST", "/clustertemplates/", Template, headers: [("Idempotency-Key", "k")]);

        Assert.Equal((first.Status, first.Text, first.Header("Location")), (again.Status, again.Text, again.Header("Location")));
        Assert.Single((await _world.GetAsync("/v1/clustertemplates")).Json.GetProperty("clustertemplates").EnumerateArray());
    }

    [Theory]
    [InlineData("/v1/clusters", """{"name": "green", "cluster_template_id": "k8s"}""")]
    [InlineData("/v1/clusters", """{"name": "blue", "cluster_template_id": "k8s", "labels": {"a": "1"}}""")]
    [InlineData("/v1/clustertemplates", Template)]
    public async Task AnotherRequest_WithTheSameKey_IsRefused(string path, string body)
    {
        await _world.Core.AddTemplateAsync();
        await CreateAsync("""{"name": "blue", "cluster_template_id": "k8s"}""");

        var other = await _world.SendAsync("POST", path, body, headers: [("Idempotency-Key", "k")]);

        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "The Idempotency-Key has been used for another request. A key stands for one request: use a new one."),
            (other.Status, other.Detail));
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task TheSameKey_OfSomebodyElse_IsAnotherKey()
    {
        await _world.Core.AddTemplateAsync();
        await _world.Core.AddTemplateAsync(TestCaller.Member("alt", "alt-user"));
        _world.Callers["colleague"] = TestCaller.Member("demo", "colleague");
        const string body = """{"name": "blue", "cluster_template_id": "k8s"}""";

        var uuids = new HashSet<string>();
        foreach (var token in new[] { "demo", "colleague", "alt" })
        {
            var answer = await CreateAsync(body, token);
            Assert.Equal(HttpStatusCode.Accepted, answer.Status);
            uuids.Add(answer.Text);
        }

        Assert.Equal(3, uuids.Count);
    }

    [Fact]
    public async Task ManyAtTheSameMoment_MakeOneThing()
    {
        await _world.Core.AddTemplateAsync();
        const string body = """{"name": "blue", "cluster_template_id": "k8s"}""";
        var arrived = 0;
        var all = new TaskCompletionSource();
        _world.Core.Identity.BeforeTrust = () =>
        {
            // Nobody stores before all have passed the first look at the key.
            if (Interlocked.Increment(ref arrived) == 4)
            {
                all.SetResult();
            }

            return all.Task;
        };

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CreateAsync(body)));

        Assert.All(answers, a => Assert.Equal((HttpStatusCode.Accepted, answers[0].Text), (a.Status, a.Text)));
        Assert.Equal(3, answers.Count(a => a.Header("Idempotent-Replayed") == "true"));
        Assert.Equal(1, await CountAsync());
        Assert.Single(_world.Core.Identity.Trusts);   // those of the three that were too late are ended
    }

    [Fact]
    public async Task AnAnswerThatNeverLeft_IsGivenTheNextTime()
    {
        await _world.Core.AddTemplateAsync();
        const string body = """{"name": "blue", "cluster_template_id": "k8s"}""";

        using var client = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        _world.Core.OnPublished = _ => client.Cancel();   // after the commit and before the answer
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/clusters") { Content = new StringContent(body, null, "application/json") };
        request.Headers.Add("X-Auth-Token", "demo");
        request.Headers.Add("Idempotency-Key", "k");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _world.Client.SendAsync(request, client.Token));
        _world.Core.OnPublished = _ => { };

        var again = await CreateAsync(body);

        var made = Assert.Single((await _world.GetAsync("/v1/clusters")).Json.GetProperty("clusters").EnumerateArray());
        Assert.Equal(
            (HttpStatusCode.Accepted, $$"""{"uuid":"{{made.GetProperty("uuid").GetString()}}"}""", "true"), (again.Status, again.Text, again.Header("Idempotent-Replayed")));
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task ARefusal_IsNotKept()
    {
        const string body = """{"name": "blue", "cluster_template_id": "k8s"}""";
        Assert.Equal(HttpStatusCode.BadRequest, (await CreateAsync(body)).Status);
        await _world.Core.AddTemplateAsync();
        _world.Core.Identity.TrustTrouble = new CloudException("identity", CloudFault.Unreachable, "Keystone is away.");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await CreateAsync(body)).Status);
        _world.Core.Identity.TrustTrouble = null;

        Assert.Equal(HttpStatusCode.Accepted, (await CreateAsync(body)).Status);
    }

    [Fact]
    public async Task AfterADay_TheKeyIsFree()
    {
        await _world.Core.AddTemplateAsync();
        var first = await CreateAsync("""{"name": "blue", "cluster_template_id": "k8s"}""");
        _world.Core.Time.Advance(IdempotencyKeys.Lifetime);

        var other = await CreateAsync("""{"name": "green", "cluster_template_id": "k8s"}""");

        Assert.Equal(HttpStatusCode.Accepted, other.Status);
        Assert.NotEqual(first.Text, other.Text);
    }

    [Fact]
    public async Task Sweep_ForgetsWhatIsADayOld()
    {
        await _world.Core.AddTemplateAsync();
        await CreateAsync("""{"name": "blue", "cluster_template_id": "k8s"}""");
        _world.Core.Time.Advance(TimeSpan.FromHours(1));
        await CreateAsync("""{"name": "blue", "cluster_template_id": "k8s"}""", key: "later");
        var retention = new Retention(_world.Core.Database, Options.Create(new ConductorOptions()), Options.Create(new AuditOptions()), _world.Core.Time);
        _world.Core.Time.Advance(IdempotencyKeys.Lifetime - TimeSpan.FromHours(1));

        await retention.RunOnceAsync(Ct);

        await using var db = _world.Core.Database.CreateDbContext();
        Assert.Equal(_world.Core.Time.GetUtcNow() - IdempotencyKeys.Lifetime + TimeSpan.FromHours(1), Assert.Single(await db.IdempotencyRecords.ToListAsync(Ct)).CreatedAt);
    }

    [Theory]
    [InlineData("Käse")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345")]
    public async Task AKeyThatIsNone_IsRefused(string key)
    {
        await _world.Core.AddTemplateAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await CreateAsync("""{"cluster_template_id": "k8s"}""", key: key)).Status);
        Assert.Equal(0, await CountAsync());
    }

    private Task<ApiAnswer> CreateAsync(string body, string token = "demo", string key = "k") =>
        _world.SendAsync("POST", "/v1/clusters", body, token, headers: [("Idempotency-Key", key)]);

    private async Task<int> CountAsync()
    {
        await using var db = _world.Core.Database.CreateDbContext();
        return await db.Clusters.CountAsync(Ct);
    }
}
