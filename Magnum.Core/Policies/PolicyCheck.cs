using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Magnum.Core.Policies;

/// <summary>Whose thing is asked for. Null members match nobody.</summary>
/// <param name="TrusteeUserId">The user by which the nodes of a cluster identify themselves.</param>
public sealed record PolicyTarget(string? ProjectId, string? UserId, string? TrusteeUserId = null);

/// <summary>What a check looks at.</summary>
/// <param name="Rules">All rules, for <c>rule:</c>.</param>
internal sealed record PolicyQuestion(Caller Caller, PolicyTarget Target, FrozenDictionary<string, PolicyCheck> Rules);

/// <summary>A parsed expression of oslo.policy.</summary>
internal abstract record PolicyCheck
{
    public abstract bool Allows(PolicyQuestion question);

    /// <summary>Names of the rules it refers to.</summary>
    public virtual IEnumerable<string> References => [];

    /// <summary><c>@</c> and <c>!</c>.</summary>
    public sealed record Constant(bool Value) : PolicyCheck
    {
        public override bool Allows(PolicyQuestion question) => Value;
    }

    public sealed record Not(PolicyCheck Inner) : PolicyCheck
    {
        public override IEnumerable<string> References => Inner.References;

        public override bool Allows(PolicyQuestion question) => !Inner.Allows(question);
    }

    public sealed record And(PolicyCheck Left, PolicyCheck Right) : PolicyCheck
    {
        public override IEnumerable<string> References => Left.References.Concat(Right.References);

        public override bool Allows(PolicyQuestion question) => Left.Allows(question) && Right.Allows(question);
    }

    public sealed record Or(PolicyCheck Left, PolicyCheck Right) : PolicyCheck
    {
        public override IEnumerable<string> References => Left.References.Concat(Right.References);

        public override bool Allows(PolicyQuestion question) => Left.Allows(question) || Right.Allows(question);
    }

    /// <summary><c>role:member</c>; case does not matter.</summary>
    public sealed record Role(string Name) : PolicyCheck
    {
        public override bool Allows(PolicyQuestion question) =>
            question.Caller.Roles.Contains(Fill(Name, question.Target) ?? "", StringComparer.OrdinalIgnoreCase);
    }

    /// <summary><c>rule:other</c>.</summary>
    public sealed record Rule(string Name) : PolicyCheck
    {
        public override IEnumerable<string> References => [Name];

        public override bool Allows(PolicyQuestion question) => question.Rules[Name].Allows(question);
    }

    /// <summary><c>user_id:%(user_id)s</c>, <c>'text':%(project_id)s</c>: an attribute of the caller, or a literal, equals something.</summary>
    public sealed record Attribute(string Kind, string Match) : PolicyCheck
    {
        public override bool Allows(PolicyQuestion question)
        {
            var left = Literal(Kind) ?? Of(question.Caller, Kind);
            var right = Fill(Match, question.Target);
            return left is not null && right is not null && string.Equals(left, right, StringComparison.Ordinal);
        }

        private static string? Literal(string kind) => kind switch
        {
            "True" or "False" or "None" => kind,
            ['\'', .., '\''] or ['"', .., '"'] => kind[1..^1],
            _ when long.TryParse(kind, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => kind,
            _ => null,
        };

        private static string? Of(Caller caller, string kind) => kind switch
        {
            "user_id" or "user" => caller.UserId,
            "user_name" => caller.Token.UserName,
            "project_id" or "project" or "tenant" => caller.Token.ProjectId,
            "project_name" => caller.Token.ProjectName,
            "user_domain_id" or "domain_id" => caller.Token.UserDomainId,
            "user_domain_name" => caller.Token.UserDomainName,
            "project_domain_id" => caller.Token.ProjectDomainId,
            "is_admin" => caller.IsAdmin ? "True" : "False",
            _ => null,
        };
    }

    /// <summary>Puts the target's attributes into <c>%(name)s</c>; null when the target has none of that name.</summary>
    private static string? Fill(string text, PolicyTarget target)
    {
        var missing = false;
        var filled = PolicyParser.Placeholder().Replace(text, match =>
        {
            var value = match.Groups[1].Value switch
            {
                "project_id" => target.ProjectId,
                "user_id" => target.UserId,
                "trustee_user_id" => target.TrusteeUserId,
                _ => null,
            };
            missing |= string.IsNullOrEmpty(value);
            return value ?? "";
        });
        return missing ? null : filled;
    }
}

/// <summary>Reads the expressions of oslo.policy: <c>and</c> binds closer than <c>or</c>, <c>not</c> closest.</summary>
internal static partial class PolicyParser
{
    /// <summary>The expression's meaning; throws <see cref="FormatException"/> saying what is wrong.</summary>
    public static PolicyCheck Parse(string text)
    {
        var tokens = Token().Matches(text).Select(m => m.Value).ToList();
        if (tokens.Count == 0)
        {
            return new PolicyCheck.Constant(true);   // an empty expression allows, as in oslo.policy
        }

        var at = 0;
        var check = Or(tokens, ref at);
        return at == tokens.Count ? check : throw new FormatException($"'{tokens[at]}' is not expected in \"{text}\".");
    }

    [GeneratedRegex(@"%\(([\w.]+)\)s")]
    internal static partial Regex Placeholder();

    [GeneratedRegex(@"\(|\)|(?:%\([\w.]+\)s|'[^']*'|""[^""]*""|[^\s()])+")]
    private static partial Regex Token();

    private static PolicyCheck Or(List<string> tokens, ref int at)
    {
        var left = And(tokens, ref at);
        while (Is(tokens, at, "or"))
        {
            at++;
            left = new PolicyCheck.Or(left, And(tokens, ref at));
        }

        return left;
    }

    private static PolicyCheck And(List<string> tokens, ref int at)
    {
        var left = Unary(tokens, ref at);
        while (Is(tokens, at, "and"))
        {
            at++;
            left = new PolicyCheck.And(left, Unary(tokens, ref at));
        }

        return left;
    }

    private static PolicyCheck Unary(List<string> tokens, ref int at)
    {
        if (at >= tokens.Count)
        {
            throw new FormatException("The expression ends where a check is expected.");
        }

        var token = tokens[at++];
        if (token.Equals("not", StringComparison.OrdinalIgnoreCase))
        {
            return new PolicyCheck.Not(Unary(tokens, ref at));
        }

        if (token == "(")
        {
            var inner = Or(tokens, ref at);
            if (!Is(tokens, at, ")"))
            {
                throw new FormatException("A closing parenthesis is missing.");
            }

            at++;
            return inner;
        }

        return Leaf(token);
    }

    private static PolicyCheck Leaf(string token)
    {
        if (token is "@" or "!")
        {
            return new PolicyCheck.Constant(token == "@");
        }

        var colon = token.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
        {
            throw new FormatException($"'{token}' is no check; a check reads kind:match.");
        }

        var (kind, match) = (token[..colon], token[(colon + 1)..]);
        return kind switch
        {
            "rule" => new PolicyCheck.Rule(match),
            "role" => new PolicyCheck.Role(match),
            "http" or "https" => throw new FormatException($"'{token}': remote checks are not supported."),
            _ => new PolicyCheck.Attribute(kind, match.Trim('\'', '"')),
        };
    }

    private static bool Is(List<string> tokens, int at, string word) =>
        at < tokens.Count && tokens[at].Equals(word, StringComparison.OrdinalIgnoreCase);
}
