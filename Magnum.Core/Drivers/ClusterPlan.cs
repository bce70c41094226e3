namespace Magnum.Core.Drivers;

/// <summary>What would be made or changed, and whether it can work: the wizard's preflight and the API's dry run.</summary>
public sealed record ClusterPlan(
    IReadOnlyList<PlannedResource> Resources,
    IReadOnlyList<PreflightCheck> Checks,
    IReadOnlyList<QuotaProjection> Quotas)
{
    /// <summary>Whether nothing speaks against launching; warnings do not.</summary>
    public bool CanLaunch => Checks.All(c => c.Outcome != CheckOutcome.Fail);
}

/// <summary>Resources of one kind that would be made.</summary>
/// <param name="Type">The back end's type, such as <c>OS::Nova::Server</c>.</param>
/// <param name="Name">Name or name pattern.</param>
/// <param name="Detail">For people: flavor, image, size.</param>
public sealed record PlannedResource(string Type, string Name, int Count, string Detail);

/// <summary>How a check came out.</summary>
public enum CheckOutcome
{
    Pass,
    Warning,
    Fail,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Id">Stable key such as <c>quota.cores</c>, <c>image.os_distro</c>, <c>network.fixed</c>.</param>
/// <param name="Message">A sentence naming the field or resource.</param>
/// <param name="Field">The request's field to change, in the API's spelling.</param>
public sealed record PreflightCheck(string Id, CheckOutcome Outcome, string Message, string? Field = null);

/// <summary>Use of a limit before and after.</summary>
/// <param name="Resource">Such as <c>instances</c>, <c>cores</c>, <c>ram</c> (MiB), <c>volumes</c>, <c>gigabytes</c>, <c>floating_ips</c>, <c>clusters</c>.</param>
/// <param name="Limit">-1: none.</param>
public sealed record QuotaProjection(string Resource, int Used, int Adds, int Limit)
{
    /// <summary>Whether it fits.</summary>
    public bool Fits => Limit < 0 || Used + Adds <= Limit;
}
