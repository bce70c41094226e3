using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.OpenStack;

/// <summary>The real OpenStack that <c>deploy/devcloud/up.sh</c> brings up, seen as its administrator.</summary>
internal sealed class DevCloud : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };
    private readonly string _keystone;
    private readonly JsonNode _auth;

    private readonly JsonObject _images;

    private DevCloud(string folder)
    {
        _images = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "ids.json")))!["images"]!.AsObject();
        _auth = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "clouds.yaml")))!["clouds"]!["admin"]!["auth"]!;
        _keystone = (string)_auth["auth_url"]!;
        MagnumSettings = File.ReadAllLines(Path.Combine(folder, "magnum.env")).Select(line => line.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
    }

    /// <summary>What Magnum is told about this cloud.</summary>
    public IReadOnlyDictionary<string, string> MagnumSettings { get; }

    public CloudSession Admin { get; private set; } = null!;

    public HttpClient Http => _http;

    /// <summary>Signs in as administrator.</summary>
    /// <exception cref="InvalidOperationException">The cloud is not up.</exception>
    public static async Task<DevCloud> ConnectAsync(CancellationToken cancellationToken)
    {
        var folder = Environment.GetEnvironmentVariable("DEVCLOUD") ?? "/tmp/devcloud";
        if (!File.Exists(Path.Combine(folder, "clouds.yaml")))
        {
            throw new InvalidOperationException($"There is no cloud in {folder}: run deploy/devcloud/up.sh (./test.sh openstack does).");
        }

        var cloud = new DevCloud(folder);
        cloud.Admin = await cloud.SignInAsync((string)cloud._auth["username"]!, (string)cloud._auth["password"]!, "admin", cancellationToken);
        return cloud;
    }

    /// <summary>A token of a user in a project, both of the domain Default.</summary>
    public async Task<CloudSession> SignInAsync(string user, string password, string project, CancellationToken cancellationToken)
    {
        var (token, body) = await KeystoneSignIn.AskAsync(_http, _keystone, user, password, project, cancellationToken);
        return new CloudSession(_http, token, body);
    }

    /// <summary>What an image is called.</summary>
    public string NameOfImage(string id) => _images.Single(i => (string?)i.Value == id).Key;

    public void Dispose() => _http.Dispose();
}
