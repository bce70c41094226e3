namespace Magnum.Core.Diagnosis.Known;

/// <summary>Keystone: owners, trusts, roles.</summary>
internal static class IdentityFailures
{
    public static readonly IReadOnlyList<FailureCause> All =
    [
        new("project-disabled", Actor.Operator, "The project is disabled.", @"Project is disabled|Project \S+ is disabled|The project \S+ is disabled"),
        new("owner-disabled", Actor.User, "The cluster's owner is disabled or gone.", @"User is disabled|The account is disabled|Trustor (is|has been) disabled|User \S+ (is disabled|has been disabled)|Could not find user"),
        new("trustee-not-authorised", Actor.Operator, "Keystone does not let Magnum use the trust.", @"User is not a trustee|trustee .{0,40}not authori[sz]ed|not authori[sz]ed to .{0,30}trust"),
        new("trust-lost", Actor.User, "Magnum may no longer act for the cluster's owner.", @"Could not find trust|no longer lets Magnum act|Trust \S+ (has expired|is expired|was not found)"),
        new("heat-role-missing", Actor.Operator, "The owner lacks the role that Heat needs.", @"Missing required credential: roles|roles? .{0,40}heat_stack_owner"),
        new("service-credentials-refused", Actor.Operator, "Keystone refuses Magnum's own user.", @"requires authentication|Invalid (username|user name|user) or password|Could not (re)?authenticate"),
        new("not-allowed", Actor.Operator, "The cloud's policy does not allow it.", @"does not allow it|Policy does(n't| not) allow|is disallowed by policy|\bForbidden\b|not authori[sz]ed to perform", Telling.Symptom),
    ];
}
