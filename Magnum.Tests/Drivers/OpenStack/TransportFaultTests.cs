using System.Net;
using Magnum.Core.OpenStack;
using Magnum.Tests.Support;

namespace Magnum.Tests.Drivers.OpenStack;

public sealed class TransportFaultTests : IDisposable
{
    private const string Zones = "GET /compute/v2.1/os-availability-zone";

    private readonly StubbedCloud _cloud = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _cloud.Dispose();

    [Theory]
    [InlineData(400, CloudFault.Invalid, "error-heat-400.json", "The Resource Type (OS::Heat::Nonsense) could not be found.")]
    [InlineData(404, CloudFault.NotFound, "error-nova-404.json", "Instance a2f9d20a-973e-418b-9ef6-8ef309e8b418 could not be found.")]
    [InlineData(404, CloudFault.NotFound, "error-glance-404.html", "No image found with ID 3104ba59-5785-4e6e-abc0-d33d66ae268e")]
    [InlineData(400, CloudFault.Invalid, "error-glance-400.html", "Unable to filter by unknown operator 'x'.")]
    [InlineData(404, CloudFault.NotFound, "error-neutron-404.json", "Network b15deadf-e943-4259-82f6-b4cc4b16e3a3 could not be found.")]
    [InlineData(409, CloudFault.Conflict, "error-heat-409.json", "The Stack (rec-1) already exists.")]
    public async Task RecordedRefusal_BecomesItsFaultInTheServicesWords(int status, CloudFault fault, string fixture, string message)
    {
        var refusal = await RefusalAsync(status, CloudStub.Fixture(fixture));

        Assert.Equal((fault, message), (refusal.Fault, refusal.Message));
        Assert.Equal(status, refusal.StatusCode);
        Assert.Equal("req-theirs", refusal.RequestId);
        Assert.Equal("compute", refusal.Service);
        Assert.Single(_cloud.Stub.Calls);
    }

    [Theory]
    [InlineData(403, """{"forbidden": {"code": 403, "message": "Policy doesn't allow it"}}""", CloudFault.Forbidden)]
    [InlineData(403, """{"forbidden": {"code": 403, "message": "Quota exceeded for cores: Requested 4"}}""", CloudFault.OverLimit)]
    [InlineData(409, """{"NeutronError": {"type": "OverQuota", "message": "No more", "detail": ""}}""", CloudFault.OverLimit)]
    [InlineData(400, """{"error": {"type": "RequestLimitExceeded", "message": "You have reached the maximum stacks"}}""", CloudFault.OverLimit)]
    [InlineData(413, """{"overLimit": {"code": 413, "message": "Slow down"}}""", CloudFault.OverLimit)]
    [InlineData(501, """{"notImplemented": {"code": 501, "message": "No such thing"}}""", CloudFault.ServerError)]
    [InlineData(302, "", CloudFault.Malformed)]
    [InlineData(418, "a teapot", CloudFault.Invalid)]
    public async Task Status_BecomesItsFault(int status, string body, CloudFault fault) =>
        Assert.Equal(fault, (await RefusalAsync(status, body)).Fault);

    [Theory]
    [InlineData("""{"errors": [{"title": "Bad", "detail": "The detail"}]}""", "The detail")]
    [InlineData("""{"faultcode": "Client", "faultstring": "A fault", "debuginfo": null}""", "A fault")]
    [InlineData("""{"code": 500, "explanation": "Explained", "error": {"type": "RemoteError", "traceback": null}}""", "Explained")]
    [InlineData("<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>", "502 Bad Gateway 502 Bad Gateway")]
    [InlineData("""{"cut off": """, """{"cut off":""")]
    [InlineData("", "The compute service answered 400 without saying why.")]
    public async Task Words_AreFoundWhereverTheyAre(string body, string words) => Assert.Equal(words, (await RefusalAsync(400, body)).Message);

