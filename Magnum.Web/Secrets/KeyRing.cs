using Magnum.Core.Credentials;
using Magnum.Web.Startup;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Magnum.Web.Secrets;

/// <summary>Where the keys are kept by which secrets are encrypted at rest: a folder, or the database.</summary>
internal static class KeyRing
{
    public static void AddMagnumSecrets(this IServiceCollection services, IConfiguration configuration, MagnumOptions magnum)
    {
        var protection = services.AddDataProtection().SetApplicationName("Magnum");
        if (configuration.GetValue("Secrets:KeysInDatabase", false))
        {
            services.AddSingleton<IXmlRepository, DatabaseKeyRepository>();
            services.AddOptions<KeyManagementOptions>().Configure<IXmlRepository>((options, repository) => options.XmlRepository = repository);
        }
        else
        {
            var folder = configuration["Secrets:KeyDirectory"] is { Length: > 0 } configured ? configured : Path.Combine(magnum.DataDirectory, "keys");
            var directory = Directory.CreateDirectory(folder);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(directory.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            protection.PersistKeysToFileSystem(directory);
        }

        services.AddSingleton<ISecretProtector, DataProtectionSecretProtector>();
    }
}
