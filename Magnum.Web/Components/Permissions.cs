using Magnum.Core.Policies;
using Magnum.Web.Components.Localization;
using Magnum.Web.Features.SignIn;
using Microsoft.Extensions.Localization;

namespace Magnum.Web.Components;

/// <summary>What the person's roles allow, for what a page offers; whoever carries it out asks the policy again.</summary>
public sealed class Permissions(IDashboardUser user, PolicyEnforcer policy, IStringLocalizer<Text> texts)
{
    /// <summary>Why something is not allowed, as a sentence; null when it is, or when nobody has signed in yet.</summary>
    /// <param name="rule">As in <see cref="PolicyRules"/>.</param>
    /// <param name="target">Whose thing; null: the person's own, for what is to be made.</param>
    public string? Denied(string rule, PolicyTarget? target = null) => user.Token is not { } token || policy.Allows(new Caller(token, ""), rule, target)
        ? null
        : texts["Denied", token.Roles.Count > 0 ? string.Join(", ", token.Roles.Order(StringComparer.Ordinal)) : "–", rule].Value;
}
