using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.Heat.Labels;
using Magnum.Drivers.OpenStack.Heat;

namespace Magnum.Drivers.Heat;

/// <summary>Finds what the names in a cluster stand for.</summary>
internal sealed class CloudLookup(IImages images, INetworking networking)
{
    /// <summary>Nodes may be so many minor versions older than the control plane.</summary>
    private const int MostMinorsBehind = 2;

    /// <summary>Refuses by <see cref="DriverRefusedException"/> what cannot be found: nothing has been touched then.</summary>
    public async Task<CloudFacts> ResolveAsync(PlannedDesign design, CloudCredential credential, CancellationToken cancellationToken)
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
    public async Task<CloudFacts> ResolveGroupAsync(PlannedDesign design, HeatStack cluster, CloudCredential credential, CancellationToken cancellationToken)
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

    /// <summary>What a stack's nodes are to be upgraded to; a refusal where they cannot be.</summary>
    public async Task<UpgradeGoal> ResolveUpgradeAsync(PlannedDesign design, CloudCredential credential, CancellationToken cancellationToken)
    {
        var software = design.Words.Software;
        if (design.Faults.FirstOrDefault() is { } fault)
        {
            throw Refused(fault);
        }

        var worker = await ImageAsync(design.WorkerImage, credential, cancellationToken);
        var master = design.IsAddedGroup || design.MasterImage == design.WorkerImage ? worker : await ImageAsync(design.MasterImage, credential, cancellationToken);
        var labelled = design.Labels.TextOrNull(design.Words.VersionLabel);
        var version = master.Properties.GetValueOrDefault(design.Words.Version) ?? labelled
            ?? throw Refused($"Image {master.Name} does not say which version of {software} it has (property {design.Words.Version}).");
        if (labelled is not null && EngineVersion.AreSame(version, labelled) is false)
        {
            throw Refused($"Label {design.Words.VersionLabel} asks for {labelled}, and image {master.Name} has {software} {version}.");
        }

        if (design.IsAddedGroup)
        {
            return EngineVersion.IsNewer(version, design.Cluster.CoeVersion)
                ? throw Refused($"Image {worker.Name} has {software} {version}, and the cluster runs {design.Cluster.CoeVersion}: nodes must not be newer than the control plane.")
                : new UpgradeGoal(master.Id, worker.Id, version);
        }

        var behind = design.Cluster.NodeGroups.Find(g => !g.IsDefault && EngineVersion.MinorsBehind(g.Version, version) > MostMinorsBehind);
        var objection = EngineVersion.UpgradeFault(software, design.Cluster.CoeVersion, version) ?? design.UpgradeFault()
            ?? (behind is null ? null : $"Node group {behind.Name} runs {software} {behind.Version} and would be too far behind {version}: upgrade it to the cluster's template first.");
        return objection is null ? new UpgradeGoal(master.Id, worker.Id, version) : throw Refused(objection);
    }

    private static DriverRefusedException Refused(string why) => new(why, nothingChanged: true);

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
