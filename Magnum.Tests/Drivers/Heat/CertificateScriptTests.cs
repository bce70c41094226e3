using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Magnum.Core.Certificates;
using Magnum.Core.Drivers;
using Magnum.Tests.Support;
using Magnum.Web.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>
/// The nodes' own script against Magnum's API, with the machine's openssl, curl and jq, on a first master's files in a folder. What would touch
/// the machine itself - systemctl, crictl, kubectl - is played and only noted.
/// </summary>
public sealed class CertificateScriptTests : IAsyncLifetime
{
    private const string Name = "blue-master-0";
    private static readonly CertificateOptions Options = new() { RsaKeySize = 2048 };

    private static readonly (CaType Type, string File, string Subject, bool Server)[] Files =
    [
        (CaType.Kubernetes, "etc/kubernetes/pki/apiserver", "CN=kube-apiserver", true),
        (CaType.Kubernetes, "etc/kubernetes/pki/apiserver-kubelet-client", "O=kubeadm:cluster-admins, CN=kube-apiserver-kubelet-client", false),
        (CaType.FrontProxy, "etc/kubernetes/pki/front-proxy-client", "CN=front-proxy-client", false),
        (CaType.Etcd, "etc/kubernetes/pki/etcd/server", $"CN={Name}", true),
        (CaType.Etcd, "etc/kubernetes/pki/etcd/peer", $"CN={Name}", true),
        (CaType.Etcd, "etc/kubernetes/pki/etcd/healthcheck-client", "CN=kube-etcd-healthcheck-client", false),
        (CaType.Etcd, "etc/kubernetes/pki/apiserver-etcd-client", "CN=kube-apiserver-etcd-client", false),
        (CaType.Kubernetes, "var/lib/kubelet/pki/kubelet", $"O=system:nodes, CN=system:node:{Name}", true),
    ];

    private static readonly (string File, string User, string Subject)[] Kubeconfigs =
    [
        ("admin.conf", "kubernetes-admin", "O=kubeadm:cluster-admins, CN=kubernetes-admin"),
        ("super-admin.conf", "kubernetes-super-admin", "O=system:masters, CN=kubernetes-super-admin"),
        ("controller-manager.conf", "system:kube-controller-manager", "CN=system:kube-controller-manager"),
        ("scheduler.conf", "system:kube-scheduler", "CN=system:kube-scheduler"),
        ("kubelet.conf", $"system:node:{Name}", $"O=system:nodes, CN=system:node:{Name}"),
    ];

    private readonly ScriptRoom _room = new();
    private readonly RequestWorld _core = new(services => services.Configure<CertificateOptions>(o => o.RsaKeySize = 2048));
    private readonly RSA _key = RSA.Create(2048);
    private WebApplication? _magnum;
    private Guid _cluster;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ClusterCertificates Certificates => _core.Get<ClusterCertificates>();

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(new[] { "bash", "jq", "curl", "openssl" }.All(ScriptRoom.IsInstalled), "The script needs bash, jq, curl and openssl.");
        _core.Time.SetUtcNow(TimeProvider.System.GetUtcNow());   // the script and openssl look at the machine's clock
        _cluster = (await _core.AddClusterAsync()).Uuid;
        await Certificates.EnsureAsync(_cluster, "blue", Ct);
        await using (var db = _core.Database.CreateDbContext())
        {
            var group = await db.NodeGroups.SingleAsync(g => g.ClusterId == _cluster && g.Role == "master", Ct);
            group.Nodes = [new ObservedNode(Name, null, null, null, null)];
            await db.SaveChangesAsync(Ct);
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _core.AddTo(builder.Services);
        builder.Services.AddMagnumApi(builder.Configuration);
        _magnum = builder.Build();
        var branch = new ApplicationBuilder(_magnum.Services);
        branch.UseMagnumApi();
        _magnum.Run(branch.Build());
        await _magnum.StartAsync(Ct);
        await MakeMasterAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_magnum is not null)
        {
            await _magnum.DisposeAsync();
        }

