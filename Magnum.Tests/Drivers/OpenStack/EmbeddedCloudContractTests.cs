using Magnum.Drivers.EmbeddedCloud;
using Magnum.Drivers.OpenStack;
using Microsoft.Extensions.Logging.Abstractions;

namespace Magnum.Tests.Drivers.OpenStack;

/// <summary>The contract against the embedded cloud, over HTTP as any other.</summary>
public sealed class EmbeddedCloudContractTests : CloudContract
{
    private EmbeddedCloudServer? _cloud;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_cloud is not null)
        {
            await _cloud.DisposeAsync();
        }
    }

    protected override async Task<OpenStackOptions> StartAsync()
    {
        _cloud = await EmbeddedCloudServer.StartAsync(
            new EmbeddedCloudOptions { Port = 0, Speed = 50 }, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        return new OpenStackOptions
        {
            AuthUrl = _cloud.AuthUrl.ToString(),
            UserName = "magnum",
            Password = "devcloud",
            ProjectName = "service",
            Region = "RegionOne",
            Trustee = { AdminPassword = "devcloud" },
        };
    }
}
