using System.Collections.Frozen;
using Magnum.Core.Errors;
using Microsoft.Extensions.Options;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Magnum.Core.Policies;

/// <summary>Answers whether a caller may do something: the defaults, overridden rule by rule by the operator's file.</summary>
/// <remarks>Made once, at start: a file that cannot be read or understood stops the process with the rule's name rather than opening or closing doors silently.</remarks>
public sealed class PolicyEnforcer
{
    private readonly FrozenDictionary<string, PolicyCheck> _rules;

    public PolicyEnforcer(IOptions<PolicyOptions> options)
    {
        var texts = PolicyDefaults.Blocks(options.Value.EnforceNewDefaults);
        foreach (var (name, text) in PolicyDefaults.Rules)
        {
            texts[name] = text;
        }

        if (!string.IsNullOrEmpty(options.Value.File))
        {
            foreach (var (name, text) in Read(options.Value.File))
            {
                texts[name] = text;
            }
        }

        _rules = texts.ToFrozenDictionary(p => p.Key, p => Parse(p.Key, p.Value));
        foreach (var name in _rules.Keys)
        {
            Follow(name, []);
        }
    }

    /// <summary>Names of all rules.</summary>
    public IReadOnlyCollection<string> Rules => _rules.Keys;

    /// <summary>Whether the caller sees and does things in all projects.</summary>
    public bool IsAdmin(Caller caller) => Allows(caller, PolicyRules.ContextIsAdmin, null);

    /// <summary>Null when allowed, else the refusal.</summary>
    /// <param name="target">Whose thing; null: the caller's own, for what has no owner yet.</param>
    public MagnumError? Check(Caller caller, string rule, PolicyTarget? target = null) =>
        Allows(caller, rule, target) ? null : new MagnumError.Forbidden($"Policy doesn't allow {rule} to be performed.");

    /// <summary>The same as yes or no, for what a page offers.</summary>
    public bool Allows(Caller caller, string rule, PolicyTarget? target)
    {
        if (!_rules.TryGetValue(rule, out var check))
        {
            return false;
        }

        var question = new PolicyQuestion(caller, target ?? new PolicyTarget(caller.Token.ProjectId, caller.UserId), _rules);

        // A token without a project belongs to a node or to somebody between projects: it owns nothing, whatever the operator's rules say.
        return (caller.ProjectId.Length > 0
                || rule.StartsWith("certificate:", StringComparison.Ordinal)
                || _rules[PolicyRules.ContextIsAdmin].Allows(question))
            && check.Allows(question);
    }

    private static PolicyCheck Parse(string name, string text)
    {
        try
        {
            return PolicyParser.Parse(text);
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException($"Policy rule '{name}': {e.Message}", e);
        }
    }

    private void Follow(string name, HashSet<string> path)
    {
        if (!path.Add(name))
        {
            throw new InvalidOperationException($"Policy rule '{name}' refers to itself.");
        }

        foreach (var reference in _rules[name].References)
        {
            if (!_rules.ContainsKey(reference))
            {
                throw new InvalidOperationException($"Policy rule '{name}' refers to rule '{reference}', which does not exist.");
            }

            Follow(reference, [.. path]);
        }
    }

    private static Dictionary<string, string> Read(string file)
    {
        try
        {
            using var reader = new StreamReader(file);
            return new DeserializerBuilder().Build().Deserialize<Dictionary<string, string?>?>(reader)?
                .ToDictionary(p => p.Key, p => p.Value ?? "") ?? [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or YamlException)
        {
            throw new InvalidOperationException($"{PolicyOptions.Section}:File: '{file}' cannot be read: {e.Message}", e);
        }
    }
}
