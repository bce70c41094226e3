using System.Text.Json.Nodes;

namespace Magnum.Drivers.EmbeddedCloud.Keystone;

/// <summary>Keystone's rows as it answers them; <c>self</c> makes a path of the API an address.</summary>
internal static class Descriptions
{
    public static JsonObject Describe(ProjectRow row, Func<string, string> self) => new()
    {
        ["id"] = row.Id,
        ["name"] = row.Name,
        ["domain_id"] = row.DomainId,
        ["description"] = row.Description,
        ["enabled"] = row.Enabled,
        ["parent_id"] = row.DomainId,
        ["is_domain"] = false,
        ["tags"] = new JsonArray(),
        ["options"] = new JsonObject(),
        ["links"] = new JsonObject { ["self"] = self("projects/" + row.Id) },
    };

    public static JsonObject Describe(DomainRow row, Func<string, string> self) => new()
    {
        ["id"] = row.Id,
        ["name"] = row.Name,
        ["description"] = row.Description,
        ["enabled"] = true,
        ["tags"] = new JsonArray(),
        ["options"] = new JsonObject(),
        ["links"] = new JsonObject { ["self"] = self("domains/" + row.Id) },
    };

    public static JsonObject Describe(RoleRow row, Func<string, string> self) => new()
    {
        ["id"] = row.Id,
        ["name"] = row.Name,
        ["domain_id"] = null,
        ["description"] = null,
        ["options"] = new JsonObject(),
        ["links"] = new JsonObject { ["self"] = self("roles/" + row.Id) },
    };

    public static JsonObject Describe(UserRow row, Func<string, string> self)
    {
        var user = new JsonObject
        {
            ["id"] = row.Id,
            ["name"] = row.Name,
            ["domain_id"] = row.DomainId,
            ["enabled"] = row.Enabled,
            ["password_expires_at"] = null,
            ["options"] = new JsonObject(),
            ["links"] = new JsonObject { ["self"] = self("users/" + row.Id) },
        };
        foreach (var (key, value) in new[] { ("email", row.Email), ("description", row.Description), ("default_project_id", row.DefaultProjectId) })
        {
            if (value is not null)
            {
                user[key] = value;
            }
        }

        return user;
    }
}
