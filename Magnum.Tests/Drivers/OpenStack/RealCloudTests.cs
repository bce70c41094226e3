using Magnum.Drivers.OpenStack;
using Magnum.Drivers.OpenStack.Configuration;
using Microsoft.Extensions.Configuration;

namespace Magnum.Tests.Drivers.OpenStack;

/// <summary>The contract against a real OpenStack: the service user by the <c>OS_*</c> variables and <c>OpenStack__*</c>, the user demo.</summary>
[Trait("lane", "openstack")]
public sealed class RealCloudTests : CloudContract
{
    public override ValueTask InitializeAsync()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("MAGNUM_LANE") == "openstack", "Needs a real OpenStack: MAGNUM_LANE=openstack and its variables");
        return base.InitializeAsync();
    }

    protected override Task<OpenStackOptions> StartAsync()
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        var options = OpenStackConfiguration.Resolve(configuration, ProcessEnvironment.Instance);
        Assert.NotNull(options);
        return Task.FromResult(options);
    }
}
