using Microsoft.Extensions.Hosting;

namespace Magnum.Drivers.EmbeddedCloud;

/// <summary>The cloud lives inside another process, which alone listens to signals: without this, Ctrl+C would end the cloud first and its user's work with it.</summary>
internal sealed class EmbeddedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
