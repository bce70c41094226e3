using Magnum.Core.Errors;
using Magnum.Core.Policies;
using Magnum.Tests.Support;
using Microsoft.Extensions.Options;

namespace Magnum.Tests.Core.Policies;

public sealed class PolicyEnforcerTests
{
    private static readonly PolicyTarget OwnCluster = new("demo", "me");
    private static readonly PolicyTarget ColleaguesCluster = new("demo", "colleague");
    private static readonly PolicyTarget ForeignCluster = new("alt", "stranger");

    /// <summary>Which roles may, on the caller's own thing in the own project: r(eader), m(ember), a(dmin), o(ther).</summary>
    public static TheoryData<string, string> OwnThings => new()
    {
        { "certificate:create", "ma" },
        { "certificate:get", "ra" },
        { "certificate:rotate_ca", "ma" },
        { "cluster:create", "ma" },
        { "cluster:delete", "ma" },
        { "cluster:delete_all_projects", "a" },
        { "cluster:detail", "ra" },
        { "cluster:detail_all_projects", "a" },
        { "cluster:get", "ra" },
        { "cluster:get_one_all_projects", "a" },
        { "cluster:get_all", "ra" },
        { "cluster:get_all_all_projects", "a" },
        { "cluster:update", "ma" },
        { "cluster:update_health_status", "ma" },
        { "cluster:update_all_projects", "a" },
        { "cluster:resize", "ma" },
        { "cluster:upgrade", "ma" },
        { "cluster:upgrade_all_projects", "a" },
        { "clustertemplate:create", "ma" },
        { "clustertemplate:delete", "ma" },
        { "clustertemplate:delete_all_projects", "a" },
        { "clustertemplate:detail", "ra" },
        { "clustertemplate:detail_all_projects", "a" },
        { "clustertemplate:get", "ra" },
        { "clustertemplate:get_one_all_projects", "a" },
        { "clustertemplate:get_all", "ra" },
        { "clustertemplate:get_all_all_projects", "a" },
        { "clustertemplate:update", "ma" },
        { "clustertemplate:update_all_projects", "a" },
        { "clustertemplate:publish", "a" },
        { "credential:rotate", "m" },
        { "federation:create", "ma" },
        { "federation:delete", "ma" },
        { "federation:detail", "ra" },
        { "federation:get", "ra" },
        { "federation:get_all", "ra" },
        { "federation:update", "ma" },
        { "magnum-service:get_all", "a" },
        { "nodegroup:get", "ra" },
        { "nodegroup:get_all", "ra" },
        { "nodegroup:get_all_all_projects", "a" },
        { "nodegroup:get_one_all_projects", "a" },
        { "nodegroup:create", "ma" },
        { "nodegroup:delete", "ma" },
        { "nodegroup:update", "ma" },
        { "quota:create", "a" },
        { "quota:delete", "a" },
        { "quota:get", "ra" },
        { "quota:get_all", "a" },
        { "quota:update", "a" },
        { "stats:get_all", "ra" },
        { "announcement:edit", "a" },
        { "audit:get_all", "a" },
    };

    [Theory]
    [MemberData(nameof(OwnThings))]
    public void Check_OwnThing_AllowsExactlyTheRolesOfTheMatrix(string rule, string allowed)
    {
        var policy = Enforcer();
        var roles = new Dictionary<char, string> { ['r'] = "reader", ['m'] = "member", ['a'] = "admin", ['o'] = "auditor" };

        var actual = string.Concat("rma".Concat("o").Where(r => policy.Check(TestCaller.With("demo", "me", roles[r]), rule, OwnCluster) is null));

        Assert.Equal(allowed, actual);
    }

