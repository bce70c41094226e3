using Magnum.Core.OpenStack;

namespace Magnum.Web.Features.SignIn;

/// <summary>Says plainly why Keystone did not let somebody in.</summary>
internal static class SignInProblem
{
    /// <summary>Name of the text for the trouble; the text may take the identity service's address.</summary>
    public static string TextName(CloudException trouble, SignInMethod method) => trouble.Fault switch
    {
        CloudFault.Unauthorized or CloudFault.NotFound => method switch
        {
            SignInMethod.Password => "SignIn.WrongPassword",
            SignInMethod.ApplicationCredential => "SignIn.WrongCredential",
            _ => "SignIn.WrongToken",
        },
        CloudFault.Forbidden => "SignIn.Forbidden",
        CloudFault.OverLimit => "SignIn.TooMany",
        CloudFault.Invalid => "SignIn.Refused",
        _ => "SignIn.Unreachable",
    };
}
