using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.ClusterApi.Contract;
using Magnum.Drivers.ClusterApi.Management;
using Magnum.Drivers.ClusterApi.Objects;
using Magnum.Drivers.Heat.Preflight;

namespace Magnum.Drivers.ClusterApi;

/// <summary>Looks before anything is made: at the cloud as for any driver, and at the management cluster.</summary>
internal sealed class ClusterApiPlanner(StackPlanner planner, ClusterClasses classes, ManagementCluster management, ClusterApiOptions options)
{
    public async Task<ClusterPlan> PlanAsync(ClusterApiDesign design, DriverDescription description, CloudCredential credential, CancellationToken cancellationToken)
    {
        var plan = await planner.PlanAsync(design, description, credential, cancellationToken);
        var checks = new CheckList();
        await CheckManagementAsync(design, checks, cancellationToken);
        if (design.Labels.List("master_lb_allowed_cidrs").Count > 0 && options.ManagementCidrs.Count == 0)
        {
            checks.Warn(
                "management.access",
                $"The API will be open to some networks only (master_lb_allowed_cidrs): the management cluster has to reach it too, and {ClusterApiOptions.Section}:ManagementCidrs does not say from where.",
                "labels");
        }

        var version = $"image.{design.Words.Version}";
        var hasLabel = design.Labels.TextOrNull(design.Words.VersionLabel) is not null;
        return plan with
        {
            Checks =
            [
                // Heat's nodes find out for themselves; Cluster API has to be told.
                .. plan.Checks.Select(c => c.Id == version && c.Outcome is CheckOutcome.Warning && !hasLabel ? c with { Outcome = CheckOutcome.Fail } : c),
                .. checks.Checks,
            ],
        };
    }

    private async Task CheckManagementAsync(ClusterApiDesign design, CheckList checks, CancellationToken cancellationToken)
    {
        ServedContract contract;
        ClusterClassView known;
        try
        {
            contract = await management.ContractAsync(cancellationToken);
            checks.Pass("management.reachable", $"The management cluster answers, and has Cluster API in {contract.Format.Name}.");
            known = await classes.FindAsync(contract, options.ClusterClass, design.Cluster, options.ClassNamespace, cancellationToken);
            checks.Pass("management.class", $"The cluster class {known.Name} is there.");
        }
        catch (CloudException e)
        {
            checks.Fail("management.reachable", e.Message);
            return;
        }
        catch (DriverRefusedException e)
        {
            checks.Fail("management.class", e.Message);
            return;
        }

        var facts = new Heat.CloudFacts(design.MasterImage, design.WorkerImage, null, design.ExternalNetwork, design.FixedNetwork, design.FixedSubnet ?? design.FixedNetwork, design.NewSubnetCidr);
        var flavors = new NodeFlavors(design.MasterFlavor ?? "", design.WorkerFlavor ?? "");
        var wanted = ClusterVariables.Of(design, facts, flavors, options, ClusterApiNames.NameOf(design.Cluster))
            .Concat(ClusterVariables.Of(design, design.Workers, design.WorkerImage, flavors.Workers));
        checks.Judge(
            "management.variables",
            wanted.Where(v => v.AskedBy is not null && !known.Variables.Contains(v.Name)).Select(v => $"The cluster class {known.Name} has no variable {v.Name}, which {v.AskedBy} needs."),
            $"The cluster class {known.Name} knows all that is asked for.");
    }
}
