using Magnum.Core.OpenStack;
using Magnum.Core.Policies;

namespace Magnum.Tests.Support;

/// <summary>People who ask.</summary>
internal static class TestCaller
{
    public static Caller Member(string project = "demo", string user = "demo-user") => With(project, user, "member", "reader");

    public static Caller Reader(string project = "demo", string user = "reader-user") => With(project, user, "reader");

    public static Caller Admin(string project = "admin", string user = "admin-user") => With(project, user, "admin", "member", "reader");

    /// <summary>A cluster's node: a token without a project.</summary>
    public static Caller Node(string user = "trustee") => With(null, user);

    public static Caller With(string? project, string user, params string[] roles) => new(
        new TokenInfo($"token-of-{user}", user, user, "default", "Default", project, project, "default", roles, DateTimeOffset.MaxValue),
        "req-00000000-0000-4000-8000-000000000001");
}
