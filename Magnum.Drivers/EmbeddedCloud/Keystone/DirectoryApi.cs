using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Keystone;

/// <summary>Users, projects, domains, roles, assignments, and the catalog's parts.</summary>
internal sealed class DirectoryApi(Cloud cloud) : KeystoneApi(cloud)
{
    public override void Map(IEndpointRouteBuilder app)
    {
        Read(app, "/projects", r => ListFor(r, "projects", "list_projects", State.Projects.Values.Select(p => Descriptions.Describe(p, Self))));
        Read(app, "/projects/{id}", ShowProject);
        Change(app, "POST", "/projects", CreateProject);
        Change(app, "PATCH", "/projects/{id}", UpdateProject);
        Change(app, "DELETE", "/projects/{id}", DeleteProject);
        Read(app, "/users", r => ListFor(r, "users", "list_users", State.Users.Values.Where(u => r.Session.Administers(u.DomainId)).Select(u => Descriptions.Describe(u, Self))));
        Read(app, "/users/{id}", ShowUser);
        Read(app, "/users/{id}/projects", r => ApiAnswer.Ok(List("projects", Identity.ProjectsOf(OwnOrAdmin(r, "list_user_projects")).Select(p => Descriptions.Describe(p, Self)), r)));
        Change(app, "POST", "/users", CreateUser);
        Change(app, "PATCH", "/users/{id}", UpdateUser);
        Change(app, "POST", "/users/{id}/password", ChangePassword);
        Change(app, "DELETE", "/users/{id}", DeleteUser);
        Read(app, "/domains", r => ListFor(r, "domains", "list_domains", State.Domains.Values.Select(d => Descriptions.Describe(d, Self))));
        Read(app, "/domains/{id}", r => ApiAnswer.Ok(new JsonObject { ["domain"] = Descriptions.Describe(State.Domains.GetValueOrDefault(r.Route("id")) ?? throw Missing("domain", r.Route("id")), Self) }));
        Read(app, "/roles", r => ListFor(r, "roles", "list_roles", State.Roles.Values.Select(role => Descriptions.Describe(role, Self))));
        Read(app, "/roles/{id}", r => ApiAnswer.Ok(new JsonObject { ["role"] = Descriptions.Describe(State.Roles.GetValueOrDefault(r.Route("id")) ?? throw Missing("role", r.Route("id")), Self) }));
        Read(app, "/role_assignments", ListAssignments);
        foreach (var scope in (string[])["projects", "domains"])
        {
            Read(app, $"/{scope}/{{scope}}/users/{{user}}/roles", r => RolesOn(r, scope));
            Change(app, "PUT", $"/{scope}/{{scope}}/users/{{user}}/roles/{{role}}", r => Assign(r, scope, true));
            Change(app, "DELETE", $"/{scope}/{{scope}}/users/{{user}}/roles/{{role}}", r => Assign(r, scope, false));
        }

        Read(app, "/services", r => ApiAnswer.Ok(List("services", Catalog.ListServices(), r)));
        Read(app, "/endpoints", r => ApiAnswer.Ok(List("endpoints", Catalog.ListEndpoints(Cloud, null), r)));
        Read(app, "/regions", r => ApiAnswer.Ok(List("regions", [Region()], r)));
        Read(app, "/regions/{id}", r => r.Route("id") == Catalog.Region ? ApiAnswer.Ok(new JsonObject { ["region"] = Region() }) : throw Missing("region", r.Route("id")));
        NotFoundUnder(app, "/identity");
    }

    private JsonObject Region() => new() { ["id"] = Catalog.Region, ["description"] = "", ["parent_region_id"] = null, ["links"] = Links("regions/" + Catalog.Region) };

    private ApiAnswer ListFor(ApiRequest request, string key, string action, IEnumerable<JsonObject> items) =>
        request.IsAdmin ? ApiAnswer.Ok(List(key, items, request)) : throw Denied(action);

    private ApiAnswer ShowProject(ApiRequest request)
    {
        var id = request.Route("id");
        var row = State.Projects.GetValueOrDefault(id);
        if (!request.IsAdmin && Identity.RolesOf(request.Session.User.Id, id, null).Count == 0)
        {
            throw Denied("get_project");
        }

        return ApiAnswer.Ok(new JsonObject { ["project"] = Descriptions.Describe(row ?? throw Missing("project", id), Self) });
    }

