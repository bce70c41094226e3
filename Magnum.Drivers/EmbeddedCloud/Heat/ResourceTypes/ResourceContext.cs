using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;
using Magnum.Drivers.EmbeddedCloud.Keystone;

namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

/// <summary>A resource in its stack, as its type works on it.</summary>
internal sealed record ResourceContext(Cloud Cloud, StackRow Stack, ResourceRow Row, StackModel Model)
{
    public JsonObject Properties => Row.Properties;

    public string Project => Stack.ProjectId;

    /// <summary>The name that Heat gives what it makes when the template gives none.</summary>
    public string PhysicalName => Properties.Text("name") is { Length: > 0 } name ? name : MadeUpName;

    private string MadeUpName
    {
        get
        {
            if (Row.Data.Text("made_up_name") is not { } name)
            {
                name = $"{Stack.Name}-{Row.Name}-{Ids.Short()}";
                Row.Data["made_up_name"] = name;
            }

            return name;
        }
    }

    /// <summary>In whose eyes names are looked up.</summary>
    public Session Owner => SessionFor(Cloud, Stack);

    public static Session SessionFor(Cloud cloud, StackRow stack)
    {
        var claims = new TokenClaims(stack.UserId, stack.ProjectId, null, null, null, "", DateTimeOffset.MinValue, DateTimeOffset.MaxValue, "");
        var user = cloud.State.Identity.Users.GetValueOrDefault(stack.UserId) ?? new UserRow { Id = stack.UserId, Name = stack.UserName, DomainId = CloudSeed.DefaultDomainId };
        var roles = cloud.Identity.Expand([CloudSeed.RoleId(stack.ByAdmin ? "admin" : "member")]);
        return new Session("", claims, user, roles) { Project = cloud.State.Identity.Projects.GetValueOrDefault(stack.ProjectId) };
    }
}
