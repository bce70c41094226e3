using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;

namespace Magnum.Tests.Drivers.Contract;

/// <summary>
/// What Magnum expects of every engine driver, over the whole life of a cluster and with the faults that a back end has. A driver's tests derive
/// from it and bring a back end; what the driver's description does not list is expected to be refused before anything is touched.
/// </summary>
public abstract class DriverContract : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private DriverBackEnd _backEnd = null!;
    private Cluster _cluster = null!;
    private int _operation;

    /// <summary>The test's own token.</summary>
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IClusterDriver Driver => _backEnd.Driver;

    private DriverCapabilities Capabilities => Driver.Description.Capabilities;

    private DriverRequest Request => new(_cluster, _backEnd.Credential, $"operation-{_operation}") { Enrolment = _backEnd.Enrolment, Timeout = TimeSpan.FromHours(1) };

    private static ObserveOptions Closely => new(WithEvents: true, EventMarker: null);

    /// <summary>A driver with a back end in which nothing is; asked for once per test.</summary>
    protected abstract Task<DriverBackEnd> StartAsync();

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        _backEnd = await StartAsync();
        var wanted = _backEnd.Wanted;
        _cluster = new Cluster
        {
            Uuid = Guid.NewGuid(),
            Name = "contract",
            ProjectId = wanted.ProjectId,
            UserId = "somebody",
            Driver = Driver.Description.Name,
            FlavorId = wanted.Flavor,
            MasterFlavorId = wanted.Flavor,
            FloatingIpEnabled = wanted.ExternalNetwork is not null,
            Labels = wanted.Labels.ToDictionary(),
            Template = new ClusterTemplateSnapshot
            {
                Name = "contract",
                Coe = wanted.Coe,
                ImageId = wanted.Image,
                ClusterDistro = wanted.Distro,
                NetworkDriver = Driver.Description.NetworkDrivers[0],
                ExternalNetworkId = wanted.ExternalNetwork,
                DnsNameserver = "8.8.8.8",
                Driver = Driver.Description.Name,
            },
            NodeGroups = [Group(NodeGroup.DefaultMasterName, NodeGroup.MasterRole, 1, true), Group(NodeGroup.DefaultWorkerName, NodeGroup.WorkerRole, 2, true)],
        };
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _backEnd.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void ItSaysWhatItIs()
    {
        var described = Driver.Description;

        Assert.Matches("^[a-z][a-z0-9_]+$", described.Name);
        Assert.NotEmpty(described.Title);
        Assert.NotEmpty(described.ClusterTypes);
        Assert.Contains(new ClusterType("vm", _backEnd.Wanted.Distro, _backEnd.Wanted.Coe), described.ClusterTypes);
        Assert.NotEmpty(described.NetworkDrivers);
        Assert.All(described.Labels, l =>
        {
            Assert.True(l.Summary.Length > 0, $"The label {l.Name} has no summary.");
            Assert.True(l.Default is null || l.Problem(l.Default) is null, $"The default of the label {l.Name} is none of its values.");
        });
        Assert.Equal(described.Labels.Count, described.Labels.Select(l => l.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.True(described.VersionLabel is null || described.Labels.Any(l => l.Name == described.VersionLabel));
    }

    [Fact]
    public async Task APlan_SaysWhatWouldBeMade_AndMakesNothing()
    {
        var plan = await Driver.PlanAsync(_cluster, _backEnd.Credential, Ct);

        Assert.NotEmpty(plan.Resources);
        Assert.NotEmpty(plan.Checks);
        Assert.DoesNotContain(plan.Checks, c => c.Outcome is CheckOutcome.Fail);
        Assert.Empty(await _backEnd.LeftAsync(Ct));
    }

    [Fact]
    public async Task ACluster_IsMade_AndShownAsItIs()
    {
        Assert.Equal(ObservedState.Absent, (await Driver.ObserveAsync(Request, Closely, Ct)).State);

        await MakeAsync();
        var seen = await Driver.ObserveAsync(Request, Closely, Ct);

        Assert.Equal((ObservedState.Ready, true, false, _cluster.StackId), (seen.State, seen.IsCurrent, seen.IsDeleting, seen.BackendId));
        Assert.Null(seen.Reason);
        Assert.Null(seen.Replacement);
        Assert.NotNull(seen.ApiAddress);
        Assert.Equal((1, 2), (Count(seen, NodeGroup.DefaultMasterName), Count(seen, NodeGroup.DefaultWorkerName)));
        var nodes = seen.NodeGroups.SelectMany(g => g.Nodes).ToList();
        Assert.Equal(3, nodes.Select(n => n.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.All(nodes, n => Assert.NotNull(n.ServerId));
        Assert.NotEmpty(seen.Stages);
        Assert.All(seen.Stages, s => Assert.Equal((s.Total, false), (s.Done, s.Failed)));
        Assert.Equal(seen.Events.Count, seen.Events.Select(e => e.ExternalId).Distinct(StringComparer.Ordinal).Count());
        Assert.Empty((await Driver.ObserveAsync(Request, new ObserveOptions(true, seen.EventMarker), Ct)).Events);
        Assert.Equal(seen.State, (await Driver.ObserveAsync(Request, new ObserveOptions(false, null), Ct)).State);
    }

    [Fact]
    public async Task WhatIsInProgress_IsListed_AsLongAsItIs()
    {
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var during = await Driver.ListInProgressAsync(Ct);
        await SettleAsync();
        var afterwards = await Driver.ListInProgressAsync(Ct);

        Assert.True(during?.Contains(_cluster.StackId) ?? true);
        Assert.False(afterwards?.Contains(_cluster.StackId) ?? false);
        Assert.Equal(during is null, afterwards is null);
    }

    [Fact]
    public async Task AskedAgain_ItMakesNothingMore()
    {
        var first = await Driver.ConvergeAsync(Request, Ct);
        var again = await ConvergeAsync(Request);   // nothing was stored in between
        _cluster.StackId = first;
        await SettleAsync();
        var left = await _backEnd.LeftAsync(Ct);

        Assert.Equal((first, first), (again, await ConvergeAsync(Request)));
        Assert.Equal(left, await _backEnd.LeftAsync(Ct));
    }

    [Fact]
    public async Task CutOffAnywhere_AndCalledAgain_ItMakesOneCluster()
    {
        for (var patience = 0; patience < 12; patience++)
        {
            await CutOffAsync(TimeSpan.FromMilliseconds(patience * patience), token => Driver.ConvergeAsync(Request, token));
        }

        await MakeAsync();
        var seen = await Driver.ObserveAsync(Request, Closely, Ct);

        Assert.Equal((ObservedState.Ready, 1, 2), (seen.State, Count(seen, NodeGroup.DefaultMasterName), Count(seen, NodeGroup.DefaultWorkerName)));
        for (var patience = 0; patience < 12; patience++)
        {
            await CutOffAsync(TimeSpan.FromMilliseconds(patience * patience), token => Driver.DeleteAsync(Request, token));
        }

        await RemoveAsync();
        Assert.Empty(await _backEnd.LeftAsync(Ct));
    }

    [Fact]
    public async Task AClusterThatIsGone_IsNotMadeAnew()
    {
        _cluster.StackId = await MakeAsync();
        await RemoveAsync();
        _operation++;

        var refusal = await Assert.ThrowsAsync<DriverRefusedException>(() => Driver.ConvergeAsync(Request with { MayCreate = false }, Ct));

        Assert.True(refusal.NothingChanged);
        Assert.Empty(await _backEnd.LeftAsync(Ct));
    }

    [Fact]
    public async Task Resized_ItKeepsTheNodesThatStay()
    {
        await MakeAsync();
        var before = await NodesAsync();
        _operation++;
        _cluster.DefaultWorker.NodeCount = 4;
        if (!Capabilities.HasFlag(DriverCapabilities.Resize))
        {
            await RefusesAsync(Request);
            return;
        }

        Assert.False((await Driver.ObserveAsync(Request, Closely, Ct)).IsCurrent);
        await ChangeAsync(Request);
        var grown = await NodesAsync();
        _operation++;
        _cluster.DefaultWorker.NodeCount = 1;
        await ChangeAsync(Request);
        var shrunk = await NodesAsync();

        Assert.Equal(before, grown.Intersect(before));
        Assert.Equal((5, 2), (grown.Count, shrunk.Count));
        Assert.Equal(shrunk, grown.Intersect(shrunk));
    }

    [Fact]
    public async Task ToNoWorkerAndBack()
    {
        await MakeAsync();
        _operation++;
        _cluster.DefaultWorker.NodeCount = 0;
        if (!Capabilities.HasFlag(DriverCapabilities.Resize))
        {
            await RefusesAsync(Request);
            return;
        }

        await ChangeAsync(Request);
        Assert.Equal(0, Count(await Driver.ObserveAsync(Request, Closely, Ct), NodeGroup.DefaultWorkerName));
        _operation++;
        _cluster.DefaultWorker.NodeCount = 1;
        await ChangeAsync(Request);

        Assert.Equal(1, Count(await Driver.ObserveAsync(Request, Closely, Ct), NodeGroup.DefaultWorkerName));
    }

    [Fact]
    public async Task AChosenNode_IsTheOneThatGoes()
    {
        await MakeAsync();
        var workers = (await Driver.ObserveAsync(Request, Closely, Ct)).NodeGroups.Single(g => g.Name == NodeGroup.DefaultWorkerName).Nodes.Select(n => n.ServerId!).ToList();
        if (!Capabilities.HasFlag(DriverCapabilities.RemoveChosenNodes))
        {
            return;   // the API refuses it, as the driver does not list it
        }

        _operation++;
        _cluster.DefaultWorker.NodeCount = 1;
        await ChangeAsync(Request with { NodesToRemove = [workers[0]] });

        var left = await NodesAsync();
        Assert.DoesNotContain(workers[0], left);
        Assert.Contains(workers[1], left);
    }

    [Fact]
    public async Task AnAddedGroup_ComesGrowsAndGoes_AndTheRestIsNotTouched()
    {
        await MakeAsync();
        var before = await NodesAsync();
        var group = Group("added", NodeGroup.WorkerRole, 2, isDefault: false);
        _cluster.NodeGroups.Add(group);
        _operation++;
        if (!Capabilities.HasFlag(DriverCapabilities.NodeGroups))
        {
            await RefusesAsync(Request with { NodeGroup = group });
            return;
        }

        Assert.Equal(ObservedState.Absent, (await Driver.ObserveAsync(Request with { NodeGroup = group }, Closely, Ct)).State);
        group.StackId = await ConvergeAsync(Request with { NodeGroup = group });
        var made = await SettleAsync(group);
        Assert.Equal((ObservedState.Ready, 2), (made.State, Count(made, "added")));
        Assert.Single(made.NodeGroups);
        _operation++;
        group.NodeCount = 3;
        await ConvergeAsync(Request with { NodeGroup = group });
        var grown = await SettleAsync(group);
        Assert.Equal(3, Count(grown, "added"));
        Assert.Equal(made.NodeGroups[0].Nodes.Select(n => n.ServerId), grown.NodeGroups[0].Nodes.Select(n => n.ServerId).Intersect(made.NodeGroups[0].Nodes.Select(n => n.ServerId)));
        Assert.Equal(before, await NodesAsync());

        _operation++;
        await Driver.DeleteAsync(Request with { NodeGroup = group }, Ct);
        Assert.Equal(ObservedState.Absent, (await SettleAsync(group)).State);
        await Driver.DeleteAsync(Request with { NodeGroup = group }, Ct);
        _cluster.NodeGroups.Remove(group);
        var rest = await Driver.ObserveAsync(Request, Closely, Ct);
        Assert.Equal(ObservedState.Ready, rest.State);
        Assert.Equal(before, await NodesAsync());
        await RemoveAsync();
        Assert.Empty(await _backEnd.LeftAsync(Ct));
    }

    [Fact]
    public async Task Upgraded_AllNodesAreReplaced_OrItIsRefusedBeforeAnythingIsTouched()
    {
        if (_backEnd.Wanted.NewerImage is not { } image)
        {
            Assert.False(Capabilities.HasFlag(DriverCapabilities.Upgrade), "There is no newer image to upgrade to.");
            var refusal = await Assert.ThrowsAsync<DriverRefusedException>(() => Driver.CheckUpgradeAsync(_cluster, null, _backEnd.Credential, Ct));
            Assert.True(refusal.NothingChanged);
            return;
        }

        await MakeAsync();
        var before = await NodesAsync();
        _operation++;
        Aim(image);
        await Driver.CheckUpgradeAsync(_cluster, null, _backEnd.Credential, Ct);
        await UpgradeAsync();
        var after = await NodesAsync();
        var seen = await Driver.ObserveAsync(Request, Closely, Ct);

        Assert.Equal((ObservedState.Ready, 1, 2, null), (seen.State, Count(seen, NodeGroup.DefaultMasterName), Count(seen, NodeGroup.DefaultWorkerName), seen.Replacement));
        Assert.Empty(before.Intersect(after));
        Aim(_backEnd.Wanted.Image);
        Assert.True((await Assert.ThrowsAsync<DriverRefusedException>(() => Driver.CheckUpgradeAsync(_cluster, null, _backEnd.Credential, Ct))).NothingChanged);
    }

    [Fact]
    public async Task ABackEndThatIsAway_IsTroubleThatPasses()
    {
        await MakeAsync();
        await _backEnd.SetReachableAsync(false, Ct);
        _operation++;
        _cluster.DefaultWorker.NodeCount = 3;

        var met = new List<CloudException>
        {
            await Assert.ThrowsAsync<CloudException>(() => Driver.ConvergeAsync(Request, Ct)),
            await Assert.ThrowsAsync<CloudException>(() => Driver.ObserveAsync(Request, Closely, Ct)),
            await Assert.ThrowsAsync<CloudException>(() => Driver.DeleteAsync(Request, Ct)),
        };
        await _backEnd.SetReachableAsync(true, Ct);

        Assert.All(met, e => Assert.True(e.IsTransient, e.ToString()));
        Assert.Equal(3, (await NodesAsync()).Count);
        await RemoveAsync();
    }

    [Fact]
    public async Task WhatCannotBeMade_FailsWithAReason_AndCanBeDeleted()
    {
        await _backEnd.BreakNodesAsync(_cluster, Ct);
        _cluster.StackId = await ConvergeAsync(Request);

        var failed = await SettleAsync();

        Assert.Equal(ObservedState.Failed, failed.State);
        Assert.False(string.IsNullOrWhiteSpace(failed.Reason));
        Assert.DoesNotContain(_backEnd.Enrolment?.Password ?? "\0", failed.Reason, StringComparison.Ordinal);
        await RemoveAsync();
        Assert.Empty(await _backEnd.LeftAsync(Ct));
    }

    [Fact]
    public async Task Deleted_NothingIsLeft_AndDeletingAgainIsNoError()
    {
        await Driver.DeleteAsync(Request, Ct);   // there never was one
        await MakeAsync();
        Assert.NotEmpty(await _backEnd.LeftAsync(Ct));
        _operation++;

        await RemoveAsync();
        await Driver.DeleteAsync(Request, Ct);

        Assert.Empty(await _backEnd.LeftAsync(Ct));
        Assert.Equal(ObservedState.Absent, (await Driver.ObserveAsync(Request, Closely, Ct)).State);
    }

    [Fact]
    public async Task DeletedWhileItIsMade_NothingIsLeft()
    {
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        _operation++;

        await RemoveAsync();

        Assert.Empty(await _backEnd.LeftAsync(Ct));
    }

    private NodeGroup Group(string name, string role, int count, bool isDefault) => new()
    {
        Uuid = Guid.NewGuid(),
        Name = name,
        Role = role,
        IsDefault = isDefault,
        NodeCount = count,
        FlavorId = _backEnd.Wanted.Flavor,
        ImageId = _backEnd.Wanted.Image,
        Labels = _backEnd.Wanted.Labels.ToDictionary(),
    };

    private void Aim(string image)
    {
        _cluster.Template = _cluster.Template with { ImageId = image };
        _cluster.NodeGroups.ForEach(g => g.ImageId = image);
    }

    private async Task<string> MakeAsync()
    {
        _cluster.StackId = await ConvergeAsync(Request);
        var seen = await SettleAsync();
        Assert.True(seen.State is ObservedState.Ready, seen.Reason);
        (_cluster.ApiAddress, _cluster.CoeVersion) = (seen.ApiAddress, seen.CoeVersion);
        return _cluster.StackId;
    }

    private async Task ChangeAsync(DriverRequest request)
    {
        await ConvergeAsync(request);
        var seen = await SettleAsync();
        Assert.True(seen is { State: ObservedState.Ready, IsCurrent: true }, $"{seen.State} {seen.Reason}");
        _cluster.CoeVersion = seen.CoeVersion ?? _cluster.CoeVersion;
    }

    private async Task UpgradeAsync()
    {
        while (true)
        {
            await ChangeAsync(Request with { UpgradeBatch = 1 });
            if ((await Driver.ObserveAsync(Request, Closely, Ct)).Replacement is null)
            {
                return;
            }
        }
    }

    /// <summary>As the conductor does: what is busy is asked again, and what could not be removed is asked to be removed again.</summary>
    private async Task RemoveAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        while (true)
        {
            await Driver.DeleteAsync(Request, patience.Token);
            if ((await SettleAsync()).State is ObservedState.Absent)
            {
                return;
            }
        }
    }

    private async Task<string> ConvergeAsync(DriverRequest request)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        while (true)
        {
            try
            {
                return await Driver.ConvergeAsync(request, patience.Token);
            }
            catch (CloudException e) when (e.IsTransient || e.Fault is CloudFault.Conflict)
            {
                await _backEnd.PassTimeAsync(patience.Token);
            }
        }
    }

    private async Task<ObservedCluster> SettleAsync(NodeGroup? group = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        while (true)
        {
            var seen = await Driver.ObserveAsync(Request with { NodeGroup = group }, Closely, patience.Token);
            if (seen.State is not ObservedState.InProgress)
            {
                return seen;
            }

            await _backEnd.PassTimeAsync(patience.Token);
        }
    }

    private async Task RefusesAsync(DriverRequest request)
    {
        var left = await _backEnd.LeftAsync(Ct);
        Assert.True((await Assert.ThrowsAsync<DriverRefusedException>(() => Driver.ConvergeAsync(request, Ct))).NothingChanged);
        Assert.Equal(left, await _backEnd.LeftAsync(Ct));
    }

    private static async Task CutOffAsync(TimeSpan after, Func<CancellationToken, Task> work)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(after);
        try
        {
            await work(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
        }
        catch (CloudException e) when (e.IsTransient || e.Fault is CloudFault.Conflict)
        {
        }
    }

    /// <summary>Servers of the groups that were made with the cluster, in order.</summary>
    private async Task<List<string>> NodesAsync() =>
        [.. (await Driver.ObserveAsync(Request, Closely, Ct)).NodeGroups.SelectMany(g => g.Nodes).Select(n => n.ServerId!).Order(StringComparer.Ordinal)];

    private static int? Count(ObservedCluster seen, string group) => seen.NodeGroups.Single(g => g.Name == group).NodeCount;
}
