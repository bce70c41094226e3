using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.Heat.Labels;
using Magnum.Drivers.OpenStack.Heat;

namespace Magnum.Drivers.Heat;

/// <summary>Finds what the names in a cluster stand for.</summary>
internal sealed class CloudLookup(IImages images, INetworking networking)
{
    /// <summary>Refuses by <see cref="DriverRefusedException"/> what cannot be found: nothing has been touched then.</summary>
    public async Task<CloudFacts> ResolveAsync(ClusterDesign design, CloudCredential credential, CancellationToken cancellationToken)
    {
        var master = await ImageAsync(design.MasterImage, credential, cancellationToken);
        var worker = design.WorkerImage == design.MasterImage ? master : await ImageAsync(design.WorkerImage, credential, cancellationToken);
        var version = design.Labels.TextOrNull(design.Words.VersionLabel) ?? master.Properties.GetValueOrDefault(design.Words.Version);
        var networks = design.NeedsExternalNetwork || design.FixedNetwork is not null ? await networking.ListNetworksAsync(credential, cancellationToken) : [];
        var external = design.NeedsExternalNetwork ? Taken(NetworkChoice.External(networks, design.ExternalNetwork)) : null;
        if (design.FixedNetwork is not { } wanted)
        {
            return new CloudFacts(master.Id, worker.Id, version, external?.Id, null, null, design.NewSubnetCidr);
        }

        var network = Taken(NetworkChoice.Named(networks, wanted, "fixed_network"));
        var subnet = Taken(NetworkChoice.Subnet(await networking.ListSubnetsAsync(credential, cancellationToken), network, design.FixedSubnet));
        return new CloudFacts(master.Id, worker.Id, version, external?.Id, network.Id, subnet.Id, subnet.Cidr);
    }

    /// <summary>The same for a group that is added to the cluster of a stack.</summary>
    /// <param name="cluster">With its outputs.</param>
    public async Task<CloudFacts> ResolveGroupAsync(ClusterDesign design, HeatStack cluster, CloudCredential credential, CancellationToken cancellationToken)
    {
        var known = CloudFacts.Of(cluster.Parameters, design.Words);
        var facts = known with
        {
            FixedNetwork = Output("fixed_network"),
            FixedSubnet = Output("fixed_subnet"),
            WorkerSecurityGroups = Output("worker_security_groups"),
            ApiPrivateAddress = Output("api_private_address"),
            ManagerAddresses = cluster.Outputs.GetValueOrDefault("manager_addresses")?.Text,
        };
        if (design.WorkerImage == design.OfCluster().WorkerImage)
        {
            return facts;   // what the name meant when the cluster was made
        }

        var image = await ImageAsync(design.WorkerImage, credential, cancellationToken);
        var version = image.Properties.GetValueOrDefault(design.Words.Version);
        return EngineVersion.IsNewer(version, known.Version)
            ? throw new DriverRefusedException(
                $"Image {image.Name} has {design.Words.Software} {version}, and the cluster runs {known.Version}: nodes must not be newer than the control plane.", nothingChanged: true)
            : facts with { WorkerImage = image.Id, Version = version ?? known.Version };

        string Output(string name) => cluster.Outputs.TryGetValue(name, out var output)
            && (output.List is { Count: > 0 } list ? string.Join(',', list) : output.Text) is { Length: > 0 } text
            ? text
            : throw new DriverRefusedException($"The cluster's stack does not say what its {name} is; stack {cluster.Name} is {cluster.Status}.", nothingChanged: true);
    }

    private async Task<Image> ImageAsync(string idOrName, CloudCredential credential, CancellationToken cancellationToken) =>
        await images.FindImagesAsync(credential, idOrName, cancellationToken) switch
        {
            [var image] => image,
            [] => throw new DriverRefusedException($"Image {idOrName} could not be found.", nothingChanged: true),
            var several => throw new DriverRefusedException($"{several.Count} images are called {idOrName}: use an id.", nothingChanged: true),
        };

    private static T Taken<T>((T? Value, string? Fault) choice)
        where T : class => choice.Value ?? throw new DriverRefusedException(choice.Fault ?? "Not found.", nothingChanged: true);
}
