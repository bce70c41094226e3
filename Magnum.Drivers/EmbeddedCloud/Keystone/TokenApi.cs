using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Keystone;

/// <summary>Version documents, <c>/v3/auth/tokens</c> and what else a bearer asks about its own token.</summary>
internal sealed class TokenApi(Cloud cloud) : KeystoneApi(cloud)
{
    private readonly Authenticator _authenticator = new(cloud);

    public override void Map(IEndpointRouteBuilder app)
    {
        Open(app, "/identity", _ => new ApiAnswer(300, new JsonObject { ["versions"] = new JsonObject { ["values"] = new JsonArray(Version()) } }));
        Open(app, Root, _ => ApiAnswer.Ok(new JsonObject { ["version"] = Version() }));
        On(app, "POST", Root + "/auth/tokens", Issue, open: true, saves: false);
        Read(app, "/auth/tokens", Validate);
        On(app, "HEAD", Root + "/auth/tokens", Validate);
        Change(app, "DELETE", "/auth/tokens", Revoke);
        Read(app, "/auth/projects", r => ApiAnswer.Ok(List("projects", Identity.ProjectsOf(r.Session.User.Id).Select(p => Descriptions.Describe(p, Self)), r)));
        Read(app, "/auth/domains", r => ApiAnswer.Ok(List("domains", State.Domains.Values.Where(d => Identity.RolesOf(r.Session.User.Id, null, d.Id).Count > 0).Select(d => Descriptions.Describe(d, Self)), r)));
        Read(app, "/auth/catalog", r => ApiAnswer.Ok(new JsonObject { ["catalog"] = Catalog.For(Cloud, r.Session.Project?.Id ?? ""), ["links"] = Links("auth/catalog") }));
        Read(app, "/auth/system", r => ApiAnswer.Ok(new JsonObject { ["system"] = new JsonArray(), ["links"] = Links("auth/system") }));
    }

    private JsonObject Version() => new()
    {
        ["id"] = "v3.14",
        ["status"] = "stable",
        ["updated"] = "2020-04-07T00:00:00Z",
        ["links"] = new JsonArray(new JsonObject { ["rel"] = "self", ["href"] = $"{Cloud.BaseUrl}identity/v3/" }),
        ["media-types"] = new JsonArray(new JsonObject { ["base"] = "application/json", ["type"] = "application/vnd.openstack.identity-v3+json" }),
    };

    private ApiAnswer Issue(ApiRequest request)
    {
        var session = _authenticator.SignIn(request.Wrapped("auth"));
        var catalog = !request.Http.Request.Query.ContainsKey("nocatalog");
        return ApiAnswer.Created(Describe(session, catalog)).With("X-Subject-Token", session.Token);
    }

    private ApiAnswer Validate(ApiRequest request)
    {
        var subject = Subject(request);
        return ApiAnswer.Ok(Describe(subject, !request.Http.Request.Query.ContainsKey("nocatalog"))).With("X-Subject-Token", subject.Token);
    }

    private ApiAnswer Revoke(ApiRequest request)
    {
        Identity.Revoke(Subject(request));
        return ApiAnswer.NoContent;
    }

    private Session Subject(ApiRequest request)
    {
        var token = request.Header("X-Subject-Token") ?? throw ApiFault.BadRequest("Expecting to find X-Subject-Token in the headers.");
        var subject = Identity.FindSession(token);
        var own = subject is not null && subject.User.Id == request.Session.User.Id;
        if (!own && !request.IsAdmin)
        {
            throw Denied("validate_token");
        }

        // The token itself is not repeated, as in Keystone.
        return subject ?? throw ApiFault.NotFound("Could not recognize Fernet token.");
    }

    private JsonObject Describe(Session session, bool withCatalog)
    {
        var token = new JsonObject
        {
            ["methods"] = session.Claims.Methods.Split(',').ToJson(),
            ["user"] = new JsonObject
            {
                ["domain"] = Reference(State.Domains[session.User.DomainId]),
                ["id"] = session.User.Id,
                ["name"] = session.User.Name,
                ["password_expires_at"] = null,
            },
            ["audit_ids"] = new JsonArray(session.Claims.AuditId),
            ["expires_at"] = session.Claims.ExpiresAt.MicroStamp(),
            ["issued_at"] = session.Claims.IssuedAt.MicroStamp(),
        };
        if (session.Project is { } project)
        {
            token["project"] = new JsonObject { ["domain"] = Reference(State.Domains[project.DomainId]), ["id"] = project.Id, ["name"] = project.Name };
            token["is_domain"] = false;
        }

        if (session.Domain is { } domain)
        {
            token["domain"] = Reference(domain);
        }

        if (session.Roles.Count > 0)
        {
            token["roles"] = session.Roles.Select(r => new JsonObject { ["id"] = r.Id, ["name"] = r.Name }).ToJson();
        }

        if (session.Trust is { } trust)
        {
            token["OS-TRUST:trust"] = new JsonObject
            {
                ["id"] = trust.Id,
                ["impersonation"] = trust.Impersonation,
                ["trustor_user"] = new JsonObject { ["id"] = trust.TrustorId },
                ["trustee_user"] = new JsonObject { ["id"] = trust.TrusteeId },
            };
        }

        if (session.Claims.ApplicationCredentialId is { } id && State.ApplicationCredentials.GetValueOrDefault(id) is { } credential)
        {
            token["application_credential"] = new JsonObject { ["id"] = id, ["name"] = credential.Name, ["restricted"] = !credential.Unrestricted };
        }

        if (withCatalog && session.Roles.Count > 0)
        {
            token["catalog"] = Catalog.For(Cloud, session.Project?.Id ?? "");
        }

        return new JsonObject { ["token"] = token };
    }

    private static JsonObject Reference(DomainRow domain) => new() { ["id"] = domain.Id, ["name"] = domain.Name };
}
