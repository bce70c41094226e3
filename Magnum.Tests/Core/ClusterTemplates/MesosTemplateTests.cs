using Magnum.Drivers.Heat.Mesos;
using Magnum.Tests.Support;

namespace Magnum.Tests.Core.ClusterTemplates;

/// <summary>Templates of Mesos clusters, beside a driver for Kubernetes.</summary>
public sealed class MesosTemplateTests : IDisposable
{
    private readonly RequestWorld _world = new();

    public MesosTemplateTests() => _world.Drivers.Installed.Add(new FakeDriver(new MesosHeatDriver(null!).Description));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Create_TakesTheEnginesDriverAndItsNetwork()
    {
        var template = await _world.AddTemplateAsync(spec: RequestWorld.Spec() with
        {
            Coe = "mesos",
            Labels = new Dictionary<string, string> { ["rexray_preempt"] = "false", ["mesos_slave_isolation"] = "cgroups/cpu,cgroups/mem" },
        });

        Assert.Equal(("mesos_heat", "docker"), (template.Driver, template.NetworkDriver));
    }

    [Theory]
    [InlineData("network", "network_driver", "Network driver type flannel is not supported, expecting a docker/unspecified network driver.")]
    [InlineData("volume", "volume_driver", "Volume driver type rexray is not supported, expecting none: REX-Ray is not maintained any more.")]
    [InlineData("driver", "driver", "Cluster driver (k8s_heat) does not provide COE mesos.")]
    [InlineData("label", "labels", "Value should be true or false")]
    public async Task Create_WhatTheEngineDoesNotHave_IsRefused(string what, string field, string text)
    {
        var spec = RequestWorld.Spec() with { Coe = "mesos" };
        var result = await _world.Templates.CreateAsync(
            TestCaller.Member(),
            what switch
            {
                "network" => spec with { NetworkDriver = "flannel" },
                "volume" => spec with { VolumeDriver = "rexray" },
                "driver" => spec with { Driver = "k8s_heat" },
                _ => spec with { Labels = new Dictionary<string, string> { ["marathon_enabled"] = "perhaps" } },
            },
            Ct);

        Assert.StartsWith(field, result.Error?.Field, StringComparison.Ordinal);
        Assert.Contains(text, result.Error!.Detail, StringComparison.Ordinal);
    }
}
