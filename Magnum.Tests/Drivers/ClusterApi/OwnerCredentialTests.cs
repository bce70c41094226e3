using System.Text;
using System.Text.Json.Nodes;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.EmbeddedCloud;
using Magnum.Tests.Support;
using Magnum.Tests.Support.ClusterApi;

namespace Magnum.Tests.Drivers.ClusterApi;

/// <summary>The application credential by which Cluster API uses the cloud.</summary>
public sealed class OwnerCredentialTests
{
    private static CancellationToken Ct => ClusterApiWorld.Ct;

    [Fact]
    public async Task Adopted_ItSignsInAsTheOwnerWithFewRoles()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        var (id, secret) = Stored(world);

        var token = await world.Get<IIdentity>().SignInAsync(new SignIn.ApplicationCredential(id, secret, null, null), Ct);

        Assert.Equal((world.Owner.UserId, world.Owner.ProjectId), (token.UserId, token.ProjectId));
        lock (world.Cloud.Cloud.Gate)
        {
            var row = world.Cloud.Cloud.State.Identity.ApplicationCredentials[id];
            Assert.False(row.Unrestricted);
            Assert.Equal([CloudSeed.RoleId("member")], row.RoleIds);
        }
    }

    [Fact]
    public async Task Rotated_ByAColleague_TheNewOneTakesItsPlaceAndTheOldOneIsGone()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        await world.CreatedAsync();
        var (old, _) = Stored(world);
        var colleague = await world.ColleagueAsync();

        await world.Driver.AdoptAsync(world.Cluster, null, colleague, Ct);

        var (id, secret) = Stored(world);
        Assert.NotEqual(old, id);
        Assert.Equal(["alt_demo"], world.Credentials());
        Assert.Equal(colleague.UserId, (await world.Get<IIdentity>().SignInAsync(new SignIn.ApplicationCredential(id, secret, null, null), Ct)).UserId);
        var inner = Encoding.UTF8.GetString(Convert.FromBase64String((string)world.Management.Find("secrets", $"{ClusterApiWorld.Name}-cloud-provider")!["data"]!["cloud-config.yaml"]!));
        Assert.Contains(id, inner, StringComparison.Ordinal);
        Assert.Equal(ObservedState.Ready, (await world.ObserveAsync()).State);
    }

    [Fact]
    public async Task Rotated_ByTheOwner_OneIsLeft()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        var (old, _) = Stored(world);

        await world.Driver.AdoptAsync(world.Cluster, null, world.Owner, Ct);

        Assert.NotEqual(old, Stored(world).Id);
        Assert.Equal(["demo"], world.Credentials());
    }

    [Fact]
    public async Task RotationThatDoesNotReachTheManagementCluster_LeavesTheOldOneInForce()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        var old = Stored(world);
        world.Management.Before = c => c.Method == "PATCH" && c.Path.Contains("/secrets/", StringComparison.Ordinal) ? ManagementFault.Refusal(503, "Unavailable", "later") : null;

        await Assert.ThrowsAsync<CloudException>(() => world.Driver.AdoptAsync(world.Cluster, null, world.Owner, Ct));

        Assert.Equal(old, Stored(world));
        Assert.Equal(["demo"], world.Credentials());
        Assert.NotNull(await world.Get<IIdentity>().SignInAsync(new SignIn.ApplicationCredential(old.Id, old.Secret, null, null), Ct));
    }

    [Fact]
    public async Task OwnerWithoutAnyOfTheRoles_IsRefused()
    {
        await using var world = await ClusterApiWorld.StartAsync(adopt: false);

        var reader = await world.ColleagueAsync("reader");

        var refusal = await Assert.ThrowsAsync<DriverRefusedException>(() => world.Driver.AdoptAsync(world.Cluster, null, reader, Ct));

        Assert.Contains("member, load-balancer_member", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(world.Credentials());
    }

    [Fact]
    public async Task ClusterWhoseSecretIsGone_IsNotMadeBlindly()
    {
        await using var world = await ClusterApiWorld.StartAsync(adopt: false);

        var refusal = await Assert.ThrowsAsync<DriverRefusedException>(() => world.ConvergeAsync());

        Assert.Contains("Rotate the cluster's credential", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotRecordedAfterAll_NothingIsLeft()
    {
        await using var world = await ClusterApiWorld.StartAsync();

        await world.Driver.AbandonAsync(world.Cluster, world.Owner, Ct);

        Assert.Empty(world.Credentials());
        Assert.Empty(world.Management.Names("secrets"));
    }

    [Fact]
    public async Task OwnerWhoHasLeft_KeepsNobodyFromDeleting()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        await world.CreatedAsync();
        lock (world.Cloud.Cloud.Gate)
        {
            world.Cloud.Cloud.State.Identity.Users.Remove(world.Owner.UserId);
        }

        world.Cluster.Status = ClusterStatus.DeleteInProgress;
        var request = world.Request with { Credential = new CloudCredential.Service() };
        await world.Driver.DeleteAsync(request, Ct);
        await world.Controllers.RunAsync(Ct);
        await world.Driver.DeleteAsync(request, Ct);

        Assert.Empty(world.Management.Names("secrets"));
        Assert.Equal(ObservedState.Absent, (await world.ObserveAsync()).State);
    }

    [Fact]
    public async Task KeystoneThatDoesNotLetMagnumRemoveIt_IsToldAndHoldsNothingUp()
    {
        var log = new CollectedLog();
        await using var world = await ClusterApiWorld.StartAsync(log: log);
        var (_, secret) = Stored(world);
        lock (world.Cloud.Cloud.Gate)
        {
            world.Cloud.Cloud.State.Identity.Assignments.RemoveAll(a => a.UserId == CloudSeed.UserId("magnum"));
            world.Cloud.Cloud.State.Identity.Assignments.Add(
                new(CloudSeed.RoleId("service"), CloudSeed.UserId("magnum"), CloudSeed.ProjectId("service"), null));
        }

        world.Cluster.Status = ClusterStatus.DeleteInProgress;
        await world.Driver.DeleteAsync(world.Request, Ct);

        Assert.Empty(world.Management.Names("secrets"));
        Assert.Equal(["demo"], world.Credentials());
        Assert.Contains(log.Lines, l => l.Contains($"magnum-{world.Cluster.Uuid}-", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, l => l.Contains(secret, StringComparison.Ordinal));
    }

    private static (string Id, string Secret) Stored(ClusterApiWorld world)
    {
        var clouds = Encoding.UTF8.GetString(Convert.FromBase64String((string)world.Management.Find("secrets", $"{ClusterApiWorld.Name}-cloud-config")!["data"]!["clouds.yaml"]!));
        var auth = JsonNode.Parse(clouds)!["clouds"]!["default"]!["auth"]!;
        return ((string)auth["application_credential_id"]!, (string)auth["application_credential_secret"]!);
    }
}
