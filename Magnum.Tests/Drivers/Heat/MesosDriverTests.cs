using Magnum.Core.Drivers;
using Magnum.Drivers.Heat.Mesos;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>Whom the driver asks.</summary>
public sealed class MesosDriverTests
{
    private readonly MesosHeatDriver _driver = new(null!);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("0.0.0.0")]
    [InlineData("magnum.test")]
    [InlineData("1.2.3.4/x?")]
    [InlineData(null)]
    public async Task AddressesThatLeadHere_OrAreNone_AreNotAsked(string? address)
    {
        var cluster = MesosClusters.New();
        cluster.DefaultMaster.Nodes = [new ObservedNode("blue-master-0", "s0", address, null, "CREATE_COMPLETE")];

        Assert.Null(await _driver.ProbeAsync(cluster, new EngineAccess("", "", ""), Ct));
        Assert.Null(await _driver.LookInsideAsync(cluster, new EngineAccess("", "", ""), Ct));
    }

    [Fact]
    public void Capabilities_AreThoseThatWork() => Assert.Equal(
        DriverCapabilities.Resize | DriverCapabilities.RemoveChosenNodes | DriverCapabilities.Rollback | DriverCapabilities.AutoHealing | DriverCapabilities.NodeGroups | DriverCapabilities.RotateCredential,
        _driver.Description.Capabilities);
}
