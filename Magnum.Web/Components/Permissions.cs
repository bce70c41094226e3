using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Policies;
using Magnum.Web.Components.Localization;
using Magnum.Web.Features.SignIn;
using Microsoft.Extensions.Localization;

namespace Magnum.Web.Components;

/// <summary>What the person's roles allow, for what a page offers; whoever carries it out asks the policy again.</summary>
public sealed class Permissions(IDashboardUser user, PolicyEnforcer policy, IStringLocalizer<Text> texts)
{
    /// <summary>Why something may not be made, as a sentence; null when it may, or when nobody has signed in yet.</summary>
    /// <param name="rule">As in <see cref="PolicyRules"/>.</param>
    public string? Denied(string rule) => Why(rule, null);

    /// <summary>The same for what is to be done to a cluster.</summary>
    public string? Denied(string rule, Cluster cluster) => Why(rule, new PolicyTarget(cluster.ProjectId, cluster.UserId));

    /// <summary>The same for what is to be done to a template.</summary>
    public string? Denied(string rule, ClusterTemplate template) => Why(rule, new PolicyTarget(template.ProjectId, template.UserId));

    private string? Why(string rule, PolicyTarget? target)
    {
        if (user.Token is not { } token || policy.Allows(new Caller(token, ""), rule, target))
        {
            return null;
        }

        // What one may do to things of one's own is no question of roles.
        return target is not null && policy.Allows(new Caller(token, ""), rule, null)
            ? texts["Denied.NotYours", rule].Value
            : texts["Denied", token.Roles.Count > 0 ? string.Join(", ", token.Roles.Order(StringComparer.Ordinal)) : "–", rule].Value;
    }
}
