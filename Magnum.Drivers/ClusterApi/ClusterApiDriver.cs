using System.Text.Json.Nodes;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Drivers.ClusterApi.Contract;
using Magnum.Drivers.ClusterApi.Management;
using Magnum.Drivers.ClusterApi.Objects;
using Magnum.Drivers.ClusterApi.Observing;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Kubernetes;
using Magnum.Drivers.Heat.Labels;
using Magnum.Drivers.Kubernetes;

namespace Magnum.Drivers.ClusterApi;

/// <summary>
/// Kubernetes by Cluster API: a cluster is one Cluster object with a topology in a management cluster, and its node groups are pieces of that. Cluster API's
/// controllers make machines of it, replace broken ones, drain those that go and roll out new versions.
/// </summary>
internal sealed class ClusterApiDriver(
    ManagementCluster management,
    ClusterApiOptions options,
    ClusterClasses classes,
    ClusterSecrets secrets,
    OwnerCredentials credentials,
    ClusterObserver observer,
    ClusterApiPlanner planner,
    CloudLookup lookup,
    IImages images,
    ICompute compute,
    ServiceBalancers balancers,
    TimeProvider time) : IClusterDriver
{
    public const string Name = "k8s_capi";

    public const string DefaultNetworkDriver = "calico";

    public DriverDescription Description { get; } = new()
    {
        Name = Name,
        Title = "Kubernetes by Cluster API",
        ClusterTypes =
        [
            new("vm", "ubuntu", "kubernetes"),
            new("vm", "flatcar", "kubernetes"),
            new("vm", "debian", "kubernetes"),
            new("vm", "rockylinux", "kubernetes"),
        ],
        NetworkDrivers = [DefaultNetworkDriver, "cilium"],
        VolumeDrivers = ["cinder"],
        Capabilities = DriverCapabilities.Resize | DriverCapabilities.ResizeMasters | DriverCapabilities.Upgrade | DriverCapabilities.NodeGroups
            | DriverCapabilities.RotateCredential | DriverCapabilities.RemoveChosenNodes,
        VersionLabel = "kube_tag",
        VersionProperty = KubernetesDesign.KubernetesWords.Version,
        Labels = ClusterApiLabels.All,
        TakesAuthorities = true,
    };

    public Task<ClusterPlan> PlanAsync(Cluster proposed, CloudCredential credential, CancellationToken cancellationToken) =>
        planner.PlanAsync(new ClusterApiDesign(proposed), Description, credential, cancellationToken);

    /// <summary>The management cluster keeps what there is to keep.</summary>
    public async Task<string?> AdoptAsync(Cluster cluster, string? kept, TokenInfo owner, CancellationToken cancellationToken)
    {
        await credentials.ReplaceAsync(cluster, owner, cancellationToken);
        return null;
    }

    public async Task AbandonAsync(Cluster cluster, TokenInfo owner, CancellationToken cancellationToken) =>
        await RemoveLeftoversAsync(cluster, new CloudCredential.UserToken(owner.Token, owner.ProjectId), cancellationToken);

    public async Task<string> ConvergeAsync(DriverRequest request, CancellationToken cancellationToken)
    {
        var (rows, group) = (request.Cluster, request.NodeGroup);
        var design = new ClusterApiDesign(rows, group);
        if (design.Faults.FirstOrDefault() is { } fault)
        {
            throw Refused(fault);
        }

        var name = ClusterApiNames.NameOf(rows);
        var contract = await management.ContractAsync(cancellationToken);
        var live = await FindAsync(contract, rows, cancellationToken);
        switch (live)
        {
            case null when group is null && request.MayCreate:
                await CreateAsync(request, design, contract, cancellationToken);
                return name;
            case null:
                throw Refused($"Cluster {name} is not in the management cluster: somebody deleted it outside Magnum. Delete the cluster to clean up.");
            case { IsDeleting: true }:
                throw new CloudException(ManagementFaults.Service, CloudFault.Conflict, "The cluster is being deleted.");
        }

        var id = group is null ? name : ClusterApiNames.BackendIdOf(name, ClusterApiNames.NameOf(group));
        if (live.Annotation(ClusterApiNames.GenerationOf(group)) == request.Generation)
        {
            return id;
        }

        var draft = DraftOf(live);
        if (group is not null && draft.Group(ClusterApiNames.NameOf(group)) is null)
        {
            if (!request.MayCreate)
            {
                throw Refused($"Node group {group.Name} is not in cluster {name} any more: somebody deleted it outside Magnum. Delete the node group to clean up.");
            }

            draft.Add(await NewGroupAsync(design, draft, contract, request.Credential, cancellationToken));
        }
        else if (request.UpgradeBatch is { } batch)
        {
            await UpgradeAsync(draft, design, contract, request.Credential, batch, cancellationToken);
        }
        else
        {
            Resize(draft, design);
        }

        draft.Mark(group, request.Generation, time.GetUtcNow());
        await management.ApplyAsync(contract.Cluster, draft.Body, dryRun: true, cancellationToken);
        await ChooseAsync(request, contract, cancellationToken);
        await management.ApplyAsync(contract.Cluster, draft.Body, dryRun: false, cancellationToken);
        await SetPresentCountAsync(design, contract, cancellationToken);
        return id;
    }

    public async Task CheckUpgradeAsync(Cluster upgraded, NodeGroup? group, CloudCredential credential, CancellationToken cancellationToken)
    {
        var contract = await management.ContractAsync(cancellationToken);
        var live = await FindAsync(contract, upgraded, cancellationToken)
            ?? throw Refused($"Cluster {ClusterApiNames.NameOf(upgraded)} is not in the management cluster.");
        var draft = DraftOf(live);
        await UpgradeAsync(draft, new ClusterApiDesign(upgraded, group), contract, credential, batch: 1, cancellationToken);
        await management.ApplyAsync(contract.Cluster, draft.Body, dryRun: true, cancellationToken);
    }

    public Task<ObservedCluster> ObserveAsync(DriverRequest request, ObserveOptions options, CancellationToken cancellationToken) =>
        observer.ObserveAsync(request, options, cancellationToken);

    public Task<IReadOnlyList<string>> RemoveOwnMakingsAsync(Cluster cluster, CloudCredential credential, CancellationToken cancellationToken) =>
        balancers.RemoveAsync(cluster, credential, cancellationToken);

    public async Task DeleteAsync(DriverRequest request, CancellationToken cancellationToken)
    {
        var rows = request.Cluster;
        var contract = await management.ContractAsync(cancellationToken);
        var live = await FindAsync(contract, rows, cancellationToken);
        if (request.NodeGroup is { } group)
        {
            // A group goes with a Cluster that is going.
            if (live is { IsDeleting: false } && rows.Status is not (ClusterStatus.DeleteInProgress or ClusterStatus.DeleteFailed)
                && TopologyDraft.Of(live) is { } draft && draft.Remove(ClusterApiNames.NameOf(group)))
            {
                draft.Unmark(group);
                await management.ApplyAsync(contract.Cluster, draft.Body, dryRun: false, cancellationToken);
            }
        }
        else if (live is null)
        {
            await RemoveLeftoversAsync(rows, request.Credential, cancellationToken);
        }
        else if (!live.IsDeleting)
        {
            await management.DeleteAsync(contract.Cluster, live.Namespace, live.Name, afterOwned: true, cancellationToken);
        }
    }

    public async Task<IReadOnlySet<string>?> ListInProgressAsync(CancellationToken cancellationToken) => await observer.ListInProgressAsync(cancellationToken);

    /// <summary>By what Cluster API knows: it asks the cluster all the time, and reaches also those that Magnum does not.</summary>
    public async Task<ClusterHealth?> ProbeAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken)
    {
        try
        {
            return HealthReport.Of(await ClusterObjects.ReadAsync(
                management, ClusterApiNames.NamespaceOf(options, cluster.ProjectId), ClusterApiNames.NameOf(cluster), cancellationToken));
        }
        catch (CloudException e)
        {
            return ClusterHealth.Unknown(e.Message);
        }
    }

    public async Task<EngineContents?> LookInsideAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken)
    {
        using var api = KubernetesApi.Open(cluster, access);
        return api is null ? null : await KubernetesContents.LookAsync(api, cancellationToken);
    }

    private static TopologyDraft DraftOf(ApiObject live) => TopologyDraft.Of(live)
        ?? throw Refused($"Cluster {live.Name} in the management cluster is not one that is made by a topology.");

    private static DriverRefusedException Refused(string why) => new(why, nothingChanged: true);

    private static void Resize(TopologyDraft draft, ClusterApiDesign design)
    {
        if (!design.IsAddedGroup)
        {
            draft.ControlPlane["replicas"] = design.Masters.NodeCount;
        }

        if (draft.Group(ClusterApiNames.NameOf(design.Workers)) is { } piece)
        {
            ClusterTopology.SetCount(piece, design);
        }
    }

    private Task<ApiObject?> FindAsync(ServedContract contract, Cluster cluster, CancellationToken cancellationToken) =>
        management.FindAsync(contract.Cluster, ClusterApiNames.NamespaceOf(options, cluster.ProjectId), ClusterApiNames.NameOf(cluster), cancellationToken);

    private async Task CreateAsync(DriverRequest request, ClusterApiDesign design, ServedContract contract, CancellationToken cancellationToken)
    {
        var cluster = request.Cluster;
        var authorities = request.Authorities ?? throw new InvalidOperationException("The cluster's certificates are made before its infrastructure.");
        if (await secrets.FindCredentialAsync(cluster, cancellationToken) is null)
        {
            throw Refused("The cluster's application credential is not in the management cluster. Rotate the cluster's credential, then try again.");
        }

        var known = await classes.FindAsync(contract, options.ClusterClass, cluster, options.ClassNamespace, cancellationToken);
        var facts = await lookup.ResolveAsync(design, request.Credential, cancellationToken);
        if (facts.Version is not { } version)
        {
            throw Refused($"Image {design.MasterImage} does not say which version of Kubernetes it has (property {design.Words.Version}), and neither does label {design.Words.VersionLabel}.");
        }

        var flavors = await compute.ListFlavorsAsync(request.Credential, cancellationToken);
        var named = new NodeFlavors(FlavorName(flavors, design.MasterFlavor!), FlavorName(flavors, design.WorkerFlavor!));
        var draft = new ClusterTopology(contract.Format, options, known).New(design, facts, named, version);
        draft.Mark(null, request.Generation, time.GetUtcNow());
        await management.ApplyAsync(contract.Cluster, draft.Body, dryRun: true, cancellationToken);
        await secrets.ApplyAuthoritiesAsync(cluster, authorities, contract, cancellationToken);
        await management.ApplyAsync(contract.Cluster, draft.Body, dryRun: false, cancellationToken);
    }

    /// <summary>An added group's piece of the topology.</summary>
    private async Task<JsonObject> NewGroupAsync(
        ClusterApiDesign design, TopologyDraft draft, ServedContract contract, CloudCredential credential, CancellationToken cancellationToken)
    {
        var flavors = await compute.ListFlavorsAsync(credential, cancellationToken);
        var flavor = FlavorName(flavors, design.WorkerFlavor!);
        var image = design.WorkerImage == design.OfCluster().WorkerImage
            ? draft.VariableOf(draft.Group(ClusterApiNames.NameOf(design.Cluster.DefaultWorker)), ClusterVariables.Image)   // what the name meant when the cluster was made
            : null;
        image ??= await ImageAsync(design, draft.Version, credential, cancellationToken);
        return (await TopologyAsync(draft, design.Cluster, contract, cancellationToken)).Group(design, image, flavor);
    }

    private async Task<string> ImageAsync(ClusterApiDesign design, string clusterVersion, CloudCredential credential, CancellationToken cancellationToken)
    {
        var found = await images.FindImagesAsync(credential, design.WorkerImage, cancellationToken);
        if (found is not [var image])
        {
            throw Refused(found.Count == 0 ? $"Image {design.WorkerImage} could not be found." : $"{found.Count} images are called {design.WorkerImage}: use an id.");
        }

        return EngineVersion.MinorsBehind(image.Properties.GetValueOrDefault(design.Words.Version), clusterVersion) is { } behind && behind != 0
            ? throw Refused($"Image {image.Name} has Kubernetes {image.Properties[design.Words.Version]}, and the cluster runs {clusterVersion}: all nodes are of one minor version.")
            : image.Id;
    }

    /// <summary>Writes an upgrade into the draft; a refusal where it cannot be.</summary>
    private async Task UpgradeAsync(
        TopologyDraft draft, ClusterApiDesign design, ServedContract contract, CloudCredential credential, int batch, CancellationToken cancellationToken)
    {
        var goal = await lookup.ResolveUpgradeAsync(design, credential, cancellationToken);
        var present = design.Cluster.CoeVersion ?? draft.Version;
        var topology = await TopologyAsync(draft, design.Cluster, contract, cancellationToken);
        if (!design.IsAddedGroup)
        {
            // Cluster API does not go on to the next version while a group is at the one before the present.
            if (design.Cluster.NodeGroups.Find(g => !g.IsDefault && EngineVersion.MinorsBehind(g.Version, present) > 0) is { } behind)
            {
                throw Refused($"Node group {behind.Name} still runs Kubernetes {behind.Version}, and the cluster {present}: upgrade it to the cluster's template first.");
            }

            topology.Upgrade(draft, design.Workers, goal, batch);
            return;
        }

        if (EngineVersion.MinorsBehind(goal.Version, present) > 0)
        {
            throw Refused($"The image has Kubernetes {goal.Version}, and the cluster runs {present}: all nodes are of one minor version.");
        }

        var piece = draft.Group(ClusterApiNames.NameOf(design.Workers)) ?? throw Refused($"Node group {design.Workers.Name} is not in the management cluster.");
        topology.Upgrade(piece, goal.WorkerImage, batch);
    }

    /// <summary>By the class that the cluster was made with.</summary>
    private async Task<ClusterTopology> TopologyAsync(TopologyDraft draft, Cluster cluster, ServedContract contract, CancellationToken cancellationToken)
    {
        var (name, ns) = contract.Format.ClassOf(draft.Topology);
        return new ClusterTopology(
            contract.Format, options, await classes.FindAsync(contract, name ?? options.ClusterClass, cluster, ns, cancellationToken));
    }

    /// <summary>Marks machines as those that go first when their group shrinks.</summary>
    private async Task ChooseAsync(DriverRequest request, ServedContract contract, CancellationToken cancellationToken)
    {
        if (request.NodesToRemove.Count == 0)
        {
            return;
        }

        var objects = await ClusterObjects.ReadAsync(
            management, ClusterApiNames.NamespaceOf(options, request.Cluster.ProjectId), ClusterApiNames.NameOf(request.Cluster), cancellationToken);
        foreach (var machine in objects.Machines.Where(m => ClusterObserver.ServerId(objects, m) is { } id && request.NodesToRemove.Contains(id)))
        {
            await management.ApplyAsync(
                contract.Machine, Existing(machine, new JsonObject { [ClusterApiNames.DeleteMachine] = "yes" }), dryRun: false, cancellationToken);
        }
    }

    /// <summary>The number of nodes of a group that is scaled by load: what is asked for holds until the autoscaler finds otherwise.</summary>
    private async Task SetPresentCountAsync(ClusterApiDesign design, ServedContract contract, CancellationToken cancellationToken)
    {
        if (!design.IsScaledByLoad)
        {
            return;
        }

        var objects = await ClusterObjects.ReadAsync(
            management, ClusterApiNames.NamespaceOf(options, design.Cluster.ProjectId), ClusterApiNames.NameOf(design.Cluster), cancellationToken);
        var (minimum, maximum) = design.Range;
        var count = Math.Clamp(design.Workers.NodeCount, minimum, maximum);
        if (objects.DeploymentOf(ClusterApiNames.NameOf(design.Workers)) is { } deployment && deployment.WantedNodes() != count)
        {
            var body = Existing(deployment, null);
            body["spec"] = new JsonObject { ["replicas"] = count };
            await management.ApplyAsync(contract.MachineDeployment, body, dryRun: false, cancellationToken);
        }
    }

    /// <summary>With the uid: applied when the object has gone meanwhile, it would make another.</summary>
    private static JsonObject Existing(ApiObject o, JsonObject? annotations)
    {
        var metadata = new JsonObject { ["name"] = o.Name, ["namespace"] = o.Namespace, ["uid"] = o.Uid };
        if (annotations is not null)
        {
            metadata["annotations"] = annotations;
        }

        return new JsonObject { ["metadata"] = metadata };
    }

    private async Task RemoveLeftoversAsync(Cluster cluster, CloudCredential credential, CancellationToken cancellationToken)
    {
        var left = await secrets.ListAsync(cluster, cancellationToken);
        var holder = left.FirstOrDefault(s => s.Name == ClusterApiNames.CloudSecretOf(ClusterApiNames.NameOf(cluster)));
        await credentials.RemoveAsync(cluster, holder, credential, cancellationToken);
        await secrets.DeleteAsync(cluster, left, cancellationToken);
    }

    private static string FlavorName(IReadOnlyList<Flavor> flavors, string wanted) =>
        (flavors.FirstOrDefault(f => f.Id == wanted) ?? flavors.FirstOrDefault(f => f.Name == wanted))?.Name ?? throw Refused($"Flavor {wanted} could not be found.");
}