    [Fact]
    public void Check_EveryRuleOfTheMatrixIsThere_AndNoOther() =>
        Assert.Equal(
            OwnThings.Select(row => row.Data.Item1).Order(StringComparer.Ordinal),
            Enforcer().Rules.Where(r => r.Contains(':', StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void Check_Refused_SaysTheRule() => Assert.Equal(
        "Policy doesn't allow cluster:create to be performed.",
        Assert.IsType<MagnumError.Forbidden>(Enforcer().Check(TestCaller.Reader(), "cluster:create")).Detail);

    [Theory]
    [InlineData("certificate:get", "reader", false)]      // somebody else's cluster in the project
    [InlineData("certificate:create", "member", false)]
    [InlineData("certificate:rotate_ca", "member", true)]
    [InlineData("cluster:update", "member", true)]
    [InlineData("certificate:get", "admin", true)]
    public void Check_AColleaguesCluster_CertificatesAreForTheOwner(string rule, string role, bool allowed) =>
        Assert.Equal(allowed, Enforcer().Check(TestCaller.With("demo", "me", role), rule, ColleaguesCluster) is null);

    [Theory]
    [InlineData("member", false)]
    [InlineData("admin", true)]
    public void Check_AnotherProjectsCluster_OnlyAdministrators(string role, bool allowed) =>
        Assert.Equal(allowed, Enforcer().Check(TestCaller.With("demo", "me", role), "cluster:update", ForeignCluster) is null);

    [Fact]
    public void Check_ANodesToken_OnlyItsOwnClustersCertificates()
    {
        var policy = Enforcer();
        var node = TestCaller.Node("trustee-1");
        var own = new PolicyTarget("demo", "me", "trustee-1");

        Assert.Null(policy.Check(node, "certificate:get", own));
        Assert.Null(policy.Check(node, "certificate:create", own));
        Assert.NotNull(policy.Check(node, "certificate:get", new PolicyTarget("demo", "me", "trustee-2")));
        Assert.NotNull(policy.Check(node, "certificate:rotate_ca", own));
        Assert.All(
            policy.Rules.Where(r => !r.StartsWith("certificate:", StringComparison.Ordinal) && r.Contains(':', StringComparison.Ordinal)),
            rule => Assert.NotNull(policy.Check(node, rule, own)));
    }

    [Fact]
    public void Check_ATokenWithoutProject_OwnsNothingEvenWhenAFileAllowsEverybody()
    {
        using var file = new PolicyFile("\"cluster:get_all\": \"@\"\n");

        Assert.NotNull(file.Enforcer().Check(TestCaller.With(null, "me", "member", "reader"), "cluster:get_all"));
        Assert.Null(file.Enforcer().Check(TestCaller.With("demo", "me"), "cluster:get_all"));
    }

    [Fact]
    public void Check_WithoutTheNewDefaults_AnyRoleInTheProjectSuffices()
    {
        var policy = new PolicyEnforcer(Options.Create(new PolicyOptions { EnforceNewDefaults = false }));
        var somebody = TestCaller.With("demo", "me", "operator");

        Assert.Null(policy.Check(somebody, "cluster:create"));
        Assert.Null(policy.Check(somebody, "cluster:get", ColleaguesCluster));
        Assert.NotNull(policy.Check(somebody, "cluster:get", ForeignCluster));
        Assert.NotNull(policy.Check(somebody, "quota:create"));
    }

    [Fact]
    public void File_OverridesByName_AndKeepsTheRest()
    {
        using var file = new PolicyFile("""
            # operators' own role
            "context_is_admin": "role:admin or role:cloud_admin"
            "cluster:create": >-
              rule:project_member
              and not role:suspended
            """);
        var policy = file.Enforcer();

        Assert.Null(policy.Check(TestCaller.With("demo", "me", "member"), "cluster:create"));
        Assert.NotNull(policy.Check(TestCaller.With("demo", "me", "member", "suspended"), "cluster:create"));
        Assert.True(policy.IsAdmin(TestCaller.With("demo", "me", "cloud_admin")));
        Assert.Null(policy.Check(TestCaller.With("demo", "me", "reader"), "cluster:get"));
    }

    [Theory]
    [InlineData("\"cluster:get\": \"rule:nobody_wrote_this\"", "'nobody_wrote_this'")]
    [InlineData("\"cluster:get\": \"role:reader and\"", "'cluster:get'")]
    [InlineData("\"cluster:get\": \"(role:reader\"", "parenthesis")]
    [InlineData("\"cluster:get\": \"http://policy.example\"", "remote")]
    [InlineData("\"a\": \"rule:b\"\n\"b\": \"rule:a\"", "itself")]
    [InlineData("- not\n- a map", "cannot be read")]
    public void File_NotUnderstood_StopsTheStartAndSaysWhere(string yaml, string named)
    {
        using var file = new PolicyFile(yaml);

        Assert.Contains(named, Assert.Throws<InvalidOperationException>(file.Enforcer).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@", true)]
    [InlineData("!", false)]
    [InlineData("", true)]
    [InlineData("role:READER", true)]
    [InlineData("not role:reader", false)]
    [InlineData("role:admin or role:reader and role:member", false)]   // and binds closer
    [InlineData("(role:admin or role:reader) and not role:member", true)]
    [InlineData("user_id:me", true)]
    [InlineData("user_id:%(user_id)s and project_id:%(project_id)s", true)]
    [InlineData("'demo':%(project_id)s", true)]
    [InlineData("'alt':%(project_id)s", false)]
    [InlineData("user_id:%(nothing)s", false)]
    [InlineData("nothing:%(user_id)s", false)]
    [InlineData("is_admin:False", true)]
    [InlineData("project_name:demo", true)]
    public void Expression_MeansWhatOsloPolicySays(string expression, bool allowed)
    {
        using var file = new PolicyFile($"\"cluster:get\": \"{expression}\"");

        Assert.Equal(allowed, file.Enforcer().Check(TestCaller.With("demo", "me", "reader"), "cluster:get", OwnCluster) is null);
    }

    private static PolicyEnforcer Enforcer() => new(Options.Create(new PolicyOptions()));

    private sealed class PolicyFile : IDisposable
    {
        private readonly string _path = Path.GetTempFileName();

        public PolicyFile(string yaml) => File.WriteAllText(_path, yaml);

        public PolicyEnforcer Enforcer() => new(Options.Create(new PolicyOptions { File = _path }));

        public void Dispose() => File.Delete(_path);
    }
}