    private ApiAnswer CreateProject(ApiRequest request)
    {
        var given = request.Wrapped("project");
        var domainId = given.Text("domain_id") ?? request.Session.Domain?.Id ?? CloudSeed.DefaultDomainId;
        RequireAdminOf(request, domainId, "create_project");
        var name = given.Text("name") ?? throw ApiFault.BadRequest("Invalid input for field 'name': None is not of type 'string'");
        if (State.Projects.Values.Any(p => p.Name == name && p.DomainId == domainId))
        {
            throw ApiFault.Conflict($"Conflict occurred attempting to store project - it is not permitted to have two projects with the same name in the same domain : {name}.");
        }

        var row = new ProjectRow { Id = Ids.NewHex(), Name = name, DomainId = domainId, Description = given.Text("description") ?? "", Enabled = given.Flag("enabled", true) };
        State.Projects[row.Id] = row;
        Cloud.Network.EnsureDefaultGroup(row.Id);
        return ApiAnswer.Created(new JsonObject { ["project"] = Descriptions.Describe(row, Self) });
    }

    private ApiAnswer UpdateProject(ApiRequest request)
    {
        var row = State.Projects.GetValueOrDefault(request.Route("id")) ?? throw Missing("project", request.Route("id"));
        RequireAdminOf(request, row.DomainId, "update_project");
        var given = request.Wrapped("project");
        row.Name = given.Text("name") ?? row.Name;
        row.Description = given.Text("description") ?? row.Description;
        row.Enabled = given.Flag("enabled", row.Enabled);
        return ApiAnswer.Ok(new JsonObject { ["project"] = Descriptions.Describe(row, Self) });
    }

    private ApiAnswer DeleteProject(ApiRequest request)
    {
        var row = State.Projects.GetValueOrDefault(request.Route("id")) ?? throw Missing("project", request.Route("id"));
        RequireAdminOf(request, row.DomainId, "delete_project");
        State.Projects.Remove(row.Id);
        State.Assignments.RemoveAll(a => a.ProjectId == row.Id);
        return ApiAnswer.NoContent;
    }

    private UserRow FindUser(ApiRequest request, string action)
    {
        var row = State.Users.GetValueOrDefault(request.Route("id"));
        if (row is null ? !request.IsAdmin : !request.Session.Administers(row.DomainId) && request.Session.User.Id != row.Id)
        {
            throw Denied(action);
        }

        return row ?? throw Missing("user", request.Route("id"));
    }

    private string OwnOrAdmin(ApiRequest request, string action) => FindUser(request, action).Id;

    private ApiAnswer ShowUser(ApiRequest request) => ApiAnswer.Ok(new JsonObject { ["user"] = Descriptions.Describe(FindUser(request, "get_user"), Self) });

    private ApiAnswer CreateUser(ApiRequest request)
    {
        var given = request.Wrapped("user");
        var domainId = given.Text("domain_id") ?? request.Session.Domain?.Id ?? request.Session.Project?.DomainId ?? CloudSeed.DefaultDomainId;
        RequireAdminOf(request, domainId, "create_user");
        var name = given.Text("name") is { Length: > 0 } text ? text : throw ApiFault.BadRequest("Invalid input for field 'name': None is not of type 'string'");
        var row = Identity.AddUser(Ids.NewHex(), name, domainId, given.Text("password"));
        Apply(row, given);
        return ApiAnswer.Created(new JsonObject { ["user"] = Descriptions.Describe(row, Self) });
    }

    private ApiAnswer UpdateUser(ApiRequest request)
    {
        var row = FindUser(request, "update_user");
        RequireAdminOf(request, row.DomainId, "update_user");
        var given = request.Wrapped("user");
        if (given.Text("password") is { } password)
        {
            Identity.SetPassword(row, password);
        }

        row.Name = given.Text("name") ?? row.Name;
        Apply(row, given);
        return ApiAnswer.Ok(new JsonObject { ["user"] = Descriptions.Describe(row, Self) });
    }

