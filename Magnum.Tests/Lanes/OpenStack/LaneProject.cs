using System.Text.Json.Nodes;

namespace Magnum.Tests.Lanes.OpenStack;

/// <summary>
/// A project of the lane's own with one ordinary member, so that "nothing is left" can be said of everything in it, whatever else goes
/// on in the cloud.
/// </summary>
internal sealed class LaneProject
{
    private const string Password = "lane";

    private readonly DevCloud _cloud;

    private LaneProject(DevCloud cloud, string name, string id, string userId, CloudSession member) =>
        (_cloud, Name, Id, UserId, Member) = (cloud, name, id, userId, member);

    public string Name { get; }

    public string Id { get; }

    public string UserId { get; }

    /// <summary>The member's own session: roles member and reader, a keypair named <c>lane</c>.</summary>
    public CloudSession Member { get; }

    public static async Task<LaneProject> CreateAsync(DevCloud cloud, CancellationToken cancellationToken)
    {
        var name = $"lane-{Guid.NewGuid():N}"[..13];
        var keystone = cloud.Admin.Keystone;
        var id = (string)(await keystone.PostAsync("/projects", new JsonObject { ["project"] = new JsonObject { ["name"] = name, ["domain_id"] = "default" } }, cancellationToken)).Ok()["project"]!["id"]!;
        var user = new JsonObject { ["name"] = name, ["domain_id"] = "default", ["password"] = Password };
        var userId = (string)(await keystone.PostAsync("/users", new JsonObject { ["user"] = user }, cancellationToken)).Ok()["user"]!["id"]!;
        foreach (var role in (string[])["member", "reader"])
        {
            var roleId = (string)(await keystone.GetAsync($"/roles?name={role}", cancellationToken)).Ok()["roles"]![0]!["id"]!;
            (await keystone.PutAsync($"/projects/{id}/users/{userId}/roles/{roleId}", null, cancellationToken)).Ok();
        }

        var member = await cloud.SignInAsync(name, Password, name, cancellationToken);
        (await member.Nova.PostAsync("/os-keypairs", new JsonObject { ["keypair"] = new JsonObject { ["name"] = "lane" } }, cancellationToken)).Ok();
        return new LaneProject(cloud, name, id, userId, member);
    }

    /// <summary>A fresh token of the member.</summary>
    public Task<CloudSession> SignInAsync(CancellationToken cancellationToken) => _cloud.SignInAsync(Name, Password, Name, cancellationToken);

    /// <summary>Everything that a cluster may leave in the project or in Keystone, one line for each.</summary>
    public async Task<IReadOnlyList<string>> ListEverythingAsync(CancellationToken cancellationToken)
    {
        var found = new List<string>();
        await AddAsync("stack", Member.Heat, "/stacks?show_nested=True", "stacks", "stack_name");
        await AddAsync("server", Member.Nova, "/servers", "servers", "name");
        await AddAsync("volume", Member.Cinder, "/volumes", "volumes", "name");
        await AddAsync("server group", Member.Nova, "/os-server-groups", "server_groups", "name");
        foreach (var kind in (string[])["network", "subnet", "router", "port", "floatingip"])
        {
            await AddAsync(kind, _cloud.Admin.Neutron, $"/{kind}s?project_id={Id}", $"{kind}s", "id");
        }

        await AddAsync("security group", _cloud.Admin.Neutron, $"/security-groups?project_id={Id}", "security_groups", "name");
        await AddAsync("trust", Member.Keystone, $"/OS-TRUST/trusts?trustor_user_id={UserId}", "trusts", "id");
        await AddAsync("trustee user", _cloud.Admin.Keystone, $"/users?domain_id={await MagnumDomainAsync(cancellationToken)}", "users", "name");
        found.Remove("security group default");
        // Names of trustee users end in the project; others belong to other projects.
        found.RemoveAll(line => line.StartsWith("trustee user", StringComparison.Ordinal) && !line.EndsWith(Id, StringComparison.Ordinal));
        return found;

        async Task AddAsync(string what, Magnum.Tests.Support.Lanes.JsonApi api, string path, string collection, string label)
        {
            var rows = (await api.GetAsync(path, cancellationToken)).Ok()[collection]!.AsArray();
            found.AddRange(rows.Select(row => $"{what} {row![label]}"));
        }
    }

    /// <summary>Removes the project and its member.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await Member.Nova.DeleteAsync("/os-keypairs/lane", cancellationToken);
        await _cloud.Admin.Keystone.DeleteAsync($"/users/{UserId}", cancellationToken);
        await _cloud.Admin.Keystone.DeleteAsync($"/projects/{Id}", cancellationToken);
    }

    private async Task<string> MagnumDomainAsync(CancellationToken cancellationToken) =>
        (string)(await _cloud.Admin.Keystone.GetAsync("/domains?name=magnum", cancellationToken)).Ok()["domains"]![0]!["id"]!;
}
