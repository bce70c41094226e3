using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;
using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Tests.Drivers.EmbeddedCloud;

public sealed class StackLifeTests : IDisposable
{
    private readonly CloudBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Cluster_TakesAMinuteAndHasRealEffects()
    {
        var stack = _bench.Create(Templates.Cluster, Templates.WithNode(("count", 2)));

        var took = _bench.Settle(stack);

        Assert.Equal("CREATE_COMPLETE", stack.State);
        Assert.InRange(took.TotalSeconds, 30, 60);
        Assert.Equal(3, _bench.Cloud.State.Compute.Servers.Count);
        Assert.All(_bench.Cloud.State.Compute.Servers.Values, s => Assert.Equal("ACTIVE", s.Status));
        Assert.Equal(["10.0.0.3", "10.0.0.4"], _bench.Output(stack, "nodes")!.AsArray().Select(n => (string?)n));
        Assert.StartsWith("172.24.", (string?)_bench.Output(stack, "api"), StringComparison.Ordinal);
        Assert.Equal(3, _bench.Cloud.Compute.Used(CloudBench.Project, "instances"));
    }

    [Fact]
    public void Resources_WaitForWhatTheyNeed_AndOnlyForThat()
    {
        var stack = _bench.Made(Templates.Cluster, Templates.WithNode());
        DateTimeOffset At(string resource, string status) => stack.Events.Single(e => e.ResourceName == resource && $"{e.Action}_{e.Status}" == status).Time;

        Assert.True(At("subnet", "CREATE_IN_PROGRESS") >= At("net", "CREATE_COMPLETE"));
        Assert.True(At("port", "CREATE_IN_PROGRESS") >= At("subnet", "CREATE_COMPLETE"));
        Assert.True(At("address", "CREATE_IN_PROGRESS") >= At("interface", "CREATE_COMPLETE"));
        Assert.True(At("workers", "CREATE_IN_PROGRESS") >= At("ready", "CREATE_COMPLETE"));
        Assert.True(At("router", "CREATE_IN_PROGRESS") < At("net", "CREATE_COMPLETE"));
        Assert.Equal("blue", stack.Events[0].ResourceName);
        Assert.Equal("Stack CREATE completed successfully", stack.Events[^1].Reason);
    }

    [Fact]
    public void Deletion_GoesBackwardsAndLeavesNothing()
    {
        var networks = _bench.Cloud.State.Network.Networks.Count;
        var ports = _bench.Cloud.State.Network.Ports.Count;
        var users = _bench.Cloud.State.Identity.Users.Count;
        var stack = _bench.Made(Templates.Cluster, Templates.WithNode());

        _bench.Cloud.Heat.Delete(stack);
        _bench.Settle(stack);

        Assert.Equal("DELETE_COMPLETE", stack.State);
        Assert.Empty(_bench.Cloud.State.Compute.Servers);
        Assert.Equal(networks, _bench.Cloud.State.Network.Networks.Count);
        Assert.Equal(ports, _bench.Cloud.State.Network.Ports.Count);
        Assert.Equal(users, _bench.Cloud.State.Identity.Users.Count);
        Assert.Empty(_bench.Cloud.State.Network.FloatingIps);
        Assert.DoesNotContain(_bench.Cloud.State.Stacks.Values, s => s.ParentId is not null);
    }

    [Fact]
    public void DeletionDuringCreation_LeavesNothing()
    {
        var ports = _bench.Cloud.State.Network.Ports.Count;
        for (var seconds = 1; seconds < 45; seconds += 4)
        {
            var stack = _bench.Create(Templates.Cluster, Templates.WithNode());
            _bench.Pass(TimeSpan.FromSeconds(seconds));

            _bench.Cloud.Heat.Delete(stack);
            _bench.Settle(stack);

            Assert.Equal("DELETE_COMPLETE", stack.State);
            Assert.Empty(_bench.Cloud.State.Compute.Servers);
            Assert.Equal(ports, _bench.Cloud.State.Network.Ports.Count);
        }
    }

    [Fact]
    public void Deletion_BlockedBySomebodysPort_FailsAndWorksOnceThatIsGone()
    {
        var stack = _bench.Made(Templates.Cluster, Templates.WithNode());
        var net = stack.Live("net")!.PhysicalId;
        var port = _bench.Cloud.Network.AddPort(new() { Id = "foreign", ProjectId = CloudBench.Project, NetworkId = net, MacAddress = "fa:16:3e:00:00:01" }, []);

        _bench.Cloud.Heat.Delete(stack);
        _bench.Settle(stack);

        Assert.Equal("DELETE_FAILED", stack.State);
        Assert.Contains("One or more ports have an IP allocation from this subnet", stack.Reason, StringComparison.Ordinal);

        _bench.Cloud.Network.RemovePort(port.Id);
        _bench.Cloud.Heat.Delete(stack);
        _bench.Settle(stack);
        Assert.Equal("DELETE_COMPLETE", stack.State);
    }

