using System.Globalization;
using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Keystone;

/// <summary>Trusts and application credentials: how somebody lets somebody else, or a program, act in a project.</summary>
internal sealed class DelegationApi(Cloud cloud) : KeystoneApi(cloud)
{
    public override void Map(IEndpointRouteBuilder app)
    {
        Change(app, "POST", "/OS-TRUST/trusts", CreateTrust);
        Read(app, "/OS-TRUST/trusts", ListTrusts);
        Read(app, "/OS-TRUST/trusts/{id}", r => ApiAnswer.Ok(new JsonObject { ["trust"] = Describe(FindTrust(r)) }));
        Read(app, "/OS-TRUST/trusts/{id}/roles", r => ApiAnswer.Ok(List("roles", FindTrust(r).RoleIds.Select(id => Descriptions.Describe(State.Roles[id], Self)), r)));
        Change(app, "DELETE", "/OS-TRUST/trusts/{id}", DeleteTrust);
        Change(app, "POST", "/users/{user}/application_credentials", CreateCredential);
        Read(app, "/users/{user}/application_credentials", r => ApiAnswer.Ok(List("application_credentials", CredentialsOf(r).Select(c => Describe(c, null)), r)));
        Read(app, "/users/{user}/application_credentials/{id}", r => ApiAnswer.Ok(new JsonObject { ["application_credential"] = Describe(FindCredential(r), null) }));
        Change(app, "DELETE", "/users/{user}/application_credentials/{id}", DeleteCredential);
    }

    private ApiAnswer CreateTrust(ApiRequest request)
    {
        var given = request.Wrapped("trust");
        var session = request.Session;
        var trustor = given.Text("trustor_user_id") ?? throw Required("trustor_user_id");
        var trustee = given.Text("trustee_user_id") ?? throw Required("trustee_user_id");
        if (trustor != session.User.Id || session.Claims.ApplicationCredentialId is not null)
        {
            throw Denied("create_trust");
        }

        if (session.Trust is { AllowRedelegation: false } or { RedelegationCount: 0 })
        {
            throw ApiFault.Forbidden("Redelegation allowed for delegated by trust only");
        }

        if (!State.Users.ContainsKey(trustee))
        {
            throw Missing("user", trustee);
        }

        var roles = given["roles"].Items().OfType<JsonObject>().Select(r => r.Text("id") is { } id
            ? State.Roles.GetValueOrDefault(id) ?? throw Missing("role", id)
            : State.Roles.Values.FirstOrDefault(role => role.Name == r.Text("name")) ?? throw Missing("role", r.Text("name") ?? "")).ToList();
        var projectId = given.Text("project_id");
        if (roles.Count == 0 && projectId is not null)
        {
            throw ApiFault.Forbidden("At least one role should be specified.");
        }

        var held = session.Trust is null ? Identity.RolesOf(trustor, projectId, null) : session.Roles;
        if (roles.FirstOrDefault(r => !held.Contains(r)) is { } missing)
        {
            throw Missing("role", missing.Id);
        }

        var row = new TrustRow
        {
            Id = Ids.NewHex(),
            TrustorId = trustor,
            TrusteeId = trustee,
            ProjectId = projectId,
            Impersonation = given.Flag("impersonation", false),
            RoleIds = [.. roles.Select(r => r.Id)],
            ExpiresAt = Moment(given.Text("expires_at")),
            RemainingUses = (int?)given["remaining_uses"].Whole(),
            AllowRedelegation = given.Flag("allow_redelegation", false),
            RedelegationCount = given.Flag("allow_redelegation", false) ? given.Whole("redelegation_count", 3) : 0,
            RedelegatedTrustId = session.Trust?.Id,
        };
        State.Trusts[row.Id] = row;
        return ApiAnswer.Created(new JsonObject { ["trust"] = Describe(row) });
    }

    private ApiAnswer ListTrusts(ApiRequest request)
    {
        var rows = State.Trusts.Values.Where(t => request.IsAdmin || t.TrustorId == request.Session.User.Id || t.TrusteeId == request.Session.User.Id);
        return ApiAnswer.Ok(List("trusts", rows.Select(Describe), request));
    }

    private TrustRow FindTrust(ApiRequest request)
    {
        var row = State.Trusts.GetValueOrDefault(request.Route("id")) ?? throw Missing("trust", request.Route("id"));
        return request.IsAdmin || row.TrustorId == request.Session.User.Id || row.TrusteeId == request.Session.User.Id ? row : throw Denied("get_trust");
    }

    private ApiAnswer DeleteTrust(ApiRequest request)
    {
        var row = FindTrust(request);
        if (!request.IsAdmin && row.TrustorId != request.Session.User.Id)
        {
            throw Denied("delete_trust");
        }

        State.Trusts.Remove(row.Id);
        foreach (var child in State.Trusts.Values.Where(t => t.RedelegatedTrustId == row.Id).ToList())
        {
            State.Trusts.Remove(child.Id);
        }

        return ApiAnswer.NoContent;
    }

