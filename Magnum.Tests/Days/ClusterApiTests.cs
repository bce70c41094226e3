using Magnum.Core.Clusters;
using Magnum.Core.Credentials;
using Magnum.Core.Operations;
using Magnum.Core.Reconciliation;
using Magnum.Tests.Support.ClusterApi;
using Magnum.Tests.Support.Days;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Days;

/// <summary>A cluster by Cluster API through the whole of Magnum: requests, conductor, database, the embedded cloud's Keystone and a played management cluster.</summary>
public sealed class ClusterApiTests
{
    [Fact]
    public async Task Cluster_FromTheRequestToItsEnd()
    {
        await using var world = await CloudWorld.StartAsync(managed: true);
        using var controllers = new PlayedControllers(world.Management!.Kubeconfig, world.Time, "v1beta2");
        var (cluster, create) = await world.CreateAsync(r => r with { ClusterTemplateId = "capi", NodeCount = 2, MasterLbEnabled = true });
        Assert.Contains(world.Management.Names("secrets"), n => n.EndsWith("-cloud-config", StringComparison.Ordinal));

        Assert.Equal(OperationState.Succeeded, (await DriveAsync(create)).State);
        var made = await world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.CreateComplete, "https://192.0.2.10:6443", "v1.31.1", 2), (made.Status, made.ApiAddress, made.CoeVersion, made.DefaultWorker.NodeAddresses.Count));

        var resize = await world.ResizeAsync(cluster, 3);
        Assert.Equal(OperationState.Succeeded, (await DriveAsync(resize)).State);
        Assert.Equal((ClusterStatus.UpdateComplete, 3), (await world.ClusterAsync(cluster) is var now ? (now.Status, now.DefaultWorker.Nodes.Count) : default));

        using (var scope = world.First.CreateScope())
        {
            var before = world.Management.Find("secrets", $"{made.StackId}-cloud-config")!["data"]!.ToJsonString();
            Assert.Null((await scope.ServiceProvider.GetRequiredService<CredentialService>().RotateAsync(await world.SignInAsync(), cluster.ToString(), CloudWorld.Ct)).Error);
            Assert.NotEqual(before, world.Management.Find("secrets", $"{made.StackId}-cloud-config")!["data"]!.ToJsonString());
        }

        var delete = await world.DeleteAsync(cluster);
        var ended = await DriveAsync(delete);
        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Equal(0, ended.Attempt);
        await world.AssertNothingLeftAsync(cluster);
        Assert.Empty(world.Management.Names("secrets"));
        Assert.Empty(world.Management.Names("clusters"));
        lock (world.Cloud.Cloud.Gate)
        {
            Assert.Empty(world.Cloud.Cloud.State.Identity.ApplicationCredentials);
        }

        Task<Operation> DriveAsync(Guid operation) => world.DriveAsync(operation, meanwhile: _ => controllers.RunAsync(CloudWorld.Ct));
    }

    [Fact]
    public async Task QuotaThatIsUsedUp_IsToldWhileItLastsAndWhenTheClusterFails()
    {
        await using var world = await CloudWorld.StartAsync(managed: true);
        using var controllers = new PlayedControllers(world.Management!.Kubeconfig, world.Time, "v1beta2")
        {
            Trouble = group => group == "master" ? "error creating Openstack instance: Quota exceeded for instances: Requested 1, but already used 10 of 10 instances" : null,
        };
        var (cluster, create) = await world.CreateAsync(r => r with { ClusterTemplateId = "capi", MasterLbEnabled = true });
        string? waited = null;

        var ended = await world.DriveAsync(create, meanwhile: async row =>
        {
            await controllers.RunAsync(CloudWorld.Ct);
            await world.First.GetRequiredService<ProgressReconciler>().RunOnceAsync(CloudWorld.Ct);
            waited = row.Reason ?? waited;
        });

        Assert.Contains("Quota exceeded for instances", waited, StringComparison.Ordinal);
        Assert.Equal(OperationState.Failed, ended.State);
        var row = await world.ClusterAsync(cluster);
        Assert.Equal(ClusterStatus.CreateFailed, row.Status);
        Assert.StartsWith($"The server of machine {row.StackId}-cp-0001 could not be made: error creating Openstack instance: Quota exceeded", row.StatusReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManagementClusterThatIsDown_KeepsNothingHalfRecorded()
    {
        await using var world = await CloudWorld.StartAsync(managed: true);
        world.Management!.Before = _ => new ManagementFault(0);

        var refused = await world.AskAsync((clusters, caller) => clusters.CreateAsync(
            caller, new NewCluster { Name = "blue", ClusterTemplateId = "capi", MasterLbEnabled = true }, CloudWorld.Ct));

        Assert.Equal("The cloud's management cluster (Cluster API) does not answer. Try again in a moment.", refused.Error?.Detail);
        lock (world.Cloud.Cloud.Gate)
        {
            Assert.Empty(world.Cloud.Cloud.State.Identity.Trusts);
            Assert.Empty(world.Cloud.Cloud.State.Identity.ApplicationCredentials);
        }
    }
}
