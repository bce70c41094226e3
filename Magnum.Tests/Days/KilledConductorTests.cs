using Magnum.Core.Clusters;
using Magnum.Core.Operations;
using Magnum.Tests.Support.Conductor;
using Magnum.Tests.Support.Days;

namespace Magnum.Tests.Days;

/// <summary>
/// A conductor is killed right before and right after each call that changes the cloud, in create, resize and delete; another one goes on when
/// the lease has run out. <c>KillTests</c> does the same at each write to the database, with an engine of fakes.
/// </summary>
public sealed class KilledConductorTests
{
    [Fact]
    public async Task KilledAtEachChangeOfTheCloud_AnotherFinishesAndNothingIsThereTwice()
    {
        var died = true;
        for (var moment = 1; died; moment++)
        {
            Assert.True(moment < 50);
            await using var world = await CloudWorld.StartAsync();
            var made = 0;
            var (cluster, create) = await world.CreateAsync();
            died = await KillAsync(world, create, moment, () => made++);
            Assert.Equal(OperationState.Succeeded, (await world.DriveAsync(create)).State);
            await AssertSoundAsync(world, cluster, ClusterStatus.CreateComplete, 1);

            var resize = await world.ResizeAsync(cluster, 2);
            died |= await KillAsync(world, resize, moment, () => made++);
            Assert.Equal(OperationState.Succeeded, (await world.DriveAsync(resize)).State);
            await AssertSoundAsync(world, cluster, ClusterStatus.UpdateComplete, 2);
            Assert.True(made <= 1);

            var delete = await world.DeleteAsync(cluster);
            died |= await KillAsync(world, delete, moment, () => made++);
            Assert.Equal(OperationState.Succeeded, (await world.DriveAsync(delete)).State);
            await world.AssertNothingLeftAsync(cluster);
        }
    }

    /// <summary>Lets a conductor of its own work until it dies at this moment; false when it came to the end alive.</summary>
    private static async Task<bool> KillAsync(CloudWorld world, Guid operation, int moment, Action stackMade)
    {
        var life = new LifeLine();
        var passed = 0;
        var tap = new CloudTap
        {
            Before = request => PassAsync(request),
            After = request =>
            {
                if (request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.EndsWith("/stacks", StringComparison.Ordinal))
                {
                    stackMade();
                }

                return PassAsync(request);
            },
        };
        var victim = world.StartProcess(tap, $"victim-{operation}", life);
        try
        {
            await world.DriveAsync(operation, victim);
        }
        catch (Exception) when (life.IsDead)
        {
            // as it was meant to
        }

        return life.IsDead;

        Task PassAsync(HttpRequestMessage request)
        {
            if (life.IsDead || (CloudTap.Changes(request) && ++passed == moment))
            {
                life.Die();
            }

            return Task.CompletedTask;
        }
    }

    private static async Task AssertSoundAsync(CloudWorld world, Guid cluster, ClusterStatus status, int nodes)
    {
        var row = await world.ClusterAsync(cluster);
        Assert.Equal((status, null, nodes), (row.Status, row.StatusReason, row.NodeCount));
        Assert.Equal(row.StackId, Assert.Single(world.Cloud.ListStacks()).Id);
        Assert.Equal(1 + nodes, world.Cloud.ListServers().Count);
        Assert.Equal(1, world.CountTrustees(cluster));
    }
}