    private JsonObject Describe(TrustRow row) => new()
    {
        ["id"] = row.Id,
        ["trustor_user_id"] = row.TrustorId,
        ["trustee_user_id"] = row.TrusteeId,
        ["project_id"] = row.ProjectId,
        ["impersonation"] = row.Impersonation,
        ["expires_at"] = row.ExpiresAt?.MicroStamp(),
        ["deleted_at"] = null,
        ["remaining_uses"] = row.RemainingUses,
        ["redelegation_count"] = row.RedelegationCount,
        ["redelegated_trust_id"] = row.RedelegatedTrustId,
        ["roles"] = row.RoleIds.Select(id => Descriptions.Describe(State.Roles[id], Self)).ToJson(),
        ["roles_links"] = new JsonObject { ["self"] = Self($"OS-TRUST/trusts/{row.Id}/roles"), ["next"] = null, ["previous"] = null },
        ["links"] = Links("OS-TRUST/trusts/" + row.Id),
    };

    private ApiAnswer CreateCredential(ApiRequest request)
    {
        var session = request.Session;
        if (request.Route("user") != session.User.Id || session.Trust is not null || IsRestricted(session))
        {
            throw Denied("create_application_credential");
        }

        var given = request.Wrapped("application_credential");
        var name = given.Text("name") ?? throw Required("name");
        if (State.ApplicationCredentials.Values.Any(c => c.UserId == session.User.Id && c.Name == name))
        {
            throw ApiFault.Conflict($"Conflict occurred attempting to store application_credential - Duplicate entry found with name {name}.");
        }

        var roles = given["roles"].Items().OfType<JsonObject>().Select(r => State.Roles.Values.FirstOrDefault(role => role.Id == r.Text("id") || role.Name == r.Text("name"))).OfType<RoleRow>().ToList();
        if (roles.FirstOrDefault(r => !session.Roles.Contains(r)) is { } notHeld)
        {
            throw ApiFault.BadRequest($"Invalid application credential: Could not find role assignment with role: {notHeld.Id}, user or group: {session.User.Id}, project, domain, or system: {session.Project?.Id}.");
        }

        var secret = given.Text("secret") ?? Ids.NewHex() + Ids.NewHex();
        var (salt, digest) = Secrets.Digest(secret);
        var row = new ApplicationCredentialRow
        {
            Id = Ids.NewHex(),
            Name = name,
            UserId = session.User.Id,
            ProjectId = request.ProjectId,
            Description = given.Text("description"),
            Salt = salt,
            Digest = digest,
            RoleIds = [.. (roles.Count > 0 ? roles : session.Roles).Select(r => r.Id)],
            ExpiresAt = Moment(given.Text("expires_at")),
            Unrestricted = given.Flag("unrestricted", false),
        };
        State.ApplicationCredentials[row.Id] = row;
        return ApiAnswer.Created(new JsonObject { ["application_credential"] = Describe(row, secret) });
    }

    /// <summary>Whether somebody signed in by an application credential that may make no others.</summary>
    private bool IsRestricted(Session session) =>
        session.Claims.ApplicationCredentialId is { } id && State.ApplicationCredentials.GetValueOrDefault(id) is not { Unrestricted: true };

    private IEnumerable<ApplicationCredentialRow> CredentialsOf(ApiRequest request)
    {
        var user = request.Route("user");
        return request.IsAdmin || user == request.Session.User.Id
            ? State.ApplicationCredentials.Values.Where(c => c.UserId == user)
            : throw Denied("list_application_credentials");
    }

    private ApplicationCredentialRow FindCredential(ApiRequest request) =>
        CredentialsOf(request).FirstOrDefault(c => c.Id == request.Route("id")) ?? throw Missing("application credential", request.Route("id"));

    private ApiAnswer DeleteCredential(ApiRequest request)
    {
        State.ApplicationCredentials.Remove(FindCredential(request).Id);
        return ApiAnswer.NoContent;
    }

    private JsonObject Describe(ApplicationCredentialRow row, string? secret)
    {
        var credential = new JsonObject
        {
            ["id"] = row.Id,
            ["name"] = row.Name,
            ["description"] = row.Description,
            ["project_id"] = row.ProjectId,
            ["roles"] = row.RoleIds.Select(id => Descriptions.Describe(State.Roles[id], Self)).ToJson(),
            ["expires_at"] = row.ExpiresAt?.MicroStamp(),
            ["unrestricted"] = row.Unrestricted,
            ["system"] = null,
            ["links"] = Links($"users/{row.UserId}/application_credentials/{row.Id}"),
        };
        if (secret is not null)
        {
            credential["secret"] = secret;
        }

        return credential;
    }

    private static DateTimeOffset? Moment(string? text) => text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment
        : throw ApiFault.BadRequest($"Invalid input for field 'expires_at': '{text}' is not a date and time.");

    private static ApiFault Required(string field) => ApiFault.BadRequest($"'{field}' is a required property");
}