        _core.Dispose();
        _key.Dispose();
        _room.Dispose();
    }

    [Fact]
    public async Task WithoutARotation_NothingIsTouched_AndMagnumKnowsOfTheNode()
    {
        var before = Snapshot();

        await RunAsync();
        await RunAsync();

        Assert.Equal(before, Snapshot());
        Assert.Empty(_room.Calls);
        Assert.Equal(("1", "1"), (Recorded(), await AppliedAsync()));
    }

    [Fact]
    public async Task ARotation_IsFollowedThroughItsPhases()
    {
        await RunAsync();
        var before = Snapshot();
        var old = await TrustedAsync(CaType.Kubernetes);

        await Certificates.MakeNextAsync(_cluster, "blue", Ct);
        await RunAsync();
        Assert.Equal(("1+2", "1+2"), (Recorded(), await AppliedAsync()));
        await AssertTrustedEverywhereAsync();
        Assert.All(Files, f => Assert.Equal(before[$"{f.File}.crt"], Snapshot()[$"{f.File}.crt"]));
        Assert.Equal(
            [
                "systemctl restart kubelet", "crictl stop kube-scheduler", "crictl stop kube-controller-manager", "crictl stop kube-apiserver", "crictl stop etcd",
                "kubectl rollout restart kube-system deployment/coredns", "kubectl rollout restart kube-flannel daemonset/kube-flannel",
            ],
            _room.Calls);

        await Certificates.SwitchAsync(_cluster, Ct);
        await RunAsync();
        Assert.Equal(("2+1", "2+1"), (Recorded(), await AppliedAsync()));
        await AssertTrustedEverywhereAsync();
        await AssertCertificatesAsync();
        Assert.DoesNotContain(_room.Calls, c => c.Contains("rollout", StringComparison.Ordinal));

        await Certificates.RetireAsync(_cluster, Ct);
        await RunAsync();
        await Certificates.DeleteRetiredAsync(_cluster, Ct);
        Assert.Equal(("2", "2"), (Recorded(), await AppliedAsync()));
        await AssertTrustedEverywhereAsync();
        Assert.DoesNotContain(old, _room.Read("etc/kubernetes/pki/ca.crt"), StringComparison.Ordinal);
        Assert.Equal(5, _room.Calls.Count);
        Assert.All(Files, f => Assert.Equal(before[$"{f.File}.key"], Snapshot()[$"{f.File}.key"]));

        await RunAsync();
        Assert.Empty(_room.Calls);
    }

    [Fact]
    public async Task TheApiDoesNotComeBack_NothingIsReported_AndTheNextRunStartsItAgain()
    {
        await RunAsync();
        await Certificates.MakeNextAsync(_cluster, "blue", Ct);
        File.WriteAllText(Path.Combine(_room.Root, "down"), "");

        Assert.NotEqual(0, (await TryAsync()).ExitCode);
        Assert.Equal(("1", "1"), (Recorded(), await AppliedAsync()));
        Assert.Contains("systemctl restart kubelet", _room.Calls);

        File.Delete(Path.Combine(_room.Root, "down"));
        await RunAsync();

        Assert.Equal(("1+2", "1+2"), (Recorded(), await AppliedAsync()));
        Assert.Contains("systemctl restart kubelet", _room.Calls);
    }

    [Fact]
    public async Task TwoThirdsOfItsLifeAreOver_ACertificateIsRenewedByItself()
    {
        await MakeCertificateAsync(Files[0], daysOld: 1300);
        var before = Snapshot();

        await RunAsync();

        var after = Snapshot();
        Assert.Equal("etc/kubernetes/pki/apiserver.crt", Assert.Single(after, f => before[f.Key] != f.Value).Key);
        await AssertCertificatesAsync();
        Assert.Contains("systemctl restart kubelet", _room.Calls);
    }

    [Fact]
    public async Task ANewCredentialForTheCloud_IsPutIntoTheSecretOnce_AndWhoReadsItIsStartedAgain()
    {
        await RunAsync();
        const string config = "[Global]\nauth-url=http://keystone/v3\napplication-credential-id={0}\napplication-credential-secret={1}\n\n[LoadBalancer]\nlb-provider=ovn\n";
        _room.Write("secret", new JsonObject
        {
            ["kind"] = "Secret",
            ["data"] = new JsonObject { ["cloud.conf"] = Base64(string.Format(System.Globalization.CultureInfo.InvariantCulture, config, "old", "0ld&\\1")), ["ca.crt"] = Base64("CA\n") },
        }.ToJsonString());
        await using (var db = _core.Database.CreateDbContext())
        {
            (await db.Clusters.SingleAsync(c => c.Uuid == _cluster, Ct)).DriverSecret = """protected:{"id":"new","secret":"n&w\\1/2","user_id":"demo"}""";
            await db.SaveChangesAsync(Ct);
        }

        var (_, output) = await TryAsync();

        var data = JsonNode.Parse(_room.Read("secret"))!["data"]!.AsObject().ToDictionary(f => f.Key, f => Encoding.UTF8.GetString(Convert.FromBase64String((string)f.Value!)));
        Assert.Equal(string.Format(System.Globalization.CultureInfo.InvariantCulture, config, "new", "n&w\\1/2"), data["cloud.conf"]);
        Assert.Equal("CA\n", data["ca.crt"]);
        Assert.Equal(["kubectl replace", "kubectl rollout restart daemonsets,deployments magnum.openstack.org/reads=cloud-config"], _room.Calls);
        Assert.Contains("the cluster's credential for the cloud is new", output, StringComparison.Ordinal);
        Assert.DoesNotContain("n&w", output, StringComparison.Ordinal);
        await RunAsync();
        Assert.Empty(_room.Calls);

        File.Delete(Path.Combine(_room.Root, "secret"));
        var (exitCode, told) = await TryAsync();
        Assert.Equal(0, exitCode);   // the certificates are kept all the same
        Assert.Contains("the cluster's credential for the cloud was not brought up to date", told, StringComparison.Ordinal);
    }

    /// <summary>The files of a first master as its own scripts leave them.</summary>
    private async Task MakeMasterAsync()
    {
        _room.Write("etc/magnum/certificates.json", new JsonObject
        {
            ["cluster_uuid"] = _cluster.ToString(),
            ["magnum_url"] = $"{_magnum!.Urls.Single()}/v1",
            ["http_proxy"] = "",
            ["https_proxy"] = "",
            ["no_proxy"] = "",
        }.ToJsonString());
        _room.Write("etc/magnum/stack.json", new JsonObject { ["name"] = Name, ["index"] = "0" }.ToJsonString());
        foreach (var (type, file) in new[] { (CaType.Kubernetes, "ca"), (CaType.Etcd, "etcd/ca"), (CaType.FrontProxy, "front-proxy-ca") })
        {
            _room.Write($"etc/kubernetes/pki/{file}.crt", await TrustedAsync(type) + "\n");
        }

        foreach (var file in Files)
        {
            await MakeCertificateAsync(file);
        }

        foreach (var (file, user, subject) in Kubeconfigs)
        {
            var ca = await TrustedAsync(CaType.Kubernetes) + "\n";
            var certificate = await SignAsync(CaType.Kubernetes, subject, server: false);
            _room.Write($"etc/kubernetes/{file}", new JsonObject
            {
                ["clusters"] = new JsonArray(new JsonObject
                {
                    ["name"] = "kubernetes",
                    ["cluster"] = new JsonObject { ["server"] = "https://10.0.0.5:6443", ["certificate-authority-data"] = Base64(ca) },
                }),
                ["users"] = new JsonArray(new JsonObject
                {
                    ["name"] = user,
                    ["user"] = new JsonObject { ["client-certificate-data"] = Base64(certificate + "\n"), ["client-key-data"] = Base64(_key.ExportPkcs8PrivateKeyPem() + "\n") },
                }),
            }.ToJsonString());
        }

        foreach (var script in new[] { "Nodes/Files/common.sh", "Kubernetes/Nodes/Files/certificates.sh" })
        {
            _room.Bring(script, ["/etc/magnum", "/etc/kubernetes", "/var/lib/kubelet", "/var/lib/magnum", "/run/magnum"]);
        }

        Directory.CreateDirectory(Path.Combine(_room.Root, "run"));
        _room.Play("sleep", "exit 0");
        _room.Play("systemctl", $"echo \"systemctl $*\" >>{_room.Root}/calls");
        _room.Play("crictl", $$"""
            case "$*" in
              *" ps "*) last=${!#}; echo "${last##*=}" ;;
              *" stop "*) echo "crictl stop ${!#}" >>{{_room.Root}}/calls ;;
            esac
            """);
        _room.Play("kubectl", $$$"""
            case "$*" in
              "config view "*) cat "$4" ;;
              *"/readyz") [[ ! -f {{{_room.Root}}}/down ]] ;;
              *"configmap kube-root-ca.crt"*) jq -n --rawfile ca {{{_room.Root}}}/etc/kubernetes/pki/ca.crt '{data: {"ca.crt": $ca}}' ;;
              "get deployments,daemonsets "*)
                echo '{"items": [{"kind": "Deployment", "metadata": {"namespace": "kube-system", "name": "coredns"}},
                  {"kind": "DaemonSet", "metadata": {"namespace": "kube-flannel", "name": "kube-flannel"}}]}' ;;
              *"get secret cloud-config"*) cat {{{_room.Root}}}/secret ;;
              "replace --filename "*) cp "$3" {{{_room.Root}}}/secret; echo "kubectl replace" >>{{{_room.Root}}}/calls ;;
              *" rollout restart daemonsets,deployments "*) echo "kubectl rollout restart $5 $7" >>{{{_room.Root}}}/calls ;;
              *" rollout restart "*) echo "kubectl rollout restart $2 $5" >>{{{_room.Root}}}/calls ;;
              *) exit 1 ;;
            esac
            """);
    }

    private async Task MakeCertificateAsync((CaType Type, string File, string Subject, bool Server) file, int daysOld = 0)
    {
        _room.Write($"{file.File}.key", _key.ExportPkcs8PrivateKeyPem() + "\n");
        _room.Write($"{file.File}.crt", await SignAsync(file.Type, file.Subject, file.Server, daysOld) + "\n");
    }

    private async Task<string> SignAsync(CaType type, string subject, bool server, int daysOld = 0)
    {
        var request = new CertificateRequest(Distinguished(subject), _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: false));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            server ? [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")] : [new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        if (server)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(Name);
            names.AddDnsName("localhost");
            names.AddIpAddress(System.Net.IPAddress.Parse("10.0.0.5"));
            names.AddIpAddress(System.Net.IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        }

        var ca = (await Certificates.FindAsync(_cluster, type.Purpose(), Ct))!;
        return CertificateAuthority.Sign(
            ca, SigningRequest.Parse(request.CreateSigningRequestPem()).Value!, Options, _core.Time.GetUtcNow().AddDays(-daysOld), forNode: true).Value!;
    }

    private async Task AssertTrustedEverywhereAsync()
    {
        Assert.Equal(await TrustedAsync(CaType.Kubernetes) + "\n", _room.Read("etc/kubernetes/pki/ca.crt"));
        Assert.Equal(await TrustedAsync(CaType.Etcd) + "\n", _room.Read("etc/kubernetes/pki/etcd/ca.crt"));
        Assert.Equal(await TrustedAsync(CaType.FrontProxy) + "\n", _room.Read("etc/kubernetes/pki/front-proxy-ca.crt"));
        foreach (var (file, _, _) in Kubeconfigs)
        {
            var config = JsonNode.Parse(_room.Read($"etc/kubernetes/{file}"))!;
            Assert.Equal(Base64(_room.Read("etc/kubernetes/pki/ca.crt")), (string?)config["clusters"]![0]!["cluster"]!["certificate-authority-data"]);
        }
    }

    /// <summary>Every certificate is the signing CA's, and is otherwise what it was.</summary>
    private async Task AssertCertificatesAsync()
    {
        foreach (var (type, file, subject, server) in Files)
        {
            await AssertCertificateAsync(type, _room.Read($"{file}.crt"), subject, server);
        }

        foreach (var (file, user, subject) in Kubeconfigs)
        {
            var one = JsonNode.Parse(_room.Read($"etc/kubernetes/{file}"))!["users"]![0]!;
            Assert.Equal(user, (string?)one["name"]);
            await AssertCertificateAsync(
                CaType.Kubernetes, Encoding.UTF8.GetString(Convert.FromBase64String((string)one["user"]!["client-certificate-data"]!)), subject, server: false);
        }
    }

    private async Task AssertCertificateAsync(CaType type, string pem, string subject, bool server)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        using var ca = X509Certificate2.CreateFromPem((await Certificates.FindAsync(_cluster, type.Purpose(), Ct))!.Certificate);
        Assert.True(certificate.IsSignedBy(ca), subject);
        Assert.Equal(Distinguished(subject).RawData, certificate.SubjectName.RawData);
        Assert.Equal(server, certificate.Extensions["2.5.29.17"] is not null);
        Assert.True(certificate.NotAfter > certificate.NotBefore.AddDays(1800));
    }

    private async Task RunAsync()
    {
        var (exitCode, output) = await TryAsync();
        Assert.True(exitCode == 0, output);
    }

    private Task<(int ExitCode, string Output)> TryAsync() => _room.RunAsync("certificates.sh", Ct);

    private async Task<string> TrustedAsync(CaType type) => (await Certificates.FindPemAsync(_cluster, type.Purpose(), Ct))!;

    private async Task<string?> AppliedAsync()
    {
        await using var db = _core.Database.CreateDbContext();
        return await db.NodeCertificates.Where(n => n.NodeName == Name).Select(n => n.Applied).SingleOrDefaultAsync(Ct);
    }

    private string Recorded() => _room.Read("var/lib/magnum/certificates").Trim();

    private Dictionary<string, string> Snapshot() => Directory.EnumerateFiles(_room.Root, "*", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(_room.Root, f))
        .Where(f => f.StartsWith("etc/kubernetes", StringComparison.Ordinal) || f.StartsWith("var/lib/kubelet", StringComparison.Ordinal))
        .ToDictionary(f => f, _room.Read);

    /// <summary>As openssl writes it.</summary>
    private static X500DistinguishedName Distinguished(string subject) => new(subject, X500DistinguishedNameFlags.ForceUTF8Encoding);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
