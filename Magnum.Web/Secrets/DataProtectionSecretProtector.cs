using Magnum.Core.Credentials;
using Microsoft.AspNetCore.DataProtection;

namespace Magnum.Web.Secrets;

/// <summary>Encrypts with ASP.NET Core's Data Protection: authenticated, with keys that rotate and stay readable.</summary>
internal sealed class DataProtectionSecretProtector(IDataProtectionProvider provider) : ISecretProtector
{
    private readonly IDataProtector _protector = provider.CreateProtector("Magnum.Secrets.v1");

    public string Protect(string secret) => _protector.Protect(secret);

    public string Unprotect(string protectedSecret) => _protector.Unprotect(protectedSecret);
}
