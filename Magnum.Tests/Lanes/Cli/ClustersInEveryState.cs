using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Cli;

/// <summary>A template of demo's, and clusters of it: one that is there, one that is made for as long as anybody looks, and one that could not be made.</summary>
public sealed class ClustersInEveryState(CliLane lane) : IAsyncLifetime
{
    internal const string Template = "states";
    internal const string Complete = "complete";

    // The embedded cloud does by their names what it is to do with them.
    internal const string InProgress = "scenario-hang";
    internal const string Failed = "scenario-no-valid-host";

    private readonly string _folder = Directory.CreateTempSubdirectory("magnum-states-").FullName;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (!Lane.IsChosen(Lane.Cli))
        {
            return;
        }

        await lane.CreateTemplateAsync(Template);
        await lane.Demo.OkAsync("coe cluster create", InProgress, "--cluster-template", Template, "--timeout", "600");
        await lane.Demo.OkAsync("coe cluster create", Failed, "--cluster-template", Template);
        await lane.Demo.OkAsync("coe cluster create", Complete, "--cluster-template", Template);
        await lane.FollowAsync(Complete, "CREATE_COMPLETE");
        await lane.FollowAsync(Failed, "CREATE_FAILED");
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (Lane.IsChosen(Lane.Cli))
        {
            await lane.Demo.OkAsync("coe cluster delete", Complete, InProgress, Failed);
            foreach (var cluster in new[] { Complete, InProgress, Failed })
            {
                await lane.FollowToTheEndAsync(cluster);
            }

            await lane.Demo.OkAsync("coe cluster template delete", Template);
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A file with what is, or is not, a request for a certificate.</summary>
    internal string Write(string text)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.csr");
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>A file with a request for a certificate.</summary>
    internal string Request(int keySize = 2048, params X509Extension[] extensions)
    {
        using var key = RSA.Create(keySize);
        var request = new CertificateRequest("CN=alice", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        foreach (var extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        return Write(request.CreateSigningRequestPem());
    }
}
