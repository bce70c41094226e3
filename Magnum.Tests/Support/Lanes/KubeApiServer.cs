using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Magnum.Tests.Support.Lanes;

/// <summary>
/// The API server of a cluster: the real one with a real etcd, on this machine, set up with what a master of the cluster is given. It trusts
/// the cluster's CA and nobody else, and shows a certificate that this CA has signed for the cluster's address.
/// </summary>
internal sealed class KubeApiServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("magnum-apiserver-").FullName;
    private readonly List<Daemon> _daemons = [];
    private readonly string _host;
    private readonly int _port;

    private KubeApiServer(string host, int port) => (_host, _port) = (host, port);

    /// <param name="name">Of the log files.</param>
    /// <param name="apiAddress">The cluster's.</param>
    /// <param name="authority">The cluster's CA, PEM, as <c>coe ca show</c> prints it.</param>
    /// <param name="sign">Has a request signed by the cluster's CA, both PEM.</param>
    /// <exception cref="InvalidOperationException">It has not been built, or does not run.</exception>
    public static async Task<KubeApiServer> StartAsync(
        string name, string apiAddress, string authority, Func<string, Task<string>> sign, CancellationToken cancellationToken)
    {
        var ports = Ports.Free(3);
        var server = new KubeApiServer(new Uri(apiAddress).Host, ports[0]);
        try
        {
            await server.StartAsync(name, authority, sign, ports, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where it listens, which its certificate names too.</summary>
    public Uri Url => new($"https://127.0.0.1:{_port}");

    /// <summary>Runs <c>kubectl</c> with a kubeconfig, however it ends.</summary>
    /// <param name="arguments">Passed as they are.</param>
    public Task<CommandResult> KubectlAsync(string kubeconfig, params string[] arguments) => RunAsync(["--kubeconfig", kubeconfig, .. arguments]);

    /// <summary>The same with the files that <c>--output-certs</c> wrote, and without a kubeconfig.</summary>
    public Task<CommandResult> KubectlWithFilesAsync(string folder, params string[] arguments) => RunAsync(
    [
        "--kubeconfig", "/dev/null", "--certificate-authority", Path.Combine(folder, "ca.pem"),
        "--client-certificate", Path.Combine(folder, "cert.pem"), "--client-key", Path.Combine(folder, "key.pem"), .. arguments,
    ]);

    /// <summary>Runs <c>kubectl</c>, which must succeed.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> OkAsync(string kubeconfig, params string[] arguments)
    {
        var result = await KubectlAsync(kubeconfig, arguments);
        Assert.True(result.ExitCode == 0, $"{result}\n{LogTail()}");
        return result.Output.Trim();
    }

    /// <summary>Runs <c>kubectl</c>, which must be refused.</summary>
    /// <returns>What it complained about.</returns>
    public async Task<string> FailsAsync(string kubeconfig, params string[] arguments)
    {
        var result = await KubectlAsync(kubeconfig, arguments);
        Assert.True(result.ExitCode != 0, result.ToString());
        return result.Error;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var daemon in _daemons)
        {
            await daemon.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>
    /// The kubeconfig's server is an address of the cloud's, where nobody listens. kubectl is sent here instead, and still checks that the
    /// certificate it is shown is that address'.
    /// </summary>
    private Task<CommandResult> RunAsync(string[] arguments) => CommandLine.RunAsync(
        "kubectl",
        ["--server", Url.OriginalString, "--tls-server-name", _host, "--request-timeout", "30s", .. arguments],
        // Not what it may have kept of another server on this port.
        new Dictionary<string, string> { ["HOME"] = _folder },
        TestContext.Current.CancellationToken);

    private string LogTail() => string.Concat(_daemons.Select(d => d.LogTail()));

    private string File(string name) => Path.Combine(_folder, name);

    private async Task StartAsync(string name, string authority, Func<string, Task<string>> sign, int[] ports, CancellationToken cancellationToken)
    {
        var built = await CommandLine.RunAsync(
            Path.Combine(Repository.Root, "deploy", "engines", "kubernetes.sh"), ["--path", "kube-apiserver"], new Dictionary<string, string>(), cancellationToken);
        if (built.ExitCode != 0)
        {
            throw new InvalidOperationException(built.Error);
        }

        await WriteFilesAsync(authority, sign, cancellationToken);
        var (client, peer) = ($"http://127.0.0.1:{ports[1]}", $"http://127.0.0.1:{ports[2]}");
        _daemons.Add(Daemon.Start($"{name}-etcd", "etcd",
        [
            "--data-dir", File("etcd"), "--unsafe-no-fsync", "--log-level", "warn", "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", $"default={peer}",
        ]));
        _daemons.Add(Daemon.Start($"{name}-apiserver", built.Output.Trim(),
        [
            "--etcd-servers", client, "--bind-address", "127.0.0.1", "--secure-port", $"{_port}",
            // Nothing runs in the cluster, so nobody is to be told of an endpoint.
            "--advertise-address", _host, "--endpoint-reconciler-type", "none", "--service-cluster-ip-range", "10.254.0.0/16",
            "--client-ca-file", File("ca.crt"), "--tls-cert-file", File("apiserver.crt"), "--tls-private-key-file", File("apiserver.key"), "--cert-dir", File("made"),
            "--authorization-mode", "Node,RBAC", "--enable-admission-plugins", "NodeRestriction",
            "--allow-privileged=true",   // as kubeadm starts it
            "--service-account-issuer", "https://kubernetes.default.svc.cluster.local",
            "--service-account-key-file", File("sa.pub"), "--service-account-signing-key-file", File("sa.key"),
        ]));
        using var http = Http(authority);
        await Eventually.BecomesTrueAsync("the API server to be ready", StartLimit, async ct =>
        {
            _daemons.ForEach(d => d.MustRun());
            try
            {
                using var answer = await http.GetAsync(new Uri(Url, "/readyz"), ct);
                return answer.StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
            {
                return false;
            }
        }, cancellationToken, LogTail);
    }

    /// <summary>As <c>master.sh</c> makes them on a master, the names of the server's certificate included.</summary>
    private async Task WriteFilesAsync(string authority, Func<string, Task<string>> sign, CancellationToken cancellationToken)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=kube-apiserver", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: false));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(_host));
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        names.AddDnsName("kubernetes");
        names.AddDnsName("kubernetes.default.svc");
        request.CertificateExtensions.Add(names.Build());
        using var serviceAccounts = RSA.Create(2048);
        foreach (var (file, text) in new[]
        {
            ("ca.crt", authority),
            ("apiserver.crt", await sign(request.CreateSigningRequestPem())),
            ("apiserver.key", key.ExportPkcs8PrivateKeyPem()),
            ("sa.key", serviceAccounts.ExportPkcs8PrivateKeyPem()),
            ("sa.pub", serviceAccounts.ExportSubjectPublicKeyInfoPem()),
        })
        {
            await System.IO.File.WriteAllTextAsync(File(file), text, cancellationToken);
        }
    }

    private static HttpClient Http(string authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(authority);
        return new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } });
    }
}