    [Fact]
    public void SecondStackOfAName_IsAConflict()
    {
        _bench.Create("heat_template_version: 2021-04-16");

        var refusal = Assert.Throws<ApiFault>(() => _bench.Create("heat_template_version: 2021-04-16"));

        Assert.Equal((409, "StackExists", "The Stack (blue) already exists."), (refusal.Status, refusal.Kind, refusal.Message));
    }

    [Fact]
    public void Timeout_EndsAStackThatHangs()
    {
        var more = Templates.WithNode();
        more["timeout_mins"] = 5;
        more["tags"] = "scenario:hang";
        var stack = _bench.Create(Templates.Cluster, more);

        var took = _bench.Settle(stack);

        Assert.Equal("CREATE_FAILED", stack.State);
        Assert.Equal("Create timed out", stack.Reason);
        Assert.InRange(took.TotalMinutes, 4.9, 5.2);
    }

    [Fact]
    public void WaitCondition_NobodySignals_TimesOutByItself()
    {
        _bench.NodesReport = false;
        var stack = _bench.Create(Templates.Cluster.Replace("timeout: 3600", "timeout: 120", StringComparison.Ordinal), Templates.WithNode());

        _bench.Settle(stack);

        Assert.Equal("Resource CREATE failed: WaitConditionTimeout: resources.ready: 0 of 1 received", stack.Reason);
    }

    [Fact]
    public void FailedCreation_WithRollback_RemovesEverything()
    {
        var more = Templates.WithNode();
        more["tags"] = "scenario:no-valid-host";
        more["disable_rollback"] = false;
        var stack = _bench.Create(Templates.Cluster, more);

        _bench.Settle(stack);

        Assert.Equal("ROLLBACK_COMPLETE", stack.State);
        Assert.Empty(_bench.Cloud.State.Compute.Servers);
        Assert.Empty(stack.Resources);
        Assert.Contains(stack.Events, e => e.Reason.Contains("No valid host was found", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StateFile_TakesTheStackOnWhereAKilledProcessLeftIt()
    {
        var file = Path.Combine(Path.GetTempPath(), $"cloud-{Guid.NewGuid():N}.json");
        try
        {
            for (var seconds = 2; seconds < 50; seconds += 6)
            {
                File.Delete(file);
                using var before = new CloudBench(file);
                var stack = before.Create(Templates.Cluster, Templates.WithNode());
                before.Pass(TimeSpan.FromSeconds(seconds));
                before.Cloud.Touch();
                await before.Cloud.SaveAsync(TestContext.Current.CancellationToken);

                using var after = new CloudBench(file, before.Time);
                var again = after.Cloud.State.Stacks[stack.Id];
                after.Settle(again);

                Assert.Equal("CREATE_COMPLETE", again.State);
                Assert.Equal(2, after.Cloud.State.Compute.Servers.Count);
                Assert.NotNull(after.Output(again, "api"));
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Speed_ChangedInTheMiddle_AppliesToWhatIsUnderWay()
    {
        var stack = _bench.Create(Templates.Cluster, Templates.WithNode());
        _bench.Pass(TimeSpan.FromSeconds(6));

        _bench.Cloud.SetSpeed(50);
        _bench.Pass(TimeSpan.FromSeconds(1.5));

        Assert.Equal("CREATE_COMPLETE", stack.State);
    }

    [Fact]
    public void Failure_DeepInAGroup_SaysWhereItWas()
    {
        var stack = _bench.Made(Templates.Cluster, Templates.WithNode());
        stack.Scenario = "no-valid-host";
        _bench.Update(stack, new JsonObject { ["parameters"] = new JsonObject { ["count"] = 2 } });

        _bench.Settle(stack);

        Assert.Equal("UPDATE_FAILED", stack.State);
        Assert.Equal(
            "Resource UPDATE failed: ResourceInError: resources.workers.resources.1.resources.server: Went to status ERROR due to \"Message: No valid host was found. There are not enough hosts available., Code: 500\"",
            stack.Reason);
        Assert.Contains(_bench.Cloud.Heat.Family(stack), s => s is StackRow { Name: var name } && name.Contains("workers", StringComparison.Ordinal));
    }
}
