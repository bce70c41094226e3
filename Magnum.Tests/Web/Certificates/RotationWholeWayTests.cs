using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Nova;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Lanes;
using Magnum.Web.Startup;

namespace Magnum.Tests.Web.Certificates;

/// <summary>The composed product with its embedded cloud in this process: nodes enrol, and follow a rotation after everything was started anew.</summary>
public sealed class RotationWholeWayTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly string _data = Directory.CreateTempSubdirectory("magnum-rotation-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly int[] _ports = FreePorts(2);
    private MagnumHost? _host;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Rotation_OfAClusterWhoseCloudWasStartedAnew_ReachesEveryNode()
    {
        var magnum = await SignInAsync();
        var template = (await magnum.PostAsync("/clustertemplates", JsonNode.Parse("""
            {"name": "k8s", "coe": "kubernetes", "image_id": "ubuntu-22.04-kube-v1.31.1", "external_network_id": "public",
             "flavor_id": "m1.medium", "master_flavor_id": "m1.medium", "master_lb_enabled": true}
            """)!, Ct)).Ok();
        var cluster = (string)(await magnum.PostAsync("/clusters", new JsonObject
        {
            ["name"] = "blue",
            ["cluster_template_id"] = (string)template["uuid"]!,
            ["master_count"] = 3,
            ["node_count"] = 2,
        }, Ct)).Ok()["uuid"]!;
        await BecomesAsync(magnum, cluster, "CREATE_COMPLETE");
        var old = await CaAsync(magnum, cluster);
        Assert.All(NodeCertificates(), c => Assert.True(CertificateChain.IsSignedBy(c, old)));

        await StopAsync();
        _host = await StartAsync();
        magnum = await SignInAsync();
        (await magnum.PatchAsync($"/certificates/{cluster}", new JsonObject(), Ct)).Expect(HttpStatusCode.Accepted);
        await BecomesAsync(magnum, cluster, "UPDATE_COMPLETE");

        var rotated = await CaAsync(magnum, cluster);
        Assert.Single(rotated.Split("-----BEGIN CERTIFICATE-----", StringSplitOptions.RemoveEmptyEntries));
        Assert.NotEqual(old, rotated);
        var certificates = NodeCertificates();
        Assert.Equal(5, certificates.Count);
        Assert.All(certificates, c => Assert.True(CertificateChain.IsSignedBy(c, rotated) && !CertificateChain.IsSignedBy(c, old)));

        // A node that is made afterwards fits in.
        (await magnum.PostAsync($"/clusters/{cluster}/actions/resize", new JsonObject { ["node_count"] = 3 }, Ct)).Expect(HttpStatusCode.Accepted);
        await BecomesAsync(magnum, cluster, "UPDATE_COMPLETE", count: 3);
        Assert.Equal(6, NodeCertificates().Count(c => CertificateChain.IsSignedBy(c, rotated)));
    }

    private async Task<MagnumHost> StartAsync()
    {
        var host = await MagnumHost.BuildAsync(MagnumHost.CreateBuilder(
        [
            $"--Magnum:DataDirectory={_data}",
            "--Magnum:Roles=api,conductor",
            $"--Magnum:Api:Url=http://127.0.0.1:{_ports[0]}",
            "--Magnum:Certificates:RsaKeySize=2048",
            $"--EmbeddedCloud:Port={_ports[1]}",
            "--EmbeddedCloud:Speed=100",
            "--Logging:LogLevel:Default=Error",
        ]));
        await host.App.StartAsync(Ct);
        return host;
    }

    private async Task StopAsync()
    {
        if (_host is { } host)
        {
            _host = null;
            await host.App.StopAsync(CancellationToken.None);
            await host.App.DisposeAsync();
            await host.Cloud!.DisposeAsync();
        }
    }

    private async Task<JsonApi> SignInAsync()
    {
        using var answer = await _http.PostAsJsonAsync(new Uri($"{_host!.Cloud!.AuthUrl}/auth/tokens"), JsonNode.Parse("""
            {"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "demo", "password": "demo", "domain": {"id": "default"}}}},
                      "scope": {"project": {"name": "demo", "domain": {"id": "default"}}}}}
            """), Ct);
        answer.EnsureSuccessStatusCode();
        return new JsonApi(_http, $"http://127.0.0.1:{_ports[0]}/v1", answer.Headers.GetValues("X-Subject-Token").First(), "container-infra latest");
    }

    private async Task BecomesAsync(JsonApi magnum, string cluster, string status, int? count = null)
    {
        var seen = "nothing";
        await Eventually.BecomesTrueAsync(
            $"the cluster to be {status}",
            Limit,
            async ct =>
            {
                var shown = (await magnum.GetAsync($"/clusters/{cluster}", ct)).Ok();
                seen = $"{shown["status"]}: {shown["status_reason"]}";
                Assert.DoesNotContain("FAILED", seen, StringComparison.Ordinal);
                return (string?)shown["status"] == status && (count is null || (int)shown["node_count"]! == count);
            },
            Ct,
            () => $"{seen}\n{string.Join('\n', Nodes().Select(n => $"{n.Name}: {n.Node?.Applied}, {n.Node?.Failures} failure(s)"))}");
    }

    private static async Task<string> CaAsync(JsonApi magnum, string cluster) => (string)(await magnum.GetAsync($"/certificates/{cluster}", Ct)).Ok()["pem"]!;

    private List<string> NodeCertificates() => [.. Nodes().Select(s => s.Node!.Certificate)];

    private List<ServerRow> Nodes()
    {
        var cloud = _host!.Cloud!.Cloud;
        lock (cloud.Gate)
        {
            return [.. cloud.State.Compute.Servers.Values];
        }
    }

    // At once, so that they differ.
    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        listeners.ForEach(l => l.Dispose());
        return ports;
    }
}
