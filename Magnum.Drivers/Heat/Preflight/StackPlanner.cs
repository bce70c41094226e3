using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;

namespace Magnum.Drivers.Heat.Preflight;

/// <summary>Looks before anything is made: what would be, and what speaks against it.</summary>
internal sealed class StackPlanner(ICompute compute, INetworking networking, IImages images, IBlockStorage storage)
{
    public async Task<ClusterPlan> PlanAsync(PlannedDesign design, DriverDescription description, CloudCredential credential, CancellationToken cancellationToken)
    {
        var cloud = await CloudAnswers.AskAsync(design, credential, compute, networking, images, storage, cancellationToken);
        var checks = new CheckList();
        DesignChecks.Run(checks, design, description);
        LabelChecks.Run(checks, design.Labels);

        string[] distros = [.. description.ClusterTypes.Select(t => t.Distro).Distinct(StringComparer.Ordinal)];
        var masterImage = MachineChecks.FindImage(checks, cloud.MasterImage, design.MasterImage, distros);
        var workerImage = design.WorkerImage == design.MasterImage ? masterImage : MachineChecks.FindImage(checks, cloud.WorkerImage, design.WorkerImage, distros);
        VersionCheck(checks, design, masterImage);
        var machines = new Machines(
            masterImage,
            workerImage,
            MachineChecks.FindFlavor(checks, cloud.Flavors, design.MasterFlavor, design.MasterRole, masterImage, design.BootVolumeSize),
            MachineChecks.FindFlavor(checks, cloud.Flavors, design.WorkerFlavor, design.WorkerRole, workerImage, design.BootVolumeSize));
        KeyPairCheck(checks, design, cloud.KeyPair);
        ZoneCheck(checks, design, cloud.Zones);
        var facts = NetworkChecks.Run(checks, design, cloud, machines);
        StorageChecks.Run(checks, design, cloud);
        LoadBalancerCheck(checks, design, cloud.LoadBalancers);

        if (checks.Checks.Any(c => c.Id.StartsWith("label.", StringComparison.Ordinal) && c.Outcome is CheckOutcome.Fail))
        {
            // Nothing can be reckoned with labels that cannot be read.
            return new ClusterPlan([], checks.Checks, []);
        }

        var needs = new PlannedNeeds(design, design.Parts(facts), machines);
        var quotas = new QuotaChecks(checks);
        needs.Check(quotas, checks, cloud);
        return new ClusterPlan(needs.Resources(facts), checks.Checks, quotas.Projections);
    }

    private static void VersionCheck(CheckList checks, PlannedDesign design, Image? image)
    {
        var (id, software) = ($"image.{design.Words.Version}", design.Words.Software);
        var label = design.Labels.TextOrNull(design.Words.VersionLabel);
        var own = image?.Properties.GetValueOrDefault(design.Words.Version);
        if (image is null)
        {
            return;
        }

        if (own is null)
        {
            checks.Warn(id, $"Image {image.Name} does not say which {software} it has (property {design.Words.Version}).", "image_id");
        }
        else if (label is not null && label.TrimStart('v') != own.TrimStart('v'))
        {
            checks.Fail(id, $"Label {design.Words.VersionLabel} asks for {label}, and image {image.Name} has {software} {own}.", "labels");
        }
        else
        {
            checks.Pass(id, $"Image {image.Name} has {software} {own}.", "image_id");
        }
    }

    private static void KeyPairCheck(CheckList checks, PlannedDesign design, Answer<KeyPair?> answer)
    {
        if (design.KeyPair is not { } wanted)
        {
            checks.Warn("keypair", "No key pair is given: nobody will be able to sign in to the nodes.", "keypair");
        }
        else if (answer.Trouble is not null)
        {
            checks.Take(answer, "keypair", $"Key pair {wanted}", isNeeded: true, "keypair");
        }
        else if (answer.Value is null)
        {
            checks.Fail("keypair", $"Key pair {wanted} could not be found.", "keypair");
        }
        else
        {
            checks.Pass("keypair", $"Key pair {wanted} is there.", "keypair");
        }
    }

    private static void ZoneCheck(CheckList checks, PlannedDesign design, Answer<IReadOnlyList<string>> answer)
    {
        string[] wanted = [.. design.Zones];
        if (wanted.Length == 0 || checks.Take(answer, "availability_zone", "The availability zones", isNeeded: false, "labels") is not { } zones)
        {
            return;
        }

        checks.Judge(
            "availability_zone",
            wanted.Where(z => !zones.Contains(z)).Select(z => $"There is no availability zone {z}; there are {string.Join(", ", zones)}."),
            $"Availability zone {string.Join(", ", wanted)} is there.",
            "labels");
    }

    private static void LoadBalancerCheck(CheckList checks, PlannedDesign design, Answer<object> answer)
    {
        if (!design.HasLoadBalancer)
        {
            if (design.Masters.NodeCount > 1)
            {
                checks.Warn(
                    "load_balancer.none", "Without a load balancer the API's address is the first master's: it is gone when that master is.", "master_lb_enabled");
            }
        }
        else if (checks.Take(answer, "load_balancer.service", "The load balancer service", isNeeded: true, "master_lb_enabled") is { } present)
        {
            checks.Judge(
                "load_balancer.service",
                present is true ? [] : ["This cloud has no load balancer service: switch master_lb_enabled off."],
                "The cloud has a load balancer service.",
                "master_lb_enabled");
        }
    }
}

/// <summary>Images and flavors as far as they were found.</summary>
internal sealed record Machines(Image? MasterImage, Image? WorkerImage, Flavor? MasterFlavor, Flavor? WorkerFlavor);
