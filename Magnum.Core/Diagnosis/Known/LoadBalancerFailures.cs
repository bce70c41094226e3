namespace Magnum.Core.Diagnosis.Known;

/// <summary>Octavia: load balancers.</summary>
internal static class LoadBalancerFailures
{
    public static readonly IReadOnlyList<FailureCause> All =
    [
        new("quota-load-balancers", Actor.User, "The project's quota of load balancers is used up.", @"Quota has been met for resources?: (load.?balancer|listener|pool|member|health)"),
        new("load-balancer-service-missing", Actor.Operator, "The cloud has no load balancer service.", @"offers no Octavia|Service octavia is not available|endpoint for load-balancer service .{0,60}not found|catalog has no load balancer"),
        new("load-balancer-provider", Actor.Operator, "The load balancer's provider is not enabled.", @"Provider '?\S+?'? (is not enabled|was not found)"),
        new("load-balancer-error", Actor.Operator, "Octavia could not build the load balancer.", @"load balancer( listener| pool| member| health monitor)?\b.{0,120}could not be made: (Unknown|.{0,80}\bERROR\b)|load ?balancer \S+ .{0,60}(provisioning_status|status).{0,10}ERROR"),
    ];
}
