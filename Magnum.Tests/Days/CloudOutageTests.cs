using Magnum.Core.Clusters;
using Magnum.Core.Operations;
using Magnum.Tests.Support.Days;

namespace Magnum.Tests.Days;

/// <summary>Keystone or Heat is out for a minute, beginning in a certain step: the operation says so, waits, and goes on.</summary>
public sealed class CloudOutageTests : IAsyncLifetime
{
    private readonly HashSet<string> _reasons = [];
    private CloudWorld _world = null!;
    private int _stacksMade;

    public static TheoryData<string, string> CreateSteps => Steps(OperationSteps.Credentials, OperationSteps.Infrastructure, OperationSteps.Provisioning, OperationSteps.Finish);

    public static TheoryData<string, string> ResizeSteps => CreateSteps;

    public static TheoryData<string, string> DeleteSteps => Steps(OperationSteps.Infrastructure, OperationSteps.Removal, OperationSteps.Credentials);

    public async ValueTask InitializeAsync()
    {
        _world = await CloudWorld.StartAsync();
        _world.Tap.After = request =>
        {
            _stacksMade += request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.EndsWith("/stacks", StringComparison.Ordinal) ? 1 : 0;
            return Task.CompletedTask;
        };
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [MemberData(nameof(CreateSteps))]
    public async Task Create_WaitsAndGoesOn(string outage, string step)
    {
        var (cluster, create) = await _world.CreateAsync();

        await StrikeAsync(cluster, create, outage, step);

        await AssertSoundAsync(cluster, ClusterStatus.CreateComplete, nodes: 1);
    }

    [Theory]
    [MemberData(nameof(ResizeSteps))]
    public async Task Resize_WaitsAndGoesOn(string outage, string step)
    {
        var cluster = await _world.CreatedAsync();

        await StrikeAsync(cluster, await _world.ResizeAsync(cluster, 2), outage, step);

        await AssertSoundAsync(cluster, ClusterStatus.UpdateComplete, nodes: 2);
    }

    [Theory]
    [MemberData(nameof(DeleteSteps))]
    public async Task Delete_WaitsAndGoesOn(string outage, string step)
    {
        var cluster = await _world.CreatedAsync();

        await StrikeAsync(cluster, await _world.DeleteAsync(cluster), outage, step);

        await _world.AssertNothingLeftAsync(cluster);
    }

    [Fact]
    public async Task AllTokensEndInTheMiddle_NewOnesAreFetchedAndNobodyNotices()
    {
        var (cluster, create) = await _world.CreateAsync();
        await _world.DriveAsync(create, until: o => o.Step == OperationSteps.Provisioning);
        _world.EndTokens();

        Assert.Equal(OperationState.Succeeded, (await _world.DriveAsync(create)).State);

        await AssertSoundAsync(cluster, ClusterStatus.CreateComplete, nodes: 1);
    }

    [Theory]
    [InlineData("keystone-503", "Keystone")]
    [InlineData("nova-503", "Nova")]
    [InlineData("neutron-503", "Neutron")]
    [InlineData("glance-503", "Glance")]
    public async Task OutWhileSomebodyLaunches_IsSaidByNameAndNothingIsStored(string outage, string service)
    {
        await _world.PassAsync(TimeSpan.FromSeconds(11));   // what was looked up for the template is not remembered any more
        var caller = await _world.SignInAsync();
        _world.Cloud.SwitchOn(outage);

        var refused = await _world.AskAsync(
            (clusters, _) => clusters.CreateAsync(caller, new NewCluster { Name = "blue", ClusterTemplateId = "k8s" }, CloudWorld.Ct), caller);

        Assert.Contains($"({service})", Assert.IsType<Magnum.Core.Errors.MagnumError.Unavailable>(refused.Error).Detail, StringComparison.Ordinal);
        await using var db = _world.Database.CreateDbContext();
        Assert.Empty(db.Clusters);
    }

    private static TheoryData<string, string> Steps(params string[] steps)
    {
        var data = new TheoryData<string, string>();
        foreach (var step in steps)
        {
            data.Add("keystone-503", step);
            data.Add("heat-503", step);
        }

        return data;
    }

    /// <summary>Drives the operation; the service goes out with the first call that the step makes.</summary>
    private async Task StrikeAsync(Guid cluster, Guid operation, string outage, string step)
    {
        var struck = false;
        _world.Tap.Before = async _ =>
        {
            if (!struck && (await _world.ActiveAsync(cluster))?.Step == step)
            {
                struck = true;
                _world.EndTokens();   // else Keystone would not be missed for as long as they live
                _world.Cloud.SwitchOn(outage, duration: TimeSpan.FromMinutes(1));
            }
        };
        var ended = await _world.DriveAsync(operation, until: row =>
        {
            _reasons.Add(row.Reason ?? "");
            return false;
        });

        Assert.True(struck);
        Assert.Equal(OperationState.Succeeded, ended.State);
        if (IsMissed(outage, ended.Kind, step))
        {
            var service = outage == "heat-503" ? "Heat" : "Keystone";
            Assert.Contains(_reasons, r => r.StartsWith(service, StringComparison.Ordinal) && r.Contains("; trying again in ", StringComparison.Ordinal));
        }

        Assert.Equal(0, ended.Attempt);
    }

    /// <summary>Whether work stops. While the cloud is at work it may be over before anybody looks, and Heat has no part in what comes after it.</summary>
    private static bool IsMissed(string outage, OperationKind kind, string step) => !OperationSteps.IsWaitingForBackend(step)
        && (outage == "keystone-503" || step == OperationSteps.Infrastructure || (step == OperationSteps.Credentials && kind != OperationKind.Delete));

    private async Task AssertSoundAsync(Guid cluster, ClusterStatus status, int nodes)
    {
        var row = await _world.ClusterAsync(cluster);
        Assert.Equal((status, null, nodes), (row.Status, row.StatusReason, row.NodeCount));
        Assert.Equal(1, _stacksMade);
        Assert.Single(_world.Cloud.ListStacks());
        Assert.Equal(1 + nodes, _world.Cloud.ListServers().Count);
        Assert.Equal(1, _world.CountTrustees(cluster));
    }
}
