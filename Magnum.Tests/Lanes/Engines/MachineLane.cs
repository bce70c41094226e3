using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Magnum.Core.Drivers;
using Magnum.Tests.Lanes.OpenStack;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Engines;

/// <summary>
/// The product with its embedded cloud, and a cluster that it has made there: the cloud's servers are nothing but rows, and in their place machines
/// run what the servers would have run, with a real engine each.
/// </summary>
/// <param name="name">The cluster's and its template's.</param>
public abstract class MachineLane(string name) : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly string _folder = Directory.CreateTempSubdirectory("magnum-cluster-").FullName;
    private Machines? _machines;
    private MagnumProcess? _magnum;
    private CloudSession? _cloud;
    private JsonApi? _api;

    internal Machines Machines => _machines ?? throw NotChosen;

    internal MagnumProcess Magnum => _magnum ?? throw NotChosen;

    /// <summary>Magnum's API as the cluster's owner calls it.</summary>
    internal JsonApi Api => _api ?? throw NotChosen;

    /// <summary>The cluster's uuid.</summary>
    internal string Uuid { get; private set; } = "";

    protected HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false });

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static InvalidOperationException NotChosen => new("The lane was not chosen.");

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (!Lane.IsChosen(Lane.Engines))
        {
            return;
        }

        _machines = await Machines.OpenAsync(Image, Ct);
        var settings = new Dictionary<string, string>
        {
            ["EmbeddedCloud:AllowRemote"] = "true",
            ["EmbeddedCloud:Speed"] = "20",
            ["Magnum:Conductor:HealthInterval"] = "00:00:02",
            ["Magnum:Conductor:ScaleDownAfter"] = "00:00:10",
            ["Magnum:Certificates:RsaKeySize"] = "2048",   // larger ones take seconds each, and nothing here depends on it
        };
        _magnum = await MagnumProcess.StartAsync($"engines-{name}", settings, Ct, Machines.Here);
        var view = new EmbeddedCloudView(Http, _magnum.CloudUrl);
        var (token, body) = await KeystoneSignIn.AskAsync(Http, $"{_magnum.CloudUrl}identity/v3", "admin", "admin", "admin", Ct);
        _cloud = new CloudSession(Http, token, body);
        _api = new JsonApi(Http, $"{_magnum.ApiUrl}v1", await view.TokenAsync("demo", "demo", Ct), "container-infra latest");

        // Nobody plays the nodes: they report themselves.
        await view.SetScenarioAsync("hang", name, Ct);
        var template = Template();
        template["name"] = name;
        template["external_network_id"] = "public";
        template["flavor_id"] = "m1.small";
        template["floating_ip_enabled"] = false;
        template["labels"]!["fixed_subnet_cidr"] = Machines.Network;
        var made = (await _api.PostAsync("/clustertemplates", template, Ct)).Expect(HttpStatusCode.Created);
        var cluster = new JsonObject { ["name"] = name, ["cluster_template_id"] = (string)made["uuid"]!, ["master_count"] = 1, ["node_count"] = 2, ["create_timeout"] = 120 };
        Uuid = (string)(await _api.PostAsync("/clusters", cluster, Ct)).Expect(HttpStatusCode.Accepted)["uuid"]!;
        await FollowAsync("CREATE_COMPLETE");
    }

    /// <inheritdoc />
    public virtual async ValueTask DisposeAsync()
    {
        if (_magnum is not null)
        {
            await _magnum.DisposeAsync();
        }

        if (_machines is not null)
        {
            await _machines.DisposeAsync();
        }

        Http.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    internal async Task<JsonNode> ShowAsync() => (await Api.GetAsync($"/clusters/{Uuid}", Ct)).Expect(HttpStatusCode.OK);

    /// <summary>The cloud's servers, by the names of the nodes.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> ServersAsync() => (await ListServersAsync()).ToDictionary(s => (string)s["name"]!, s => (string)s["id"]!);

    /// <summary>The one node whose name ends like this.</summary>
    internal async Task<string> NodeAsync(string end) => (await ServersAsync()).Keys.Single(n => n.EndsWith($"-{end}", StringComparison.Ordinal));

    /// <summary>Lets machines come and go with the servers until the cluster's status is no longer one in progress, which must be the one expected.</summary>
    internal async Task<JsonNode> FollowAsync(string status)
    {
        JsonNode? seen = null;
        var end = await Eventually.GetAsync(
            $"the cluster to be {status}",
            Limit,
            async _ =>
            {
                await FollowAsync(await ListServersAsync());
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
            $"the cluster to be {health} with {string.Join(", ", reasons)}",
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

    /// <summary>Waits until Magnum has begun by itself to change the cluster, and has said why.</summary>
    /// <param name="kind">Of the event.</param>
    internal Task StartsAsync(string kind, string message) => Eventually.BecomesTrueAsync(
        $"Magnum to say: {message}",
        TimeSpan.FromSeconds(120),
        async _ =>
        {
            var events = (await Api.GetAsync($"/clusters/{Uuid}/events?source=CONDUCTOR&limit=50", Ct)).Expect(HttpStatusCode.OK)["events"]!.AsArray();
            return events.Any(e => (string?)e!["kind"] == kind && ((string)e["message"]!).StartsWith(message, StringComparison.Ordinal))
                && (string?)(await ShowAsync())["status"] == "UPDATE_IN_PROGRESS";
        },
        Ct,
        () => Magnum.LogTail());

    /// <summary>Changes how many workers there are.</summary>
    /// <param name="going">Servers that are to go.</param>
    internal async Task ResizeAsync(int nodes, params string[] going)
    {
        var body = new JsonObject { ["node_count"] = nodes, ["nodes_to_remove"] = new JsonArray([.. going.Select(g => (JsonNode)g)]) };
        (await Api.PostAsync($"/clusters/{Uuid}/actions/resize", body, Ct)).Expect(HttpStatusCode.Accepted);
    }

    /// <summary>What the last operation's step came to that frees nodes of work.</summary>
    internal async Task<string?> DrainSaidAsync()
    {
        var operations = (await Api.GetAsync($"/clusters/{Uuid}/operations?limit=1", Ct)).Expect(HttpStatusCode.OK)["operations"]!;
        return (string?)operations[0]!["steps"]!.AsArray().Single(s => (string?)s!["name"] == "drain")!["message"];
    }

    /// <summary>A folder with <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c>, as <c>openstack coe cluster config</c> writes them.</summary>
    internal async Task<string> ClientFilesAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("O=system:masters, CN=admin", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        await File.WriteAllTextAsync(Path.Combine(folder, "ca.pem"), await AuthorityAsync(), Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "cert.pem"), await SignAsync(request.CreateSigningRequestPem()), Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem(), Ct);
        return folder;
    }

    /// <summary>The way into the engine with a client's files.</summary>
    internal static async Task<EngineAccess> AccessAsync(string files) => new(
        await File.ReadAllTextAsync(Path.Combine(files, "ca.pem"), Ct),
        await File.ReadAllTextAsync(Path.Combine(files, "cert.pem"), Ct),
        await File.ReadAllTextAsync(Path.Combine(files, "key.pem"), Ct));

    /// <summary>What servers' image has that this machine has not.</summary>
    private protected virtual IReadOnlyList<WrittenFile> Image => [];

    /// <summary>What the template has of its own, <c>labels</c> included.</summary>
    protected abstract JsonObject Template();

    /// <summary>Lets machines come and go with the servers.</summary>
    protected virtual Task FollowAsync(IReadOnlyList<JsonNode> servers) => Machines.FollowAsync(servers, Ct);

    /// <summary>The CA of the cluster, PEM.</summary>
    protected async Task<string> AuthorityAsync() => (string)(await Api.GetAsync($"/certificates/{Uuid}", Ct)).Expect(HttpStatusCode.OK)["pem"]!;

    /// <summary>Has Magnum sign a request, both PEM.</summary>
    protected async Task<string> SignAsync(string csr) =>
        (string)(await Api.PostAsync("/certificates", new JsonObject { ["cluster_uuid"] = Uuid, ["csr"] = csr }, Ct)).Expect(HttpStatusCode.Created)["pem"]!;

    /// <summary>Those that are to be nodes; the cloud has others too.</summary>
    private async Task<IReadOnlyList<JsonNode>> ListServersAsync()
    {
        var servers = (await (_cloud ?? throw NotChosen).Nova.GetAsync("/servers/detail?all_tenants=1", Ct)).Ok()["servers"]!.AsArray();
        return [.. servers.OfType<JsonNode>().Where(s => (string?)s["OS-EXT-SRV-ATTR:user_data"] is not null)];
    }
}
