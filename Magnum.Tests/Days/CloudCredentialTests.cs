using Magnum.Core.Clusters;
using Magnum.Core.Credentials;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Policies;
using Magnum.Drivers.EmbeddedCloud;
using Magnum.Drivers.EmbeddedCloud.Keystone;
using Magnum.Drivers.Heat.Kubernetes.Addons;
using Magnum.Tests.Support.Days;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Days;

/// <summary>The credential for the cloud in a cluster, from its making to its end, with Keystone's own rules.</summary>
public sealed class CloudCredentialTests : IAsyncLifetime
{
    private CloudWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await CloudWorld.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task ACluster_HasOneOfItsOwners_AndTakesItWithIt()
    {
        var cluster = await _world.CreatedAsync();

        var made = Assert.Single(Credentials());
        Assert.Matches($"^magnum-{cluster}-[0-9A-Fa-f]{{8}}$", made.Name);
        Assert.False(made.Unrestricted);
        var kept = await KeptAsync(cluster);
        Assert.Equal((made.Id, made.UserId, null), (kept.Id, kept.UserId, kept.FormerUserId));
        var signedIn = await _world.First.GetRequiredService<IIdentity>().SignInAsync(new SignIn.ApplicationCredential(kept.Id, kept.Secret, null, null), CloudWorld.Ct);
        Assert.True(signedIn.IsRestricted);
        Assert.Equal((await _world.ClusterAsync(cluster)).ProjectId, signedIn.ProjectId);
        Assert.Contains("member", signedIn.Roles);
        Assert.DoesNotContain("admin", signedIn.Roles);
        Assert.DoesNotContain(_world.Log.Lines, l => l.Contains(kept.Secret, StringComparison.Ordinal));

        Assert.Equal(OperationState.Succeeded, (await _world.DriveAsync(await _world.DeleteAsync(cluster))).State);

        await _world.AssertNothingLeftAsync(cluster);
        Assert.Empty(Credentials());
    }

    [Fact]
    public async Task WhatTheClusterMadeForItsServices_GoesBeforeIt_AndNothingElse()
    {
        var cluster = await _world.CreatedAsync();
        var (ours, others) = (AddBalancer("shop", $"Kubernetes external service default/shop from cluster {cluster}"), AddBalancer("other", $"Kubernetes external service default/shop from cluster {Guid.NewGuid()}"));
        var (address, kept) = (AddAddress($"Floating IP for Kubernetes external service default/shop from cluster {cluster}"), AddAddress("mine"));
        var delete = await _world.DeleteAsync(cluster);
        var stacksWhenItWent = -1;

        await _world.DriveAsync(delete, until: _ =>
        {
            if (stacksWhenItWent < 0 && !Balancers().Contains(ours))
            {
                stacksWhenItWent = _world.Cloud.ListStacks().Count;
            }

            return false;
        });

        Assert.Equal(1, stacksWhenItWent);
        Assert.Equal([others], Balancers());
        lock (_world.Cloud.Cloud.Gate)
        {
            Assert.DoesNotContain(address, _world.Cloud.Cloud.Network.State.FloatingIps.Keys);
            Assert.Contains(kept, _world.Cloud.Cloud.Network.State.FloatingIps.Keys);
        }

        await _world.AssertNothingLeftAsync(cluster);
    }

    [Fact]
    public async Task ALoadBalancerThatDoesNotGo_IsToldOf_AndTheClusterGoes()
    {
        var cluster = await _world.CreatedAsync();
        var stuck = AddBalancer("shop", $"Kubernetes external service default/shop from cluster {cluster}", "PENDING_UPDATE");

        var delete = await _world.DriveAsync(await _world.DeleteAsync(cluster));

        Assert.Equal(OperationState.Succeeded, delete.State);
        Assert.Equal([stuck], Balancers());
        await using var db = _world.Database.CreateDbContext();
        Assert.Contains(
            "Before the cluster is removed, the cluster's own load balancer shop had to go: what is left has to be deleted by hand.",
            await db.ClusterEvents.Where(e => e.ClusterUuid == cluster).Select(e => e.Message).ToListAsync(CloudWorld.Ct));
        await _world.AssertNothingLeftAsync(cluster);
    }

    [Fact]
    public async Task ARotation_KeepsTheOneBeforeUntilTheNext()
    {
        var cluster = await _world.CreatedAsync();
        var first = await KeptAsync(cluster);
        await RotateAsync(cluster);
        var second = await KeptAsync(cluster);
        Assert.Equal(new[] { first.Id, second.Id }.Order(), Credentials().Select(c => c.Id).Order());

        await RotateAsync(cluster);

        var third = await KeptAsync(cluster);
        Assert.Equal(new[] { second.Id, third.Id }.Order(), Credentials().Select(c => c.Id).Order());
        await _world.DriveAsync(await _world.DeleteAsync(cluster));
        Assert.Empty(Credentials());
    }