    private ApiAnswer ChangePassword(ApiRequest request)
    {
        var row = FindUser(request, "change_password");
        var given = request.Wrapped("user");
        if (!Secrets.Matches(given.Text("original_password") ?? "", row.Salt, row.Digest))
        {
            throw ApiFault.Unauthorized();
        }

        Identity.SetPassword(row, given.Text("password") ?? throw ApiFault.BadRequest("Invalid input for field 'password': None is not of type 'string'"));
        return ApiAnswer.NoContent;
    }

    private ApiAnswer DeleteUser(ApiRequest request)
    {
        var row = FindUser(request, "delete_user");
        RequireAdminOf(request, row.DomainId, "delete_user");
        Identity.RemoveUser(row.Id);
        return ApiAnswer.NoContent;
    }

    private static void Apply(UserRow row, JsonObject given)
    {
        row.Enabled = given.Flag("enabled", row.Enabled);
        row.Email = given.Text("email") ?? row.Email;
        row.Description = given.Text("description") ?? row.Description;
        row.DefaultProjectId = given.Text("default_project_id") ?? row.DefaultProjectId;
    }

    private ApiAnswer ListAssignments(ApiRequest request)
    {
        var names = request.Http.Request.Query.ContainsKey("include_names");
        var user = request.Query("user.id");
        if (!request.IsAdmin && user != request.Session.User.Id)
        {
            throw Denied("list_role_assignments");
        }

        var rows = State.Assignments.Where(a => State.Users.ContainsKey(a.UserId)
            && (user is null || a.UserId == user)
            && (request.Query("role.id") is not { } role || a.RoleId == role)
            && (request.Query("scope.project.id") is not { } project || a.ProjectId == project)
            && (request.Query("scope.domain.id") is not { } domain || a.DomainId == domain));
        return ApiAnswer.Ok(new JsonObject
        {
            ["role_assignments"] = rows.Select(a => Describe(a, names)).ToJson(),
            ["links"] = new JsonObject { ["next"] = null, ["self"] = Self("role_assignments"), ["previous"] = null },
        });
    }

    private JsonObject Describe(AssignmentRow row, bool names)
    {
        var user = State.Users[row.UserId];
        var scope = row.ProjectId is { } projectId
            ? new JsonObject { ["project"] = Named(projectId, State.Projects[projectId].Name, State.Projects[projectId].DomainId) }
            : new JsonObject { ["domain"] = Named(row.DomainId!, State.Domains[row.DomainId!].Name, null) };
        return new JsonObject
        {
            ["role"] = Named(row.RoleId, State.Roles[row.RoleId].Name, null),
            ["user"] = Named(user.Id, user.Name, user.DomainId),
            ["scope"] = scope,
            ["links"] = Links("role_assignments"),
        };

        JsonObject Named(string id, string name, string? domainId)
        {
            var reference = new JsonObject { ["id"] = id };
            if (names)
            {
                reference["name"] = name;
                if (domainId is not null)
                {
                    reference["domain"] = new JsonObject { ["id"] = domainId, ["name"] = State.Domains[domainId].Name };
                }
            }

            return reference;
        }
    }

    private ApiAnswer RolesOn(ApiRequest request, string scope)
    {
        var id = request.Route("scope");
        var rows = State.Assignments.Where(a => a.UserId == request.Route("user") && (scope is "projects" ? a.ProjectId == id : a.DomainId == id));
        return ListFor(request, "roles", "list_grants", rows.Select(a => Descriptions.Describe(State.Roles[a.RoleId], Self)));
    }

    private ApiAnswer Assign(ApiRequest request, string scope, bool give)
    {
        request.RequireAdmin();
        var user = State.Users.GetValueOrDefault(request.Route("user")) ?? throw Missing("user", request.Route("user"));
        var role = State.Roles.GetValueOrDefault(request.Route("role")) ?? throw Missing("role", request.Route("role"));
        var id = request.Route("scope");
        var row = scope is "projects"
            ? new AssignmentRow(role.Id, user.Id, State.Projects.ContainsKey(id) ? id : throw Missing("project", id), null)
            : new AssignmentRow(role.Id, user.Id, null, State.Domains.ContainsKey(id) ? id : throw Missing("domain", id));
        State.Assignments.Remove(row);
        if (give)
        {
            State.Assignments.Add(row);
        }

        return ApiAnswer.NoContent;
    }
}
