using Magnum.Core.Clusters;
using Magnum.Core.Credentials;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Reconciliation;
using Magnum.Tests.Support.Conductor;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Core.Reconciliation;

public sealed class CreateTests : IDisposable
{
    private readonly ConductorWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Create_AllGoesWell_ClusterIsCompleteWithAddressesAndNoLivingSecret()
    {
        var (cluster, operation) = await _world.AddAsync();

        var ended = await _world.DriveAsync(operation);

        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Equal(100, ended.Progress);
        Assert.All(ended.Steps, s => Assert.Equal(StepState.Succeeded, s.State));
        Assert.Null(ended.NodeSecret);
        var row = await _world.ClusterAsync(cluster);
        Assert.Equal(ClusterStatus.CreateComplete, row.Status);
        Assert.Null(row.StatusReason);
        Assert.Null(row.Progress);
        Assert.Equal("stack-1", row.StackId);
        Assert.Equal("https://203.0.113.5:6443", row.ApiAddress);
        Assert.Equal("v1.31.1", row.CoeVersion);
        Assert.All(row.NodeGroups, g => Assert.Equal(ClusterStatus.CreateComplete, g.Status));
        Assert.Equal(["203.0.113.0", "203.0.113.1"], row.DefaultWorker.NodeAddresses);
        var trustee = Assert.Single(_world.Cloud.Trustees).Value;
        Assert.False(trustee.Enabled);
        Assert.Equal(trustee.Password, _world.Cloud.Stacks[cluster].Password);
        await using var db = _world.Database.CreateDbContext();
        Assert.Equal(5, await db.Certificates.CountAsync(c => c.ClusterUuid == cluster, Ct));
    }