    [Fact]
    public async Task WithTheLabelOff_ThereIsNone_AndNoneComesLater()
    {
        var (cluster, create) = await _world.CreateAsync(c => c with { Labels = new Dictionary<string, string> { ["cloud_provider_enabled"] = "false" } });
        Assert.Equal(OperationState.Succeeded, (await _world.DriveAsync(create)).State);
        await RotateAsync(cluster);

        Assert.Empty(Credentials());
        Assert.Null((await _world.ClusterAsync(cluster)).DriverSecret);
    }

    [Fact]
    public async Task WhoMayMakeNone_GetsAClusterWithout_UnlessHeAskedForIt()
    {
        var token = (await _world.SignInAsync()).Token;
        var caller = new Caller(token with { Roles = ["reader"] }, "req-1");   // Magnum knows no role that a cluster needs
        using var scope = _world.First.CreateScope();
        var access = scope.ServiceProvider.GetRequiredService<CloudAccess>();

        Assert.Null(await access.AdoptAsync(Proposed([]), null, caller.Token, CloudWorld.Ct));
        var refused = await Assert.ThrowsAsync<Magnum.Core.Drivers.DriverRefusedException>(
            () => access.AdoptAsync(Proposed(new() { ["cloud_provider_enabled"] = "true" }), null, caller.Token, CloudWorld.Ct));
        Assert.StartsWith("Label cloud_provider_enabled: You have none of the roles that a cluster needs", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Credentials());
    }

    [Fact]
    public async Task ByAnApplicationCredentialThatIsRestricted_KeystoneMakesNone_AndTheLabelIsNamed()
    {
        var identity = _world.First.GetRequiredService<IIdentity>();
        var access = _world.First.GetRequiredService<CloudAccess>();
        var owner = (await _world.SignInAsync()).Token;
        var own = KeptCredential.Read(await access.AdoptAsync(Proposed([]), null, owner, CloudWorld.Ct))!;
        var restricted = await identity.SignInAsync(new SignIn.ApplicationCredential(own.Id, own.Secret, null, null), CloudWorld.Ct);

        Assert.Null(await access.AdoptAsync(Proposed([]), null, restricted, CloudWorld.Ct));
        var refused = await Assert.ThrowsAsync<Magnum.Core.Drivers.DriverRefusedException>(
            () => access.AdoptAsync(Proposed(new() { ["cloud_provider_enabled"] = "true" }), null, restricted, CloudWorld.Ct));
        Assert.StartsWith("Label cloud_provider_enabled: Keystone does not let you make an application credential", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AClusterThatWasNotRecorded_LeavesNone()
    {
        var access = _world.First.GetRequiredService<CloudAccess>();
        var owner = (await _world.SignInAsync()).Token;
        await access.AdoptAsync(Proposed([]), null, owner, CloudWorld.Ct);
        Assert.Single(Credentials());

        await access.AbandonAsync(Proposed([]), owner, CloudWorld.Ct);

        Assert.Empty(Credentials());
    }

    private string AddBalancer(string name, string description, string status = "ACTIVE")
    {
        lock (_world.Cloud.Cloud.Gate)
        {
            var subnet = _world.Cloud.Cloud.Network.State.Subnets.Values.First(s => s.ProjectId == CloudSeed.ProjectId("demo") && !s.Name.StartsWith("blue", StringComparison.Ordinal));
            var row = _world.Cloud.Cloud.LoadBalancers.Add(CloudSeed.ProjectId("demo"), name, subnet.Id, null, null, description, []);
            (row.ProvisioningStatus, row.DueAt) = (status, null);
            return row.Id;
        }
    }

    private string AddAddress(string description)
    {
        lock (_world.Cloud.Cloud.Gate)
        {
            var outside = _world.Cloud.Cloud.Network.State.Networks.Values.First(n => n.External).Id;
            return _world.Cloud.Cloud.Network.AddFloatingIp(CloudSeed.ProjectId("demo"), outside, null, description).Id;
        }
    }

    private List<string> Balancers()
    {
        lock (_world.Cloud.Cloud.Gate)
        {
            return [.. _world.Cloud.Cloud.LoadBalancers.State.LoadBalancers.Keys];
        }
    }

    private static Cluster Proposed(Dictionary<string, string> labels) => Drivers.Heat.KubernetesClusters.New(labels: labels);

    private List<ApplicationCredentialRow> Credentials()
    {
        lock (_world.Cloud.Cloud.Gate)
        {
            return [.. _world.Cloud.Cloud.State.Identity.ApplicationCredentials.Values];
        }
    }

    private async Task<KeptCredential> KeptAsync(Guid cluster) =>
        KeptCredential.Read(_world.First.GetRequiredService<ISecretProtector>().Unprotect((await _world.ClusterAsync(cluster)).DriverSecret!))!;

    private async Task RotateAsync(Guid cluster)
    {
        using var scope = _world.First.CreateScope();
        Assert.Null((await scope.ServiceProvider.GetRequiredService<CredentialService>().RotateAsync(await _world.SignInAsync(), cluster.ToString(), CloudWorld.Ct)).Error);
    }
}
