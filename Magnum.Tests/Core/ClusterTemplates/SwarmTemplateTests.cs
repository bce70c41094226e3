using Magnum.Drivers.Heat.Swarm;
using Magnum.Tests.Support;

namespace Magnum.Tests.Core.ClusterTemplates;

/// <summary>Templates of swarms, beside a driver for Kubernetes.</summary>
public sealed class SwarmTemplateTests : IDisposable
{
    private readonly RequestWorld _world = new();

    public SwarmTemplateTests() => _world.Drivers.Installed.Add(new FakeDriver(new SwarmHeatDriver(null!).Description));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("swarm")]
    [InlineData("swarm-mode")]
    public async Task Create_TakesTheEnginesDriverAndItsNetwork(string coe)
    {
        var template = await _world.AddTemplateAsync(spec: RequestWorld.Spec() with { Coe = coe });

        Assert.Equal(("swarm_heat", "docker"), (template.Driver, template.NetworkDriver));
    }

    [Theory]
    [InlineData("network", "network_driver", "Network driver type flannel is not supported, expecting a docker/unspecified network driver.")]
    [InlineData("volume", "volume_driver", "Volume driver type rexray is not supported, expecting none: REX-Ray is not maintained any more.")]
    [InlineData("driver", "driver", "Cluster driver (k8s_heat) does not provide COE swarm.")]
    [InlineData("image", "image_id", "Cluster driver (k8s_heat) does not provide COE swarm.")]
    [InlineData("label", "labels", "Value should be a network such as 10.100.0.0/16")]
    public async Task Create_WhatTheEngineDoesNotHave_IsRefused(string what, string field, string text)
    {
        _world.Images.Images.Add(FakeImages.New("special", "ubuntu", ("magnum_driver", "k8s_heat")));
        var spec = RequestWorld.Spec() with { Coe = "swarm" };
        var result = await _world.Templates.CreateAsync(
            TestCaller.Member(),
            what switch
            {
                "network" => spec with { NetworkDriver = "flannel" },
                "volume" => spec with { VolumeDriver = "rexray" },
                "driver" => spec with { Driver = "k8s_heat" },
                "image" => spec with { ImageId = "special" },
                _ => spec with { Labels = new Dictionary<string, string> { ["swarm_network_cidr"] = "10.100.0.1/16" } },
            },
            Ct);

        Assert.StartsWith(field, result.Error?.Field, StringComparison.Ordinal);
        Assert.Contains(text, result.Error!.Detail, StringComparison.Ordinal);
    }
}
