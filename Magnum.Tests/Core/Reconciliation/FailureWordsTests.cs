using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Tests.Support.Conductor;

namespace Magnum.Tests.Core.Reconciliation;

/// <summary>What is said of a failure: once in the log, with the request's id, and never more than may be seen.</summary>
public sealed class FailureWordsTests : IDisposable
{
    private const string Token = "gAAAAABmZjY2Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA==";

    private readonly ConductorWorld _world = new();

    public static TheoryData<string> Unfit => new()
    {
        "Stack refused. Traceback (most recent call last):\n  File \"/usr/lib/heat/engine.py\", line 12, in create\n    raise X\nX: boom",
        "Stack refused.\n   at Heat.Client.Send(Request request) in /src/Heat.cs:line 7\n   at Heat.Client.Run()",
        $"Stack refused: token {Token} is not valid",
        $"Stack refused: {{\"X-Auth-Token\": \"{Token}\", \"node_password\": \"s3cret\"}}",
        "Stack refused: Property admin_pass: password=s3cret, trustee_secret: 's3cret'",
        "Stack refused: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0aaaa.c2lnbmF0dXJl was sent",
        "Stack refused: -----BEGIN RSA PRIVATE KEY-----\nMIIEs3cret\n-----END RSA PRIVATE KEY----- was sent",
    };

    public void Dispose() => _world.Dispose();

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task ServiceSaysTooMuch_ReasonEventsAndLogDoNot(string words)
    {
        foreach (var failure in new Exception[]
        {
            new DriverRefusedException(words, nothingChanged: true),
            new CloudException("orchestration", CloudFault.Forbidden, words) { StatusCode = 403 },
        })
        {
            _world.Cloud.Trouble = call => call == "converge" ? failure : null;
            var (cluster, operation) = await _world.AddAsync();

            await _world.DriveAsync(operation);

            await AssertFitAsync(cluster, operation);
        }
    }

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task StackSaysTooMuch_ReasonEventsAndLogDoNot(string words)
    {
        var (cluster, operation) = await _world.AddAsync();
        await _world.Runner.RunAsync(operation, ConductorWorld.Ct);
        (_world.Cloud.Stacks[cluster].State, _world.Cloud.Stacks[cluster].Reason) = (ObservedState.Failed, words);

        await _world.DriveAsync(operation);

        await AssertFitAsync(cluster, operation);
    }

    [Theory]
    [InlineData("No valid host was found. There are not enough hosts available.")]
    [InlineData("Property password of node at (none) is required: see https://docs.test/at/place(1)")]
    [InlineData("Quota exceeded for instances: Requested 1, but already used 10 of 10 instances")]
    [InlineData("The token of the owner is no longer valid.")]
    [InlineData("The connection failed at host1.example.org (zone a): refused")]
    [InlineData("Secret storage at rest (Barbican) is not enabled")]
    public void OrdinaryWords_StayAsTheyAre(string words) => Assert.Equal(words, PublicText.Clean(words));

    [Fact]
    public async Task Failure_IsLoggedOnceWithRequestIdStepAndCause()
    {
        _world.Cloud.Trouble = call => call == "converge" ? new DriverRefusedException("Property flavor: m1.none does not exist.", nothingChanged: true) : null;
        var (_, operation) = await _world.AddAsync();

        await _world.DriveAsync(operation);

        var line = Assert.Single(_world.Log.Lines, l => l.Contains("m1.none", StringComparison.Ordinal));
        Assert.StartsWith("Warning ", line, StringComparison.Ordinal);
        Assert.Contains("Create failed in step infrastructure: Property flavor: m1.none does not exist. (req-1)", line, StringComparison.Ordinal);
        Assert.Contains(nameof(DriverRefusedException), line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailureOfTheStack_IsLoggedOnceToo()
    {
        var (cluster, operation) = await _world.AddAsync();
        await _world.Runner.RunAsync(operation, ConductorWorld.Ct);
        (_world.Cloud.Stacks[cluster].State, _world.Cloud.Stacks[cluster].Reason) = (ObservedState.Failed, "No valid host was found.");

        await _world.DriveAsync(operation);

        var line = Assert.Single(_world.Log.Lines, l => l.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Contains("Create failed in step provisioning: No valid host was found. (req-1)", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bug_IsLoggedAtEachTryWithItsTrace_AndTheReasonPointsToTheLog()
    {
        _world.Cloud.Trouble = call => call == "converge" ? new InvalidOperationException("what only a developer understands") : null;
        var (cluster, operation) = await _world.AddAsync();

        await _world.DriveAsync(operation);

        Assert.Equal(5, _world.Log.Lines.Count(l => l.Contains("what only a developer understands", StringComparison.Ordinal) && l.Contains("(req-1)", StringComparison.Ordinal)));
        Assert.DoesNotContain("developer", (await _world.ClusterAsync(cluster)).StatusReason, StringComparison.Ordinal);
    }

    private async Task AssertFitAsync(Guid cluster, Guid operation)
    {
        var row = await _world.ClusterAsync(cluster);
        var work = await _world.OperationAsync(operation);
        string?[] said =
        [
            row.StatusReason, work.Reason, .. work.Steps.Select(s => s.Message), .. row.NodeGroups.Select(g => g.StatusReason),
            .. (await _world.EventsAsync(cluster)).Select(e => e.Message), .. _world.Log.Lines.Select(l => l.Split("\n   at Magnum.")[0]),
        ];
        Assert.Equal(OperationState.Failed, work.State);
        Assert.Contains("Stack refused", row.StatusReason, StringComparison.Ordinal);
        foreach (var unfit in new[] { "Traceback", "heat/engine.py", "Heat.Client", Token, "s3cret", "eyJhbGci" })
        {
            Assert.DoesNotContain(said, text => text?.Contains(unfit, StringComparison.Ordinal) == true);
        }
    }
}