    [Fact]
    public async Task Overloaded_IsTriedAgainAfterAsLongAsAsked()
    {
        _cloud.Stub.On(Zones, _ => Later("3"), _ => CloudStub.Json(200, CloudStub.Fixture("nova-zones.json")));
        var started = _cloud.Time.GetUtcNow();

        var zones = await _cloud.PassAsync(_cloud.Compute.ListAvailabilityZonesAsync(StubbedCloud.Service, Ct), Ct);

        Assert.Equal(["nova"], zones);
        Assert.True(_cloud.Time.GetUtcNow() - started >= TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Overloaded_ForLong_IsReportedWithTheWait()
    {
        _cloud.Stub.On(Zones, _ => Later("120"));

        var refusal = await Assert.ThrowsAsync<CloudException>(() => _cloud.Compute.ListAvailabilityZonesAsync(StubbedCloud.Service, Ct));

        Assert.Equal((CloudFault.OverLimit, TimeSpan.FromSeconds(120)), (refusal.Fault, refusal.RetryAfter));
        Assert.True(refusal.IsTransient);
        Assert.Single(_cloud.Stub.Calls);
    }

    [Fact]
    public async Task ServerError_OfAReadingCall_IsTriedThreeTimes()
    {
        _cloud.Stub.On(Zones, _ => CloudStub.Json(503, ""));

        var refusal = await Assert.ThrowsAsync<CloudException>(
            () => _cloud.PassAsync(_cloud.Compute.ListAvailabilityZonesAsync(StubbedCloud.Service, Ct), Ct));

        Assert.Equal(CloudFault.ServerError, refusal.Fault);
        Assert.Equal(3, _cloud.Stub.Calls.Count);
    }

    [Fact]
    public async Task ServerError_OfACreatingCall_IsNotTriedAgain()
    {
        _cloud.Stub.On($"POST /orchestration/v1/{CloudStub.Project}/stacks", _ => CloudStub.Json(503, ""));

        await Assert.ThrowsAsync<CloudException>(() => _cloud.Heat.CreateStackAsync(StubbedCloud.Service, new("s", "t"), Ct));

        Assert.Single(_cloud.Stub.Calls);
    }

    [Fact]
    public async Task Unreachable_SaysWhichServiceAndWhy()
    {
        _cloud.Stub.On(Zones, _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"));

        var refusal = await Assert.ThrowsAsync<CloudException>(
            () => _cloud.PassAsync(_cloud.Compute.ListAvailabilityZonesAsync(StubbedCloud.Service, Ct), Ct));

        Assert.Equal(CloudFault.Unreachable, refusal.Fault);
        Assert.Equal("The compute service at cloud.test could not be reached: the connection was refused or lost.", refusal.Message);
        Assert.Equal(3, _cloud.Stub.Calls.Count);
    }

    [Fact]
    public async Task NoAnswer_EndsWithTheTimeLimit()
    {
        using var silence = new Silence();
        using var cloud = new StubbedCloud(o => o.CallTimeout = o.TotalTimeout = TimeSpan.FromSeconds(5), silence);
        var call = cloud.Compute.ListAvailabilityZonesAsync(StubbedCloud.Service, Ct);
        await silence.Began.Task.WaitAsync(Ct);

        cloud.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(call.IsCompleted);
        cloud.Time.Advance(TimeSpan.FromSeconds(0.2));

        var refusal = await Assert.ThrowsAsync<CloudException>(() => call);
        Assert.Equal((CloudFault.Unreachable, "The identity service at cloud.test did not answer within 5 s."), (refusal.Fault, refusal.Message));
        Assert.True(refusal.IsTransient);
    }

    [Fact]
    public async Task CallersCancellation_IsNotAFaultOfTheCloud()
    {
        using var silence = new Silence();
        using var cloud = new StubbedCloud(instead: silence);
        using var caller = new CancellationTokenSource();
        var call = cloud.Compute.ListAvailabilityZonesAsync(StubbedCloud.Service, caller.Token);
        await silence.Began.Task.WaitAsync(Ct);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("<html>a login page</html>")]
    [InlineData("""{"availabilityZoneInfo": [{"zoneState": {"available": true}}]}""")]
    [InlineData("null")]
    public async Task Answer_ThatIsNotAsDocumented_IsMalformed(string body)
    {
        _cloud.Stub.On(Zones, _ => CloudStub.Json(200, body));

        var refusal = await Assert.ThrowsAsync<CloudException>(() => _cloud.Compute.ListAvailabilityZonesAsync(StubbedCloud.Service, Ct));

        Assert.Equal(CloudFault.Malformed, refusal.Fault);
        Assert.Single(_cloud.Stub.Calls);
    }

    [Fact]
    public async Task Answer_ThatIsTooLarge_IsNotReadToItsEnd()
    {
        using var cloud = new StubbedCloud(o => o.MaxAnswerMegabytes = 1);
        cloud.Stub.On(Zones, _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new EndlessStream()) });

        var refusal = await Assert.ThrowsAsync<CloudException>(() => cloud.Compute.ListAvailabilityZonesAsync(StubbedCloud.Service, Ct));

        Assert.Equal(CloudFault.Malformed, refusal.Fault);
        Assert.Contains("1 MiB", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestId_OfTheFlowGoesToEveryService()
    {
        _cloud.Stub.OnFixture(Zones, "nova-zones.json");
        using (RequestIdScope.Begin("req-11111111-2222-3333-4444-555555555555"))
        {
            await _cloud.Compute.ListAvailabilityZonesAsync(StubbedCloud.Service, Ct);
        }

        await _cloud.Compute.ListAvailabilityZonesAsync(StubbedCloud.Service, Ct);

        Assert.Equal("req-11111111-2222-3333-4444-555555555555", _cloud.Stub.SignIns[0].Header("X-Openstack-Request-Id"));
        Assert.Equal("req-11111111-2222-3333-4444-555555555555", _cloud.Stub.Calls[0].Header("X-Openstack-Request-Id"));
        Assert.NotEqual("req-11111111-2222-3333-4444-555555555555", _cloud.Stub.Calls[1].Header("X-Openstack-Request-Id"));
    }

    private static HttpResponseMessage Later(string seconds)
    {
        var answer = CloudStub.Json(429, """{"overLimit": {"code": 429, "message": "Slow down"}}""");
        answer.Headers.Add("Retry-After", seconds);
        return answer;
    }

    private Task<CloudException> RefusalAsync(int status, string body)
    {
        _cloud.Stub.On(Zones, _ => CloudStub.Json(status, body));
        return Assert.ThrowsAsync<CloudException>(() => _cloud.Compute.ListAvailabilityZonesAsync(StubbedCloud.Service, Ct));
    }

    private sealed class Silence : HttpMessageHandler
    {
        public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Began.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("Silence has no end");
        }
    }

    private sealed class EndlessStream : Stream
    {
        private long _given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _given;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Assert.True(_given < 64 * 1024 * 1024, "The answer is read without end");
            buffer.AsSpan(offset, count).Fill((byte)' ');
            _given += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