    [Fact]
    public async Task Create_AllGoesWell_TellsItsHistoryInOrderAndOnce()
    {
        var (cluster, operation) = await _world.AddAsync();

        await _world.DriveAsync(operation);

        var events = await _world.EventsAsync(cluster);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(e => e.Sequence));
        Assert.Equal("operation.started", events[0].Kind);
        Assert.Equal("operation.succeeded", events[^1].Kind);
        Assert.Equal(["Stack is InProgress.", "Stack is Ready."], events.Where(e => e.Kind == "resource").Select(e => e.Message));
        Assert.Equal((await _world.ClusterAsync(cluster)).EventSequence, events.Count);
    }

    [Fact]
    public async Task Create_WhileTheBackEndWorks_WaitsWithoutLeaseAndShowsItsProgress()
    {
        _world.Cloud.LooksInProgress = 100;
        var (cluster, operation) = await _world.AddAsync();

        await _world.Runner.RunAsync(operation, Ct);

        var row = await _world.OperationAsync(operation);
        Assert.Equal(OperationState.Waiting, row.State);
        Assert.Equal(OperationSteps.Provisioning, row.Step);
        Assert.Null(row.LeaseOwner);
        Assert.Equal("the cloud works on the cluster's resources: control-plane 0/1", row.Reason);
        Assert.Equal(13 + (85 / 2), row.Progress);
        Assert.Equal(row.Progress, (await _world.ClusterAsync(cluster)).Progress);
    }

    [Fact]
    public async Task Create_BackEndFails_GroupsAndClusterFailWithItsWordsAndTheNodesUserIsDisabled()
    {
        var (cluster, operation) = await _world.AddAsync();
        await _world.Runner.RunAsync(operation, Ct);
        var stack = _world.Cloud.Stacks[cluster];
        (stack.State, stack.Reason) = (ObservedState.Failed, "Resource workers: No valid host was found.");

        var ended = await _world.DriveAsync(operation);

        Assert.Equal(OperationState.Failed, ended.State);
        var row = await _world.ClusterAsync(cluster);
        Assert.Equal(ClusterStatus.CreateFailed, row.Status);
        Assert.Equal("Resource workers: No valid host was found.", row.StatusReason);
        Assert.All(row.NodeGroups, g => Assert.Equal(ClusterStatus.CreateFailed, g.Status));
        Assert.False(Assert.Single(_world.Cloud.Trustees).Value.Enabled);
    }

    [Fact]
    public async Task Create_StackDeletedBehindOurBack_FailsAndNamesIt()
    {
        var (cluster, operation) = await _world.AddAsync();
        await _world.Runner.RunAsync(operation, Ct);
        _world.Cloud.Stacks.Clear();

        await _world.DriveAsync(operation);

        var row = await _world.ClusterAsync(cluster);
        Assert.Equal(ClusterStatus.CreateFailed, row.Status);
        Assert.Equal("Stack with id stack-1 not found: somebody deleted it outside Magnum.", row.StatusReason);
    }

    [Fact]
    public async Task Create_BackEndHangsPastItsTimeout_FailsNamingTheStepAndWhatItWaitedFor()
    {
        _world.Cloud.LooksInProgress = int.MaxValue;
        var (cluster, operation) = await _world.AddAsync();

        var ended = await _world.DriveAsync(operation);

        Assert.Equal(OperationState.Failed, ended.State);
        var row = await _world.ClusterAsync(cluster);
        Assert.Equal(ClusterStatus.CreateFailed, row.Status);
        Assert.Equal(
            "Creating the cluster was given up after 65 min in step 'provisioning'. It waited for: the cloud works on the cluster's resources: "
            + "control-plane 0/1. The back end may go on by itself until the cluster is deleted.",
            row.StatusReason);
        Assert.Equal(TimeSpan.FromMinutes(65), ended.FinishedAt - ended.CreatedAt);
    }

    [Fact]
    public async Task Create_ConductorWasDownPastTheDeadlineButTheStackIsDone_Completes()
    {
        var (cluster, operation) = await _world.AddAsync();
        await _world.Runner.RunAsync(operation, Ct);
        _world.Cloud.Stacks[cluster].State = ObservedState.Ready;
        _world.Time.Advance(TimeSpan.FromHours(5));

        await _world.DriveAsync(operation);

        Assert.Equal(ClusterStatus.CreateComplete, (await _world.ClusterAsync(cluster)).Status);
    }

    [Fact]
    public async Task Create_WithoutTimeout_HasNoDeadline()
    {
        var (_, operation) = await _world.AddAsync(change: c => c.CreateTimeout = 0);

        Assert.Null((await _world.OperationAsync(operation)).Deadline);
    }

    [Fact]
    public async Task Create_TemplateRefused_FailsWithTheBackEndsWords()
    {
        _world.Cloud.Trouble = call => call == "converge" ? new DriverRefusedException("Property flavor: m1.none does not exist.", nothingChanged: true) : null;
        var (cluster, operation) = await _world.AddAsync();

        await _world.DriveAsync(operation);

        var row = await _world.ClusterAsync(cluster);
        Assert.Equal(ClusterStatus.CreateFailed, row.Status);
        Assert.Equal("Property flavor: m1.none does not exist.", row.StatusReason);
    }

    [Fact]
    public async Task Create_TrustNoLongerValid_FailsAndSaysThatTheCredentialHasToBeRotated()
    {
        var (cluster, operation) = await _world.AddAsync();
        _world.Cloud.Trusts.Clear();

        await _world.DriveAsync(operation);

        var row = await _world.ClusterAsync(cluster);
        Assert.Equal(ClusterStatus.CreateFailed, row.Status);
        Assert.Contains("Rotate the cluster's credential", row.StatusReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_CredentialRotatedInTheMiddleOfAStep_GoesOnWithTheNewOne()
    {
        var (cluster, operation) = await _world.AddAsync();
        var rotated = false;
        _world.Cloud.During = async call =>
        {
            if (call == "converge" && !rotated)
            {
                rotated = true;
                await _world.ChangeAsync(async db => (await db.Clusters.SingleAsync(c => c.Uuid == cluster, Ct)).TrustId = ((ISecretProtector)_world).Protect("trust-2"));
                _world.Cloud.Trusts.Clear();
                _world.Cloud.Trusts.Add("trust-2");
            }
        };

        var ended = await _world.DriveAsync(operation);

        Assert.Equal((true, OperationState.Succeeded), (rotated, ended.State));
        Assert.Equal((ClusterStatus.CreateComplete, 1), ((await _world.ClusterAsync(cluster)).Status, _world.Cloud.Created));
    }

    [Fact]
    public async Task Create_QuotaOfTheCloudReached_FailsAtOnce()
    {
        _world.Cloud.Trouble = call => call == "converge"
            ? new CloudException("orchestration", CloudFault.OverLimit, "You have reached the maximum stacks per project.") { StatusCode = 403 }
            : null;
        var (cluster, operation) = await _world.AddAsync();

        await _world.DriveAsync(operation);

        Assert.Equal(
            "Heat says that a limit is reached (You have reached the maximum stacks per project).", (await _world.ClusterAsync(cluster)).StatusReason);
    }

    [Fact]
    public async Task Create_ABugInAStep_IsTriedAFewTimesThenFailsWithAReason()
    {
        _world.Cloud.Trouble = call => call == "converge" ? new InvalidOperationException("a secret detail") : null;
        var (cluster, operation) = await _world.AddAsync();

        var ended = await _world.DriveAsync(operation);

        Assert.Equal(OperationState.Failed, ended.State);
        Assert.Equal(5, _world.Cloud.Calls.Count(c => c == "converge"));
        var reason = (await _world.ClusterAsync(cluster)).StatusReason;
        Assert.StartsWith("Magnum met an unexpected problem in step 'infrastructure' (InvalidOperationException), 5 times", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("secret detail", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trustee", "Keystone")]
    [InlineData("converge", "Heat")]
    [InlineData("observe", "Heat")]
    [InlineData("trustee-enabled", "Keystone")]
    public async Task Create_CloudDownForAMinuteAtAStep_SaysSoTriesAgainAndCompletes(string call, string service)
    {
        var (cluster, operation) = await _world.AddAsync();
        var down = default(DateTimeOffset?);
        _world.Cloud.Trouble = c => c == call && _world.Time.GetUtcNow() < (down ??= _world.Time.GetUtcNow().AddMinutes(1))
            ? new CloudException(service == "Heat" ? "orchestration" : "identity", CloudFault.Unreachable, "Connection refused.")
            : null;

        do
        {
            _world.Advance(await _world.OperationAsync(operation));
            await _world.Runner.RunAsync(operation, Ct);
        }
        while ((await _world.OperationAsync(operation)) is { IsActive: true, Attempt: < 2 });

        Assert.Matches($@"^{service} does not answer \(Connection refused\); trying again in \d+ s$", (await _world.OperationAsync(operation)).Reason);
        Assert.StartsWith($"{service} does not answer", (await _world.ClusterAsync(cluster)).StatusReason, StringComparison.Ordinal);
        var ended = await _world.DriveAsync(operation);
        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Equal(0, ended.Attempt);
        Assert.Null((await _world.ClusterAsync(cluster)).StatusReason);
        Assert.Equal(1, _world.Cloud.Created);
    }

    [Fact]
    public async Task Create_RunTwiceAtOnce_OnlyOneWorks()
    {
        var second = _world.StartConductor(host: "other");
        var (_, operation) = await _world.AddAsync();
        var meanwhile = default(RunOutcome?);
        _world.Cloud.During = async call =>
        {
            if (call == "converge" && meanwhile is null)
            {
                meanwhile = await second.GetRequiredService<OperationRunner>().RunAsync(operation, Ct);
            }
        };

        await _world.DriveAsync(operation);

        Assert.Equal(RunResult.NotTaken, meanwhile!.Value.Result);
        Assert.Equal(1, _world.Cloud.Created);
    }
}
