using Magnum.Drivers.EmbeddedCloud.Cinder;
using Magnum.Drivers.EmbeddedCloud.Glance;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;
using Magnum.Drivers.EmbeddedCloud.Keystone;
using Magnum.Drivers.EmbeddedCloud.Neutron;
using Magnum.Drivers.EmbeddedCloud.Nova;
using Magnum.Drivers.EmbeddedCloud.Octavia;
using Magnum.Drivers.EmbeddedCloud.Persistence;
using Magnum.Drivers.EmbeddedCloud.Scenarios;

namespace Magnum.Drivers.EmbeddedCloud;

/// <summary>The cloud itself, without its doors: state, clock, services. Everything in it is touched under <see cref="Gate"/> only.</summary>
internal sealed class Cloud : IDisposable
{
    private readonly StateFile? _file;
    private readonly SemaphoreSlim _wake = new(0, 1);

    public Cloud(EmbeddedCloudOptions options)
    {
        Options = options;
        Clock = new CloudClock(options.Time, options.Speed);
        _file = options.StateFile is null ? null : new StateFile(options.StateFile);
        State = _file?.Load() ?? new CloudState();
        Identity = new IdentityService(this);
        Images = new ImageService();
        Network = new NetworkService(this);
        Compute = new ComputeService(this);
        Volumes = new VolumeService(this);
        LoadBalancers = new LoadBalancerService(this);
        Heat = new HeatEngine(this);
        Scenarios = new ScenarioBoard(this);
        CloudSeed.Plant(this);
        Compute.Resume();
        BaseUrl = new UriBuilder("http", options.Host, options.Port).Uri;
    }

    public Lock Gate { get; } = new();

    public EmbeddedCloudOptions Options { get; }

    public CloudClock Clock { get; }

    public CloudState State { get; }

    /// <summary>Ends in a slash; certain only once the server listens.</summary>
    public Uri BaseUrl { get; set; }

    public IdentityService Identity { get; }

    public ImageService Images { get; }

    public NetworkService Network { get; }

    public ComputeService Compute { get; }

    public VolumeService Volumes { get; }

    public LoadBalancerService LoadBalancers { get; }

    public HeatEngine Heat { get; }

    public ScenarioBoard Scenarios { get; }

    /// <summary>Something changed: it must reach the file, and perhaps something is due earlier than thought.</summary>
    public void Touch()
    {
        _file?.MarkChanged();
        Wake();
    }

    /// <summary>Writes what changed; returns when a file that has it all is in place.</summary>
    public Task SaveAsync(CancellationToken cancellationToken) =>
        _file is null ? Task.CompletedTask : _file.SaveAsync(Snapshot, cancellationToken);

    /// <summary>Brings everything up to the present; returns when the next thing is due.</summary>
    public DateTimeOffset? Advance()
    {
        lock (Gate)
        {
            var now = Clock.Now;
            var changed = Scenarios.Advance(now);
            changed |= Compute.Advance(now);
            changed |= Volumes.Advance(now);
            changed |= LoadBalancers.Advance(now);
            changed |= Heat.Advance(now);
            if (changed)
            {
                _file?.MarkChanged();
            }

            return new[] { Compute.NextDue(), Volumes.NextDue(), LoadBalancers.NextDue(), Heat.NextDue(), Scenarios.NextDue() }.Min();
        }
    }

    public void SetSpeed(double speed)
    {
        lock (Gate)
        {
            var move = Clock.SetSpeed(speed);
            Compute.Shift(move);
            Volumes.Shift(move);
            LoadBalancers.Shift(move);
            Heat.Shift(move);
        }

        Touch();
    }

    public void Wake()
    {
        lock (_wake)
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
    }

    /// <summary>Lets time do its work until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var nextWrite = Clock.Now + Options.SaveInterval;
        while (!cancellationToken.IsCancellationRequested)
        {
            var next = Advance();
            if (_file is { IsBehind: true } && Clock.Now >= nextWrite)
            {
                var begun = Clock.Now;
                await SaveAsync(cancellationToken);

                // What only time changed would happen again, so a large state is not written all the time.
                var took = Clock.Now - begun;
                nextWrite = Clock.Now + (took * 10 > Options.SaveInterval ? took * 10 : Options.SaveInterval);
            }

            await SleepAsync(_file is { IsBehind: true } && !(next < nextWrite) ? nextWrite : next, cancellationToken);
        }
    }

    private async Task SleepAsync(DateTimeOffset? until, CancellationToken cancellationToken)
    {
        var wait = until is { } moment ? moment - Clock.Now : TimeSpan.FromSeconds(30);
        if (wait <= TimeSpan.Zero)
        {
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var woken = _wake.WaitAsync(over.Token);
        var slept = Task.Delay(wait, Clock.Time, over.Token);
        await Task.WhenAny(woken, slept);
        await over.CancelAsync();
        try
        {
            await Task.WhenAll(woken, slept);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The one of the two that was not needed any more.
        }
    }

    public void Dispose()
    {
        _wake.Dispose();
        _file?.Dispose();
        Compute.ReportsWaiting.Dispose();
    }

    private void Snapshot(Stream stream)
    {
        lock (Gate)
        {
            StateFile.Serialize(State, stream);
        }
    }

    /// <summary>Every moment that lies ahead in the state of one service goes through here when the speed changes.</summary>
    internal static DateTimeOffset? Shifted(DateTimeOffset? moment, Func<DateTimeOffset, DateTimeOffset> move) => moment is { } m ? move(m) : null;

}
