using Magnum.Core.OpenStack;

namespace Magnum.Drivers.Heat.Preflight;

/// <summary>All that a plan has to know of the cloud, asked for at once.</summary>
internal sealed record CloudAnswers
{
    public required Answer<IReadOnlyList<Image>> MasterImage { get; init; }

    public required Answer<IReadOnlyList<Image>> WorkerImage { get; init; }

    public required Answer<IReadOnlyList<Flavor>> Flavors { get; init; }

    public required Answer<KeyPair?> KeyPair { get; init; }

    public required Answer<IReadOnlyList<string>> Zones { get; init; }

    public required Answer<IReadOnlyList<Network>> Networks { get; init; }

    public required Answer<IReadOnlyList<Subnet>> Subnets { get; init; }

    /// <summary>True or false.</summary>
    public required Answer<object> LoadBalancers { get; init; }

    /// <summary>True or false.</summary>
    public required Answer<object> Volumes { get; init; }

    public required Answer<IReadOnlyList<string>> VolumeTypes { get; init; }

    public required Answer<ComputeLimits> ComputeLimits { get; init; }

    public required Answer<NetworkLimits> NetworkLimits { get; init; }

    /// <summary>Null without a volume service.</summary>
    public required Answer<VolumeLimits?> VolumeLimits { get; init; }

    public static async Task<CloudAnswers> AskAsync(
        PlannedDesign design,
        CloudCredential credential,
        ICompute compute,
        INetworking networking,
        IImages images,
        IBlockStorage storage,
        CancellationToken cancellationToken)
    {
        var masterImage = CheckList.AskAsync(images.FindImagesAsync(credential, design.MasterImage, cancellationToken));
        var workerImage = design.WorkerImage == design.MasterImage
            ? masterImage
            : CheckList.AskAsync(images.FindImagesAsync(credential, design.WorkerImage, cancellationToken));
        var flavors = CheckList.AskAsync(compute.ListFlavorsAsync(credential, cancellationToken));
        var keyPair = CheckList.AskAsync(design.KeyPair is { } key ? compute.FindKeyPairAsync(credential, key, cancellationToken) : Nothing<KeyPair>());
        var zones = CheckList.AskAsync(design.Zones.Any() ? compute.ListAvailabilityZonesAsync(credential, cancellationToken) : None<string>());
        var computeLimits = CheckList.AskAsync(compute.GetLimitsAsync(credential, cancellationToken));
        var networks = CheckList.AskAsync(networking.ListNetworksAsync(credential, cancellationToken));
        var subnets = CheckList.AskAsync(design.FixedNetwork is null ? None<Subnet>() : networking.ListSubnetsAsync(credential, cancellationToken));
        var networkLimits = CheckList.AskAsync(networking.GetLimitsAsync(credential, cancellationToken));
        var balancers = CheckList.AskAsync(design.HasLoadBalancer ? Boxed(networking.HasLoadBalancersAsync(credential, cancellationToken)) : Boxed(Task.FromResult(false)));
        var volumes = CheckList.AskAsync(design.NeedsVolumes ? Boxed(storage.IsAvailableAsync(credential, cancellationToken)) : Boxed(Task.FromResult(false)));
        var present = (await volumes).Value is true;
        var types = CheckList.AskAsync(present ? storage.ListVolumeTypesAsync(credential, cancellationToken) : None<string>());
        var volumeLimits = CheckList.AskAsync(present ? Maybe(storage.GetLimitsAsync(credential, cancellationToken)) : Nothing<VolumeLimits>());
        return new CloudAnswers
        {
            MasterImage = await masterImage,
            WorkerImage = await workerImage,
            Flavors = await flavors,
            KeyPair = await keyPair,
            Zones = await zones,
            Networks = await networks,
            Subnets = await subnets,
            LoadBalancers = await balancers,
            Volumes = await volumes,
            VolumeTypes = await types,
            ComputeLimits = await computeLimits,
            NetworkLimits = await networkLimits,
            VolumeLimits = await volumeLimits,
        };
    }

    private static Task<T?> Nothing<T>()
        where T : class => Task.FromResult<T?>(null);

    private static Task<IReadOnlyList<T>> None<T>() => Task.FromResult<IReadOnlyList<T>>([]);

    private static async Task<T?> Maybe<T>(Task<T> task)
        where T : class => await task;

    private static async Task<object> Boxed(Task<bool> task) => await task;
}
