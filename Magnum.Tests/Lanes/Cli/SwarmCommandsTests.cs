using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Cli;

/// <summary>A swarm by the commands that people know from Magnum's older releases.</summary>
[Collection(nameof(CliLane))]
public sealed class SwarmCommandsTests(CliLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Cli)]
    public async Task ASwarm_IsCreatedConfiguredAndDeleted()
    {
        var client = lane.Demo;
        await client.OkAsync(
            "coe cluster template create", "swarm", "--coe", "swarm", "--image", "ubuntu-24.04", "--external-network", "public", "--flavor", "m1.small", "--master-flavor", "m1.small",
            "--docker-volume-size", "3", "--master-lb-enabled");
        Assert.Contains(
            "expecting none: REX-Ray is not maintained any more",
            await client.FailsAsync("coe cluster template create", "old", "--coe", "swarm", "--image", "ubuntu-24.04", "--external-network", "public", "--volume-driver", "rexray"),
            StringComparison.Ordinal);
        var template = await client.JsonAsync("coe cluster template show", "swarm");
        Assert.Equal(("swarm", "docker"), ((string?)template["coe"], (string?)template["network_driver"]));

        await client.OkAsync("coe cluster create", "bee", "--cluster-template", "swarm", "--master-count", "3", "--node-count", "2");
        var cluster = await lane.FollowAsync("bee", "CREATE_COMPLETE");
        var address = (string)cluster["api_address"]!;
        Assert.Matches(@"^tcp://172\.24\.4\.\d+:2376$", address);
        Assert.Equal((3, 2), (cluster["master_addresses"]!.AsArray().Count, cluster["node_addresses"]!.AsArray().Count));
        await ConfigAsync(address);

        await client.OkAsync("coe cluster delete", "bee");
        await lane.FollowToTheEndAsync("bee");
        await client.OkAsync("coe cluster template delete", "swarm");
    }

    [LaneFact(Lane.Cli)]
    public async Task AnEngine_WithCertificatesOfMagnum_AnswersToWhatTheClientWrites_AndToNobodyElse()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Docker Engine takes root.");
        var client = lane.Demo;
        await client.OkAsync(
            "coe cluster template create", "engine", "--coe", "swarm-mode", "--image", "ubuntu-24.04", "--external-network", "public", "--flavor", "m1.small", "--master-flavor", "m1.small");
        await client.OkAsync("coe cluster create", "wasp", "--cluster-template", "engine", "--node-count", "1");
        await lane.FollowAsync("wasp", "CREATE_COMPLETE");
        var folder = Directory.CreateTempSubdirectory("magnum-docker-");
        try
        {
            await client.OkAsync("coe cluster config", "wasp", "--dir", folder.FullName, "--output-certs");
            await SignServerAsync("wasp", folder.FullName);
            await using var engine = DockerEngine.Start(folder.FullName);
            var own = new Dictionary<string, string> { ["DOCKER_HOST"] = engine.Address, ["DOCKER_CERT_PATH"] = folder.FullName, ["DOCKER_TLS_VERIFY"] = "True", ["no_proxy"] = "127.0.0.1" };
            await Eventually.BecomesTrueAsync("the engine to answer", TimeSpan.FromSeconds(60), async ct => (await DockerAsync(own, ct, "version")).ExitCode == 0, Ct);
            Assert.Equal(0, (await DockerAsync(own, Ct, "swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:0")).ExitCode);
            Assert.Contains("Leader", (await DockerAsync(own, Ct, "node", "ls")).Output, StringComparison.Ordinal);

            ForeignCertificate.Write(folder.CreateSubdirectory("foreign").FullName, Path.Combine(folder.FullName, "ca.pem"));
            var refused = await DockerAsync(new Dictionary<string, string>(own) { ["DOCKER_CERT_PATH"] = Path.Combine(folder.FullName, "foreign") }, Ct, "node", "ls");
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Matches("bad certificate|unknown certificate|certificate required", refused.Error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        await client.OkAsync("coe cluster delete", "wasp");
        await lane.FollowToTheEndAsync("wasp");
        await client.OkAsync("coe cluster template delete", "engine");
    }

    private static Task<CommandResult> DockerAsync(Dictionary<string, string> environment, CancellationToken cancellationToken, params string[] arguments) =>
        CommandLine.RunAsync("docker", arguments, environment, cancellationToken);

    /// <summary>What a manager serves by.</summary>
    private async Task SignServerAsync(string cluster, string folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("O=swarm:managers, CN=engine", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var file = Path.Combine(folder, "server.csr");
        await File.WriteAllTextAsync(file, request.CreateSigningRequestPem() + "\n", Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "server.key"), key.ExportPkcs8PrivateKeyPem() + "\n", Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "server.crt"), (await lane.Demo.OkAsync("coe ca sign", cluster, file)).Output, Ct);
    }

    /// <summary>What the client writes and prints is what <c>docker</c> wants.</summary>
    private async Task ConfigAsync(string address)
    {
        var folder = Directory.CreateTempSubdirectory("magnum-swarm-");
        try
        {
            var printed = await lane.Demo.OkAsync("coe cluster config", "bee", "--dir", folder.FullName, "--output-certs");

            Assert.Contains($"export DOCKER_HOST={address}\n", printed.Output, StringComparison.Ordinal);
            Assert.Contains($"export DOCKER_CERT_PATH={folder.FullName}\n", printed.Output, StringComparison.Ordinal);
            Assert.Contains("export DOCKER_TLS_VERIFY=True\n", printed.Output, StringComparison.Ordinal);
            using var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(folder.FullName, "cert.pem"), Path.Combine(folder.FullName, "key.pem"));
            using var ca = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(Path.Combine(folder.FullName, "ca.pem"), Ct));
            Assert.True(certificate.IsSignedBy(ca));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
