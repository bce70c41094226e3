using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Magnum.Core.Certificates;

namespace Magnum.Tests.Support.Lanes;

/// <summary>
/// The API server of a cluster: the real one with a real etcd, on this machine, set up with what a master of the cluster is given. It trusts
/// the cluster's CA and nobody else, and shows a certificate that this CA has signed for the cluster's address. Nobody is behind it, or the whole
/// control plane of a cluster that nodes join.
/// </summary>
internal sealed class KubeApiServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("magnum-apiserver-").FullName;
    private readonly List<Daemon> _daemons = [];
    private readonly string _host;
    private readonly bool _isWhole;

    private KubeApiServer(string host, bool isWhole, Uri url) => (_host, _isWhole, Url) = (host, isWhole, url);

    /// <param name="name">Of the log files.</param>
    /// <param name="apiAddress">The cluster's.</param>
    /// <param name="authority">The cluster's CA, PEM, as <c>coe ca show</c> prints it.</param>
    /// <param name="sign">Has a request signed by the cluster's CA, both PEM.</param>
    /// <param name="isWhole">With the controller manager and the scheduler, and at the cluster's address, which is this machine's.</param>
    /// <exception cref="InvalidOperationException">It has not been built, or does not run.</exception>
    public static async Task<KubeApiServer> StartAsync(
        string name, string apiAddress, string authority, Func<string, Task<string>> sign, CancellationToken cancellationToken, bool isWhole = false)
    {
        var ports = Ports.Free(5);
        var address = new Uri(apiAddress);
        var server = new KubeApiServer(address.Host, isWhole, isWhole ? address : new Uri($"https://127.0.0.1:{ports[0]}"));
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
    public Uri Url { get; }

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
        await WriteFilesAsync(authority, sign, cancellationToken);
        var (client, peer) = ($"http://127.0.0.1:{ports[1]}", $"http://127.0.0.1:{ports[2]}");
        _daemons.Add(Daemon.Start($"{name}-etcd", "etcd",
        [
            "--data-dir", File("etcd"), "--unsafe-no-fsync", "--log-level", "warn", "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", $"default={peer}",
        ]));
        _daemons.Add(Daemon.Start($"{name}-apiserver", await ProgramAsync("kube-apiserver", cancellationToken),
        [
            "--etcd-servers", client, "--bind-address", Url.Host, "--secure-port", $"{Url.Port}",
            // Nothing in the cluster asks it, so nobody is to be told of an endpoint.
            "--advertise-address", _host, "--endpoint-reconciler-type", "none", "--service-cluster-ip-range", "10.254.0.0/16",
            "--client-ca-file", File("ca.crt"), "--tls-cert-file", File("apiserver.crt"), "--tls-private-key-file", File("apiserver.key"), "--cert-dir", File("made"),
            "--authorization-mode", "Node,RBAC", "--enable-admission-plugins", "NodeRestriction",
            "--allow-privileged=true",   // as kubeadm starts it
            "--service-account-issuer", "https://kubernetes.default.svc.cluster.local",
            "--service-account-key-file", File("sa.pub"), "--service-account-signing-key-file", File("sa.key"),
            .. _isWhole ? await ToKubeletsAsync(sign, cancellationToken) : [],
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
        if (_isWhole)
        {
            await StartControllersAsync(name, authority, sign, ports[3..], cancellationToken);
        }
    }

    /// <summary>The way to nodes, whose certificates have to be the cluster's.</summary>
    private async Task<string[]> ToKubeletsAsync(Func<string, Task<string>> sign, CancellationToken cancellationToken)
    {
        var client = await ClientAsync("O=system:masters, CN=kube-apiserver-kubelet-client", sign);
        await System.IO.File.WriteAllTextAsync(File("kubelet-client.crt"), client.Certificate, cancellationToken);
        await System.IO.File.WriteAllTextAsync(File("kubelet-client.key"), client.PrivateKey, cancellationToken);
        return
        [
            "--kubelet-client-certificate", File("kubelet-client.crt"), "--kubelet-client-key", File("kubelet-client.key"),
            "--kubelet-certificate-authority", File("ca.crt"), "--kubelet-preferred-address-types", "InternalIP",
        ];
    }

    private async Task StartControllersAsync(string name, string authority, Func<string, Task<string>> sign, int[] ports, CancellationToken cancellationToken)
    {
        (string Program, string[] Arguments)[] controllers =
        [
            // A kubelet is heard every ten seconds; for so long its silence is borne.
            ("kube-controller-manager",
            [
                "--node-monitor-grace-period", "16s", "--node-monitor-period", "1s",
                "--root-ca-file", File("ca.crt"), "--service-account-private-key-file", File("sa.key"), "--use-service-account-credentials",
            ]),
            ("kube-scheduler", []),
        ];
        foreach (var ((program, arguments), port) in controllers.Zip(ports))
        {
            await System.IO.File.WriteAllTextAsync(
                File(program), Kubeconfig.Write("it", Url.OriginalString, authority, await ClientAsync($"CN=system:{program}", sign)), cancellationToken);
            _daemons.Add(Daemon.Start($"{name}-{program}", await ProgramAsync(program, cancellationToken),
            [
                "--kubeconfig", File(program), "--bind-address", "127.0.0.1", "--secure-port", $"{port}", "--port", "0", "--leader-elect=false", "--cert-dir", File("made"), .. arguments,
            ]));
        }
    }

    private static async Task<string> ProgramAsync(string name, CancellationToken cancellationToken)
    {
        var built = await CommandLine.RunAsync(
            Path.Combine(Repository.Root, "deploy", "engines", "kubernetes.sh"), ["--path", name], new Dictionary<string, string>(), cancellationToken);
        return built.ExitCode == 0 ? built.Output.Trim() : throw new InvalidOperationException(built.Error);
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

    private static async Task<KeyMaterial> ClientAsync(string subject, Func<string, Task<string>> sign)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: false));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        return new KeyMaterial(await sign(request.CreateSigningRequestPem()), key.ExportPkcs8PrivateKeyPem(), DateTimeOffset.MaxValue);
    }

    private static HttpClient Http(string authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(authority);
        return new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } });
    }
}
