using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack;
using Magnum.Drivers.OpenStack.Heat;
using Magnum.Drivers.OpenStack.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Magnum.Tests.Support;

/// <summary>The clients on a stub and a clock that stands still until it is moved.</summary>
internal sealed class StubbedCloud : IDisposable
{
    private readonly ServiceProvider _services;

    public StubbedCloud(Action<OpenStackOptions>? configure = null, HttpMessageHandler? instead = null)
    {
        Stub = new CloudStub(Time);
        Options = new OpenStackOptions
        {
            AuthUrl = "http://cloud.test/identity",
            UserName = "magnum",
            Password = "service-password",
            ProjectName = "service",
            Trustee = { AdminPassword = "admin-password" },
            Region = "RegionOne",
        };
        configure?.Invoke(Options);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        services.AddMagnumOpenStack(Options);
        services.AddHttpClient(CloudTransport.ClientName).ConfigurePrimaryHttpMessageHandler(() => instead ?? Stub);
        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public CloudStub Stub { get; }

    public OpenStackOptions Options { get; }

    public CollectedLog Log { get; } = new();

    public IIdentity Identity => Get<IIdentity>();

    public ICompute Compute => Get<ICompute>();

    public HeatClient Heat => Get<HeatClient>();

    public static CloudCredential Service { get; } = new CloudCredential.Service();

    public static CloudCredential Person { get; } = new CloudCredential.UserToken("persons-token", CloudStub.Project);

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Lets time pass in small steps until a call that waits for it has ended.</summary>
    public async Task<T> PassAsync<T>(Task<T> call, CancellationToken cancellationToken)
    {
        while (!call.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        return await call;
    }

    public void Dispose() => _services.Dispose();
}
