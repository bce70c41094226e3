namespace Magnum.Core.Diagnosis.Known;

/// <summary>Cluster API: what its conditions say beyond the messages of OpenStack that they quote.</summary>
internal static class ClusterApiFailures
{
    public static readonly IReadOnlyList<FailureCause> All =
    [
        new("capi-identity", Actor.Operator, "Cluster API cannot sign in to the cloud.", @"(clouds\.yaml|identityRef|cloud config).{0,120}(not found|failed|missing|invalid)|providerClient authentication err"),
        new("capi-server-error", Actor.Operator, "A machine's server is in error.", @"(OpenStack(Machine|Server)|instance) .{0,80}(state|status) .{0,10}""?ERROR|server status is ""?ERROR", Telling.Symptom),
        new("capi-remediation", Actor.User, "A machine does not become healthy.", @"NodeStartupTimeout|Node failed to report startup|MachineHealthCheck.{0,80}(failed|unhealthy)", Telling.Symptom),
    ];
}
