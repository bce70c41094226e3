namespace Magnum.Web.Features.SignIn;

/// <summary>How somebody signs in, as the form says it.</summary>
public enum SignInMethod
{
    /// <summary>User name and password.</summary>
    Password,

    /// <summary>Application credential.</summary>
    ApplicationCredential,

    /// <summary>An existing token.</summary>
    Token,
}

/// <summary>The sign-in form.</summary>
public sealed class SignInForm
{
    public SignInMethod Method { get; set; }

    public string? UserName { get; set; }

    public string? Password { get; set; }

    public string? Domain { get; set; }

    /// <summary>Optional project name, in the user's domain.</summary>
    public string? Project { get; set; }

    /// <summary>Id, or name with <see cref="UserName"/>.</summary>
    public string? Credential { get; set; }

    public string? CredentialUser { get; set; }

    public string? CredentialSecret { get; set; }

    public string? Token { get; set; }

    /// <summary>Name of the text that says what is missing, or null when complete.</summary>
    public string? Missing => Method switch
    {
        SignInMethod.Password when string.IsNullOrWhiteSpace(UserName) => "SignIn.MissingUser",
        SignInMethod.Password when string.IsNullOrEmpty(Password) => "SignIn.MissingPassword",
        SignInMethod.ApplicationCredential when string.IsNullOrWhiteSpace(Credential) => "SignIn.MissingCredential",
        SignInMethod.ApplicationCredential when string.IsNullOrEmpty(CredentialSecret) => "SignIn.MissingSecret",
        SignInMethod.Token when string.IsNullOrWhiteSpace(Token) => "SignIn.MissingToken",
        _ => null,
    };

    /// <summary>Whom attempts are counted for.</summary>
    public string Subject => Method switch
    {
        SignInMethod.Password => $"{UserName}@{Domain}",
        SignInMethod.ApplicationCredential => $"{Credential}",
        _ => "token",
    };

    /// <summary>What is asked of Keystone.</summary>
    public Core.OpenStack.SignIn ToSignIn()
    {
        var domain = string.IsNullOrWhiteSpace(Domain) ? "Default" : Domain.Trim();
        return Method switch
        {
            SignInMethod.Password => new Core.OpenStack.SignIn.Password(
                UserName!.Trim(), Password!, domain, Blank(Project), Blank(Project) is null ? null : domain),
            SignInMethod.ApplicationCredential => new Core.OpenStack.SignIn.ApplicationCredential(
                Credential!.Trim(), CredentialSecret!, Blank(CredentialUser), Blank(CredentialUser) is null ? null : domain),
            _ => new Core.OpenStack.SignIn.Token(Token!.Trim(), null),
        };
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
