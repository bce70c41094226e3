using System.Text.Json.Serialization;
using Magnum.Core.OpenStack;

namespace Magnum.Drivers.OpenStack.Keystone;

/// <summary>The body of <c>POST /v3/auth/tokens</c>.</summary>
internal sealed record AuthRequest(AuthBody Auth);

/// <param name="Scope">An <see cref="AuthScope"/>, the word <c>unscoped</c>, or null where the method decides.</param>
internal sealed record AuthBody(AuthIdentity Identity, object? Scope = null);

internal sealed record AuthIdentity(IReadOnlyList<string> Methods)
{
    public PasswordMethod? Password { get; init; }

    public ApplicationCredentialMethod? ApplicationCredential { get; init; }

    public TokenMethod? Token { get; init; }
}

internal sealed record PasswordMethod(AuthUser User);

internal sealed record AuthUser(string? Id, string? Name, AuthDomain? Domain, string? Password);

internal sealed record AuthDomain(string? Id, string? Name);

internal sealed record ApplicationCredentialMethod(string? Id, string? Name, AuthUser? User, string Secret);

internal sealed record TokenMethod(string Id);

internal sealed record AuthScope
{
    public AuthProject? Project { get; init; }

    public AuthDomain? Domain { get; init; }

    [JsonPropertyName("OS-TRUST:trust")]
    public IdOnly? Trust { get; init; }
}

internal sealed record AuthProject(string? Id, string? Name, AuthDomain? Domain);

internal sealed record IdOnly(string Id);

/// <summary>The answer to issuing or validating a token.</summary>
internal sealed record TokenAnswer(TokenBody Token);

/// <summary>An unscoped token has neither roles nor a catalog.</summary>
internal sealed record TokenBody(TokenUser User, DateTimeOffset ExpiresAt)
{
    public TokenProject? Project { get; init; }

    public NamedRef? Domain { get; init; }

    public IReadOnlyList<NamedRef>? Roles { get; init; }

    public IReadOnlyList<CatalogService>? Catalog { get; init; }

    [JsonPropertyName("OS-TRUST:trust")]
    public TrustInToken? Trust { get; init; }

    public ApplicationCredentialInToken? ApplicationCredential { get; init; }
}

internal sealed record TokenUser(string Id, string Name, NamedRef? Domain = null);

internal sealed record TokenProject(string Id, string Name, NamedRef? Domain = null);

internal sealed record NamedRef(string Id, string? Name = null);

internal sealed record TrustInToken(string Id);

internal sealed record ApplicationCredentialInToken(bool Restricted);

internal sealed record CatalogAnswer(IReadOnlyList<CatalogService> Catalog);

internal sealed record CatalogService(string Type, string? Name = null, IReadOnlyList<CatalogAddress>? Endpoints = null)
{
    public CatalogEntry ToEntry() =>
        new(Type, Name ?? "", [.. (Endpoints ?? []).Select(e => new CatalogEndpoint(e.Interface, e.RegionId ?? e.Region, e.Url))]);
}

internal sealed record CatalogAddress(string Interface, string Url, string? Region = null, string? RegionId = null);

internal sealed record ProjectsAnswer(IReadOnlyList<ProjectBody> Projects, PageLinks? Links = null);

internal sealed record ProjectAnswer(ProjectBody Project);

internal sealed record ProjectBody(string Id, string Name, string? DomainId = null)
{
    public ProjectInfo ToInfo() => new(Id, Name, DomainId);
}

internal sealed record PageLinks(string? Next = null);

internal sealed record TrustRequest(TrustBody Trust);

internal sealed record TrustBody(
    string TrustorUserId,
    string TrusteeUserId,
    string ProjectId,
    bool Impersonation,
    bool AllowRedelegation,
    int RedelegationCount,
    IReadOnlyList<RoleRef> Roles);

internal sealed record RoleRef(string? Id, string? Name);

internal sealed record TrustAnswer(IdOnly Trust);

internal sealed record UserRequest(UserBody User);

internal sealed record UserBody
{
    public string? Name { get; init; }

    public string? DomainId { get; init; }

    public string? Description { get; init; }

    public string? Password { get; init; }

    public bool? Enabled { get; init; }
}

internal sealed record UserAnswer(IdOnly User);

internal sealed record UsersAnswer(IReadOnlyList<FoundUser> Users);

internal sealed record FoundUser(string Id, string Name);

internal sealed record ApplicationCredentialRequest(ApplicationCredentialBody ApplicationCredential);

internal sealed record ApplicationCredentialBody(string Name, string Description, IReadOnlyList<RoleRef> Roles);

internal sealed record ApplicationCredentialAnswer(MadeApplicationCredential ApplicationCredential);

internal sealed record MadeApplicationCredential(string Id, string Secret)
{
    public override string ToString() => $"MadeApplicationCredential {{ {Id} }}";
}

internal sealed record ApplicationCredentialsAnswer(IReadOnlyList<ApplicationCredential> ApplicationCredentials);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AuthRequest))]
[JsonSerializable(typeof(AuthScope))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(CatalogAnswer))]
[JsonSerializable(typeof(ProjectsAnswer))]
[JsonSerializable(typeof(ProjectAnswer))]
[JsonSerializable(typeof(TrustRequest))]
[JsonSerializable(typeof(TrustAnswer))]
[JsonSerializable(typeof(UserRequest))]
[JsonSerializable(typeof(UserAnswer))]
[JsonSerializable(typeof(UsersAnswer))]
[JsonSerializable(typeof(ApplicationCredentialRequest))]
[JsonSerializable(typeof(ApplicationCredentialAnswer))]
[JsonSerializable(typeof(ApplicationCredentialsAnswer))]
internal sealed partial class KeystoneJson : JsonSerializerContext;
