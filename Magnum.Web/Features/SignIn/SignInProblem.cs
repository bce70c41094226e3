using Magnum.Core.OpenStack;

namespace Magnum.Web.Features.SignIn;

/// <summary>Says plainly why Keystone did not let somebody in.</summary>
internal static class SignInProblem
{
    /// <summary>Whether the attempt was at fault and not the cloud: only then it counts as one.</summary>
    public static bool IsTheirs(CloudException trouble) => !trouble.IsTransient && trouble.Fault is not CloudFault.NoEndpoint;

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
