using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Magnum.Tests.Lanes.OpenStack;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Engines;

/// <summary>
/// The product with its embedded cloud, and a swarm that it has made there: the cloud's servers are nothing but rows, and in their place machines
/// run what the servers would have run, with a real Docker each.
/// </summary>
public sealed class SwarmLane : IAsyncLifetime
{
    internal const string Name = "bees";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly string _folder = Directory.CreateTempSubdirectory("magnum-swarm-").FullName;
    private SwarmMachines? _machines;
    private MagnumProcess? _magnum;
    private CloudSession? _cloud;
    private JsonApi? _api;

    internal SwarmMachines Machines => _machines ?? throw NotChosen;

    internal MagnumProcess Magnum => _magnum ?? throw NotChosen;

    /// <summary>Magnum's API as the cluster's owner calls it.</summary>
    internal JsonApi Api => _api ?? throw NotChosen;

    /// <summary>The swarm's uuid.</summary>
    internal string Uuid { get; private set; } = "";

    private static InvalidOperationException NotChosen => new("The lane was not chosen.");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (!Lane.IsChosen(Lane.Engines))
        {
            return;
        }

        _machines = await SwarmMachines.OpenAsync(Ct);
        var settings = new Dictionary<string, string>
        {
            ["EmbeddedCloud:AllowRemote"] = "true",
            ["EmbeddedCloud:Speed"] = "20",
            ["Magnum:Conductor:HealthInterval"] = "00:00:02",
            ["Magnum:Certificates:RsaKeySize"] = "2048",   // larger ones take seconds each, and nothing here depends on it
        };
        _magnum = await MagnumProcess.StartAsync("engines", settings, Ct, SwarmMachines.Here);
        var view = new EmbeddedCloudView(_http, _magnum.CloudUrl);
        var (token, body) = await KeystoneSignIn.AskAsync(_http, $"{_magnum.CloudUrl}identity/v3", "admin", "admin", "admin", Ct);
        _cloud = new CloudSession(_http, token, body);
        _api = new JsonApi(_http, $"{_magnum.ApiUrl}v1", await view.TokenAsync("demo", "demo", Ct), "container-infra latest");

        // Nobody plays the nodes: they report themselves.
        await view.SetScenarioAsync("hang", Name, Ct);
        var template = (await _api.PostAsync(
            "/clustertemplates",
            new JsonObject
            {
                ["name"] = Name,
                ["coe"] = "swarm",
                ["image_id"] = "ubuntu-24.04",
                ["external_network_id"] = "public",
                ["flavor_id"] = "m1.small",
                ["master_flavor_id"] = "m1.small",
                ["floating_ip_enabled"] = false,
                ["labels"] = new JsonObject { ["fixed_subnet_cidr"] = SwarmMachines.Network },
            },
            Ct)).Expect(HttpStatusCode.Created);
        var cluster = new JsonObject { ["name"] = Name, ["cluster_template_id"] = (string)template["uuid"]!, ["master_count"] = 1, ["node_count"] = 2, ["create_timeout"] = 120 };
        Uuid = (string)(await _api.PostAsync("/clusters", cluster, Ct)).Expect(HttpStatusCode.Accepted)["uuid"]!;
        await FollowAsync("CREATE_COMPLETE");
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_magnum is not null)
        {
            await _magnum.DisposeAsync();
        }

        if (_machines is not null)
        {
            await _machines.DisposeAsync();
        }

        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    internal async Task<JsonNode> ShowAsync() => (await Api.GetAsync($"/clusters/{Uuid}", Ct)).Expect(HttpStatusCode.OK);

    /// <summary>The cloud's servers, by the names of the nodes.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> ServersAsync() => (await ListServersAsync()).ToDictionary(s => (string)s["name"]!, s => (string)s["id"]!);

    /// <summary>Lets machines come and go with the servers until the cluster's status is no longer one in progress, which must be the one expected.</summary>
    internal async Task<JsonNode> FollowAsync(string status)
    {
        JsonNode? seen = null;
        var end = await Eventually.GetAsync(
            $"the swarm to be {status}",
            Limit,
            async ct =>
            {
                await Machines.FollowAsync(await ListServersAsync(), ct);
                seen = await ShowAsync();
                return ((string)seen["status"]!).EndsWith("_IN_PROGRESS", StringComparison.Ordinal) ? null : seen;
            },
            Ct,
            () => $"Last seen: {seen?["status"]} {seen?["status_reason"]}; machines: {Machines}");
        Assert.True(status == (string)end["status"]!, $"{end["status"]}, expected {status}: {end["status_reason"]}");
        return end;
    }

    /// <summary>Waits until Magnum's health monitor says so, with these reasons.</summary>
    internal async Task BecomesAsync(string health, params (string Key, string Value)[] reasons)
    {
        JsonNode? seen = null;
        await Eventually.BecomesTrueAsync(
            $"the swarm to be {health} with {string.Join(", ", reasons)}",
            TimeSpan.FromSeconds(60),
            async _ =>
            {
                seen = await ShowAsync();
                var found = seen["health_status_reason"]?.AsObject().Select(r => (r.Key, (string)r.Value!)).Order() ?? Enumerable.Empty<(string, string)>();
                return (string?)seen["health_status"] == health && found.SequenceEqual(reasons.Order());
            },
            Ct,
            () => $"Last seen: {seen?["health_status"]} {seen?["health_status_reason"]?.ToJsonString()}");
    }

    /// <summary>A folder with <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c>, as <c>openstack coe cluster config</c> writes them.</summary>
    internal async Task<string> ClientFilesAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("O=system:masters, CN=admin", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var body = new JsonObject { ["cluster_uuid"] = Uuid, ["csr"] = request.CreateSigningRequestPem() };
        var signed = (await Api.PostAsync("/certificates", body, Ct)).Expect(HttpStatusCode.Created);
        var authority = (await Api.GetAsync($"/certificates/{Uuid}", Ct)).Expect(HttpStatusCode.OK);
        await File.WriteAllTextAsync(Path.Combine(folder, "ca.pem"), (string)authority["pem"]!, Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "cert.pem"), (string)signed["pem"]!, Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem(), Ct);
        return folder;
    }

    /// <summary>Runs the installed <c>docker</c> on the cluster's API with a client's files, however it ends.</summary>
    internal async Task<CommandResult> DockerAsync(string files, params string[] arguments) => await CommandLine.RunAsync(
        "docker",
        arguments,
        new Dictionary<string, string> { ["DOCKER_HOST"] = (string)(await ShowAsync())["api_address"]!, ["DOCKER_CERT_PATH"] = files, ["DOCKER_TLS_VERIFY"] = "True" },
        Ct);

    /// <summary>Those that are to be nodes; the cloud has others too.</summary>
    private async Task<IReadOnlyList<JsonNode>> ListServersAsync()
    {
        var servers = (await (_cloud ?? throw NotChosen).Nova.GetAsync("/servers/detail?all_tenants=1", Ct)).Ok()["servers"]!.AsArray();
        return [.. servers.OfType<JsonNode>().Where(s => (string?)s["OS-EXT-SRV-ATTR:user_data"] is not null)];
    }
}
