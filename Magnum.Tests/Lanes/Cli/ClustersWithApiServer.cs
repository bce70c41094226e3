using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Cli;

/// <summary>Two clusters, <see cref="Name"/> and <see cref="OtherName"/>, and the API server of the first.</summary>
public sealed class ClustersWithApiServer(CliLane lane) : IAsyncLifetime
{
    internal const string Name = "reached";
    internal const string OtherName = "other";

    private const string Template = "reached";

    private readonly string _folder = Directory.CreateTempSubdirectory("magnum-reached-").FullName;

    internal KubeApiServer Server { get; private set; } = null!;

    /// <summary>The file that <c>coe cluster config</c> wrote for the first.</summary>
    internal string Admin { get; private set; } = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (!Lane.IsChosen(Lane.Cli))
        {
            return;
        }

        await lane.CreateTemplateAsync(Template);
        await lane.Demo.OkAsync("coe cluster create", Name, "--cluster-template", Template);
        await lane.Demo.OkAsync("coe cluster create", OtherName, "--cluster-template", Template);
        Server = await StartServerAsync(Name);
        Admin = await ConfigAsync(Name);
        await lane.FollowAsync(OtherName, "CREATE_COMPLETE");
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        if (Lane.IsChosen(Lane.Cli))
        {
            await lane.Demo.OkAsync("coe cluster delete", Name, OtherName);
            await lane.FollowToTheEndAsync(Name);
            await lane.FollowToTheEndAsync(OtherName);
            await lane.Demo.OkAsync("coe cluster template delete", Template);
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The API server of a cluster as soon as Magnum gives the cluster a status, with the CA that it has now.</summary>
    internal async Task<KubeApiServer> StartServerAsync(string cluster, string status = "CREATE_COMPLETE")
    {
        var address = (string)(await lane.FollowAsync(cluster, status))["api_address"]!;
        var authority = (await lane.Demo.OkAsync("coe ca show", cluster)).Output;
        return await KubeApiServer.StartAsync(cluster, address, authority, csr => SignAsync(cluster, csr), Ct);
    }

    /// <summary>Has the client write a kubeconfig into a folder of its own.</summary>
    /// <returns>The file.</returns>
    internal async Task<string> ConfigAsync(string cluster, params string[] options)
    {
        var folder = NewFolder();
        var printed = await lane.Demo.OkAsync("coe cluster config", [cluster, "--dir", folder, .. options]);
        var file = Path.Combine(folder, "config");
        Assert.Equal($"export KUBECONFIG={file}", printed.Output.Trim());
        return file;
    }

    /// <summary>A kubeconfig like the administrator's with a certificate of another subject, which the client has had signed.</summary>
    internal async Task<string> ConfigOfSubjectAsync(string subject)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var pem = await SignAsync(Name, request.CreateSigningRequestPem());
        using var certificate = X509Certificate2.CreateFromPem(pem, key.ExportPkcs8PrivateKeyPem());
        return ConfigWith(Admin, certificate);
    }

    /// <summary>A kubeconfig with somebody else's certificate in it.</summary>
    internal string ConfigWith(string kubeconfig, X509Certificate2 certificate)
    {
        var config = KubeconfigFile.Read(kubeconfig);
        using var key = certificate.GetRSAPrivateKey()!;
        var file = Path.Combine(NewFolder(), "config");
        File.WriteAllText(file, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["current-context"] = "it",
            ["contexts"] = Named("context", new JsonObject { ["cluster"] = "it", ["user"] = "it" }),
            ["clusters"] = Named("cluster", new JsonObject
            {
                ["server"] = config.Server,
                ["certificate-authority-data"] = Base64(config.Authority.ExportCertificatePem()),
            }),
            ["users"] = Named("user", new JsonObject
            {
                ["client-certificate-data"] = Base64(certificate.ExportCertificatePem()),
                ["client-key-data"] = Base64(key.ExportPkcs8PrivateKeyPem()),
            }),
        }.ToJsonString());
        return file;

        static JsonArray Named(string what, JsonObject content) => [new JsonObject { ["name"] = "it", [what] = content }];
        static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
    }

    internal string NewFolder() => Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;

    private async Task<string> SignAsync(string cluster, string csr)
    {
        var file = Path.Combine(NewFolder(), "request.csr");
        await File.WriteAllTextAsync(file, csr, Ct);
        return (await lane.Demo.OkAsync("coe ca sign", cluster, file)).Output;
    }
}
