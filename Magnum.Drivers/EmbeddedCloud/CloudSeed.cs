using System.Security.Cryptography;
using Magnum.Drivers.EmbeddedCloud.Keystone;

namespace Magnum.Drivers.EmbeddedCloud;

/// <summary>What a new cloud has: domains, projects, users, roles, networks. Ids derive from names, so they are the same everywhere.</summary>
internal static class CloudSeed
{
    public const string DefaultDomainId = "default";

    private static readonly string[] Roles = ["admin", "member", "reader", "heat_stack_owner", "heat_stack_user", "load-balancer_member", "service"];

    public static string HeatDomainId { get; } = Ids.DeriveHex("domain:heat");

    public static string MagnumDomainId { get; } = Ids.DeriveHex("domain:magnum");

    public static string ProjectId(string name) => Ids.DeriveHex("project:" + name);

    public static string RoleId(string name) => Ids.DeriveHex("role:" + name);

    public static string UserId(string name) => Ids.DeriveHex("user:" + name);

    public static void Plant(Cloud cloud)
    {
        var identity = cloud.State.Identity;
        if (identity.TokenKey.Length > 0)
        {
            return;
        }

        identity.TokenKey = RandomNumberGenerator.GetBytes(32);
        foreach (var (id, name, description) in new[]
        {
            (DefaultDomainId, "Default", "The default domain"),
            (HeatDomainId, "heat", "Owns users and projects created by heat"),
            (MagnumDomainId, "magnum", "Owns users and projects created by magnum"),
        })
        {
            identity.Domains[id] = new DomainRow { Id = id, Name = name, Description = description };
        }

        foreach (var role in Roles)
        {
            identity.Roles[RoleId(role)] = new RoleRow(RoleId(role), role);
        }

        foreach (var project in (string[])["admin", "demo", "alt_demo", "service"])
        {
            identity.Projects[ProjectId(project)] = new ProjectRow { Id = ProjectId(project), Name = project, DomainId = DefaultDomainId };
        }

        User(cloud, "admin", "admin", ("admin", "admin"), ("member", "admin"), ("reader", "admin"), ("admin", "demo"));
        User(cloud, "demo", "demo", ("member", "demo"), ("reader", "demo"));
        User(cloud, "alt_demo", "alt_demo", ("member", "alt_demo"), ("reader", "alt_demo"));
        User(cloud, "demo_reader", "demo_reader", ("reader", "demo"));
        User(cloud, "magnum", "devcloud", ("admin", "service"));
        cloud.Identity.AddUser(UserId("magnum_domain_admin"), "magnum_domain_admin", MagnumDomainId, "devcloud");
        identity.Assignments.Add(new AssignmentRow(RoleId("admin"), UserId("magnum_domain_admin"), null, MagnumDomainId));
        cloud.Network.Plant();
    }

    private static void User(Cloud cloud, string name, string password, params (string Role, string Project)[] roles)
    {
        cloud.Identity.AddUser(UserId(name), name, DefaultDomainId, password);
        cloud.State.Identity.Assignments.AddRange(roles.Select(r => new AssignmentRow(RoleId(r.Role), UserId(name), ProjectId(r.Project), null)));
    }
}
