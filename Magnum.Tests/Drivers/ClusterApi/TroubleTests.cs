using System.Text.Json.Nodes;
using Magnum.Core.Clusters;
using Magnum.Core.Diagnosis;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.OpenStack;
using Magnum.Tests.Support.ClusterApi;

namespace Magnum.Tests.Drivers.ClusterApi;

/// <summary>What the management cluster refuses, loses or cannot bring about.</summary>
public sealed class TroubleTests
{
    private const string NoQuota = "error creating Openstack instance: Quota exceeded for instances: Requested 1, but already used 10 of 10 instances";

    public static TheoryData<int, string, CloudFault, bool> Refusals => new()
    {
        { 409, "Operation cannot be fulfilled: the object has been modified", CloudFault.Conflict, false },
        { 403, "clusters.cluster.x-k8s.io is forbidden: User \"magnum\" cannot patch resource", CloudFault.Forbidden, false },
        { 403, "unable to create new content in namespace magnum-demo because it is being terminated", CloudFault.Conflict, false },
        { 403, "exceeded quota: few, requested: count/clusters=1", CloudFault.OverLimit, false },
        { 401, "Unauthorized", CloudFault.Forbidden, false },
        { 429, "too many requests", CloudFault.OverLimit, true },
        { 500, "failed calling webhook \"default.cluster.cluster.x-k8s.io\": connection refused", CloudFault.ServerError, true },
        { 503, "apiserver is shutting down", CloudFault.ServerError, true },
        { 0, "", CloudFault.Unreachable, true },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Refusals_AreTheCloudsTroubleInItsOwnWords(int status, string message, CloudFault fault, bool transient)
    {
        await using var world = await ClusterApiWorld.StartAsync();
        world.Management.Before = c => c.Method == "PATCH" && c.Path.Contains("/clusters/", StringComparison.Ordinal)
            ? status == 0 ? new ManagementFault(0) : ManagementFault.Refusal(status, "Reason", message)
            : null;

        var trouble = await Assert.ThrowsAsync<CloudException>(() => world.ConvergeAsync());

        Assert.Equal(("cluster-api", fault, transient), (trouble.Service, trouble.Fault, trouble.IsTransient));
        if (status is not (0 or 401))
        {
            Assert.Contains(message, trouble.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("secret-token", trouble.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1beta1")]
    [InlineData("v1beta2")]
    public async Task InvalidField_IsARefusalThatNamesIt_BeforeAnythingIsTouched(string version)
    {
        await using var world = await ClusterApiWorld.StartAsync(version);
        var before = world.Management.Names("secrets");
        world.Management.Before = c => c.Method == "PATCH" && c.Path.Contains("/clusters/", StringComparison.Ordinal)
            ? ManagementFault.Refusal(422, "Invalid", "Cluster is invalid", ("spec.topology.version", "Invalid value: \"v1\": must be a semantic version"))
            : null;

        var refusal = await Assert.ThrowsAsync<DriverRefusedException>(() => world.ConvergeAsync());

        Assert.True(refusal.NothingChanged);
        Assert.Contains("spec.topology.version: Invalid value", refusal.Message, StringComparison.Ordinal);
        Assert.True(world.Management.Calls[^1].IsRehearsal);
        Assert.Equal(before, world.Management.Names("secrets"));
    }

    [Fact]
    public async Task NoAnswerInTime_IsTrouble()
    {
        await using var world = await ClusterApiWorld.StartAsync(configure: o => o.CallTimeout = TimeSpan.FromMilliseconds(200));
        using var hold = new ManualResetEventSlim();
        world.Management.Before = c =>
        {
            hold.Wait(TimeSpan.FromSeconds(5), CancellationToken.None);
            return null;
        };

        var trouble = await Assert.ThrowsAsync<CloudException>(() => world.ObserveAsync());

        hold.Set();
        Assert.Equal((CloudFault.Unreachable, true), (trouble.Fault, trouble.IsTransient));
    }

    [Fact]
    public async Task AnotherWhoChangesTheClusterMeanwhile_IsNotOverrun()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        await world.CreatedAsync();
        world.Cluster.DefaultWorker.NodeCount = 5;
        var once = false;
        world.Management.Before = c =>
        {
            if (c.IsRehearsal && !once)
            {
                once = true;
                world.Management.Change("clusters", ClusterApiWorld.Name, o => o["spec"]!["paused"] = true);
            }

            return null;
        };

        var trouble = await Assert.ThrowsAsync<CloudException>(() => world.ConvergeAsync());
        world.Operation--;
        await world.ConvergeAsync();

        Assert.Equal(CloudFault.Conflict, trouble.Fault);
        Assert.Equal((5, true), ((int?)world.Piece("default-worker")["replicas"], (bool?)world.Management.Find("clusters", ClusterApiWorld.Name)!["spec"]!["paused"]));
    }

    [Fact]
    public async Task KilledAtEachCall_TheNextOneFinishesAndNothingIsThereTwice()
    {
        await using var world = await ClusterApiWorld.StartAsync(adopt: false);
        await CutAsync(world, () => world.Driver.AdoptAsync(world.Cluster, null, world.Owner, ClusterApiWorld.Ct));
        Assert.Equal(["demo"], world.Credentials());
        world.Operation++;
        await CutAsync(world, () => world.Driver.ConvergeAsync(world.Request, ClusterApiWorld.Ct));
        Assert.Equal([ClusterApiWorld.Name], world.Management.Names("clusters"));
        Assert.Equal(6, world.Management.Names("secrets").Count);
        Assert.Equal(ObservedState.Ready, (await world.SettleAsync()).State);

        world.Operation++;
        var leaving = (await world.ObserveAsync()).NodeGroups[1].Nodes[0].ServerId!;
        world.Cluster.DefaultWorker.NodeCount = 1;
        await CutAsync(world, () => world.Driver.ConvergeAsync(world.Request with { NodesToRemove = [leaving] }, ClusterApiWorld.Ct));
        Assert.DoesNotContain((await world.SettleAsync()).NodeGroups[1].Nodes, n => n.ServerId == leaving);

        world.Cluster.Status = ClusterStatus.DeleteInProgress;
        await CutAsync(world, () => world.Driver.DeleteAsync(world.Request, ClusterApiWorld.Ct));
        await world.SettleAsync();
        await CutAsync(world, () => world.Driver.DeleteAsync(world.Request, ClusterApiWorld.Ct));
        Assert.Equal(ObservedState.Absent, (await world.ObserveAsync()).State);
        Assert.Empty(world.Credentials());
        Assert.Empty(world.Management.Names("secrets"));
    }

    [Theory]
    [InlineData("v1beta1")]
    [InlineData("v1beta2")]
    public async Task ServerThatCannotBeMade_IsToldAtOnceAndFailsWhenItLasts(string version)
    {
        await using var world = await ClusterApiWorld.StartAsync(version);
        await world.ConvergeAsync();
        world.Controllers.Trouble = group => group == "default-worker" ? NoQuota : null;
        var first = await world.SettleAsync();
        world.Time.Advance(TimeSpan.FromMinutes(11));
        var later = await world.SettleAsync();

        Assert.Equal(ObservedState.InProgress, first.State);
        Assert.Equal(
            $"The server of machine {ClusterApiWorld.Name}-default-worker-x1-0002 could not be made: {NoQuota}. (1 more in error.)", first.Reason);
        Assert.Contains(first.Events, e => e.Level == EventLevel.Error && e.Message.Contains(NoQuota, StringComparison.Ordinal));
        Assert.True(first.Stages.Single(s => s.Name == "workers").Failed);
        Assert.Equal((ObservedState.Failed, first.Reason), (later.State, later.Reason));
        Assert.Equal([ObservedState.Ready, ObservedState.Failed], later.NodeGroups.Select(g => g.State));
        Assert.Equal("quota-instances", FailureCatalogue.Match(later.Reason)?.Code);

        // Asked for once more, it gets its time once more; and what Cluster API brings about by itself is taken.
        await world.ConvergeAsync();
        Assert.Equal(ObservedState.InProgress, (await world.SettleAsync()).State);
        world.Controllers.Trouble = _ => null;
        Assert.Equal(ObservedState.Ready, (await world.SettleAsync()).State);
    }

    [Fact]
    public async Task FailureOfAnAddedGroup_IsItsOwn()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        await world.CreatedAsync();
        var group = await world.AddedAsync("gpu", 1);
        group.NodeCount = 2;
        await world.ConvergeAsync(r => r with { NodeGroup = group });
        world.Controllers.Trouble = name => name == "gpu" ? NoQuota : null;

        var own = await world.SettleAsync(group);
        var cluster = await world.ObserveAsync();

        Assert.Equal((ObservedState.InProgress, true), (own.State, own.Reason?.Contains(NoQuota, StringComparison.Ordinal)));
        Assert.Equal((ObservedState.Ready, null), (cluster.State, cluster.Reason));
    }

    [Fact]
    public async Task ControllerThatGivesUp_FailsTheClusterAtOnce()
    {
        await using var world = await ClusterApiWorld.StartAsync("v1beta1");
        await world.ConvergeAsync();
        world.Controllers.Finish = false;
        await world.SettleAsync();
        world.Management.Change("openstackclusters", $"{ClusterApiWorld.Name}-x1", o =>
        {
            o["status"]!["failureReason"] = "CreateError";
            o["status"]!["failureMessage"] = "failed to reconcile network: No more IP addresses available on network public";
        });

        var seen = await world.ObserveAsync();

        Assert.Equal(
            (ObservedState.Failed, "The cluster's network or load balancer could not be made: failed to reconcile network: No more IP addresses available on network public."),
            (seen.State, seen.Reason));
    }

    [Fact]
    public async Task ObjectsWithoutAnyStatus_AreNotReadyYet()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        await world.ConvergeAsync();
        await world.Controllers.RunAsync(ClusterApiWorld.Ct);
        foreach (var (plural, name) in new[] { ("clusters", ClusterApiWorld.Name), ("kubeadmcontrolplanes", $"{ClusterApiWorld.Name}-cp") })
        {
            world.Management.Change(plural, name, o => o["status"] = new JsonObject { ["conditions"] = "none" });
        }

        var seen = await world.ObserveAsync();

        Assert.Equal((ObservedState.InProgress, null), (seen.State, seen.Reason));
    }

    [Fact]
    public async Task TopologyThatCannotBeHandedOn_IsTold()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        await world.ConvergeAsync();
        await world.Controllers.RunAsync(ClusterApiWorld.Ct);
        world.Management.Change("clusters", ClusterApiWorld.Name, o => o["status"]!["conditions"] = new JsonArray(new JsonObject
        {
            ["type"] = "TopologyReconciled",
            ["status"] = "False",
            ["reason"] = "ReconcileFailed",
            ["message"] = "error reconciling the Cluster topology: variable is not defined",
        }));

        Assert.Equal("Cluster API is in error: error reconciling the Cluster topology: variable is not defined.", (await world.ObserveAsync()).Reason);
    }

    [Theory]
    [InlineData("nothing", "no Cluster API")]
    [InlineData("old", "v1alpha4")]
    [InlineData("no provider", "no infrastructure provider")]
    public async Task ManagementClusterWithoutWhatIsNeeded_IsTold(string what, string why)
    {
        await using var world = await ClusterApiWorld.StartAsync(adopt: false);
        switch (what)
        {
            case "nothing":
                world.Management.Groups.Clear();
                break;
            case "old":
                world.Management.Groups["cluster.x-k8s.io"] = ["v1alpha4"];
                break;
            default:
                world.Management.Groups.Remove("infrastructure.cluster.x-k8s.io");
                break;
        }

        var trouble = await Assert.ThrowsAsync<CloudException>(() => world.ConvergeAsync());

        Assert.Equal(CloudFault.NoEndpoint, trouble.Fault);
        Assert.Contains(why, trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClusterApiThatIsUpgradedMeanwhile_IsSpokenToInItsNewContract()
    {
        await using var world = await ClusterApiWorld.StartAsync("v1beta1");
        await world.CreatedAsync();
        world.Management.Groups["cluster.x-k8s.io"] = ["v1beta2"];

        await Assert.ThrowsAsync<CloudException>(() => world.ObserveAsync());
        var contract = await world.Server.ContractAsync(ClusterApiWorld.Ct);

        Assert.Equal("v1beta2", contract.Format.Name);
    }

    [Fact]
    public async Task ClassWithoutWhatIsAskedFor_IsARefusal()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        world.Management.Remove("clusterclasses", "magnum-openstack");
        Assert.Contains("no cluster class magnum-openstack", (await Assert.ThrowsAsync<DriverRefusedException>(() => world.ConvergeAsync())).Message, StringComparison.Ordinal);

        world.Management.Put("cluster.x-k8s.io", "clusterclasses", "magnum-system", ClusterApiWorld.Class("enableEtcdVolume", "operatingSystem"));
        world.Cluster.Labels["etcd_volume_size"] = "5";
        Assert.Contains("no variable enableEtcdVolume", (await Assert.ThrowsAsync<DriverRefusedException>(() => world.ConvergeAsync())).Message, StringComparison.Ordinal);

        // What only says what holds anyway is left out.
        world.Cluster.Labels.Remove("etcd_volume_size");
        await world.ConvergeAsync();
        Assert.Null(world.Variable("operatingSystem"));
    }

    /// <summary>Carries an action out with its connection cut right before and right after each call that changes something, then as it is.</summary>
    private static async Task CutAsync(ClusterApiWorld world, Func<Task> action)
    {
        for (var moment = 1; ; moment++)
        {
            Assert.True(moment < 60);
            var passed = 0;
            var cut = false;
            ManagementFault? Pass(ManagementCall call)
            {
                if (!call.Changes || ++passed != moment)
                {
                    return null;
                }

                cut = true;
                return new ManagementFault(0);
            }

            (world.Management.Before, world.Management.After) = (Pass, Pass);
            try
            {
                await action();
            }
            catch (CloudException) when (cut)
            {
                // as it was meant to
            }

            (world.Management.Before, world.Management.After) = (null, null);
            if (!cut)
            {
                return;
            }
        }
    }
}
