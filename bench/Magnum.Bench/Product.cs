using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Magnum.Bench;

/// <summary>The product as a process of its own, on free ports and an empty data directory, with the embedded cloud.</summary>
internal sealed class Product : IAsyncDisposable
{
    private static readonly string[] Methods = ["password"];

    private readonly Process _process;

    private Product(Process process, string data, int web, int api, int cloud)
    {
        _process = process;
        Data = data;
        Web = new Uri($"http://localhost:{web}");
        Api = new Uri($"http://localhost:{api}");
        Cloud = new Uri($"http://127.0.0.1:{cloud}");
    }

    public string Data { get; }

    public Uri Web { get; }

    public Uri Api { get; }

    public Uri Cloud { get; }

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>From the process's start to the first page.</summary>
    public TimeSpan FirstPage { get; private set; }

    public static string RepositoryRoot { get; } = FindRoot(AppContext.BaseDirectory);

    /// <param name="settings">Environment variables besides; with OS_* among them there is no embedded cloud.</param>
    public static async Task<Product> StartAsync(double speed, string? data = null, bool byRun = false, IReadOnlyDictionary<string, string>? settings = null)
    {
        data ??= Directory.CreateTempSubdirectory("magnum-bench-").FullName;
        int web = FreePort(), api = FreePort(), cloud = FreePort();
        var start = byRun
            ? new ProcessStartInfo("dotnet", ["run", "--project", "Magnum.Web"])
            : new ProcessStartInfo("dotnet", [Path.Combine(RepositoryRoot, "artifacts/bin/Magnum.Web/release/Magnum.Web.dll")]);
        start.WorkingDirectory = RepositoryRoot;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["Magnum__DataDirectory"] = data;
        start.Environment["Magnum__Web__Url"] = $"http://localhost:{web}";
        start.Environment["Magnum__Api__Url"] = $"http://localhost:{api}";
        start.Environment["EmbeddedCloud__Port"] = $"{cloud}";
        start.Environment["EmbeddedCloud__Speed"] = FormattableString.Invariant($"{speed}");
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        start.Environment["no_proxy"] = "*";
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var clock = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                Console.Error.WriteLine(line.Data);
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var product = new Product(process, data, web, api, cloud);
        await product.WaitForFirstPageAsync(byRun ? TimeSpan.FromMinutes(5) : TimeSpan.FromMinutes(1));
        product.FirstPage = clock.Elapsed;
        return product;
    }

    /// <summary>Resident memory of the process, in MiB.</summary>
    public double ResidentMebibytes()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Processor time of the process so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Managed memory of the process after its garbage was collected, in MiB; for a product that <see cref="StartupHook"/> runs in.</summary>
    /// <param name="file">Where it writes the figure.</param>
    public async Task<double> HeapMebibytesAsync(string file)
    {
        File.Delete(file);
        using (var kill = Process.Start("kill", ["-USR1", $"{_process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        while (!File.Exists(file))
        {
            await Task.Delay(50);
        }

        return double.Parse(await File.ReadAllTextAsync(file), System.Globalization.CultureInfo.InvariantCulture) / 1024 / 1024;
    }

    /// <summary>A token of the embedded cloud, and the project it is for.</summary>
    public async Task<(string Token, string ProjectId, string UserId)> SignInAsync(string user, string project)
    {
        var (token, body) = await TokenAsync($"{Cloud.AbsoluteUri}identity/v3", user, project);
        return (token, (string)body["project"]!["id"]!, (string)body["user"]!["id"]!);
    }

    /// <summary>A token of any cloud, with its catalog; the password is the user's name.</summary>
    public async Task<(string Token, JsonArray Catalog)> SignInAsync(string authUrl, string user, string project)
    {
        var (token, body) = await TokenAsync(authUrl, user, project);
        return (token, body["catalog"]!.AsArray());
    }

    public async Task<JsonNode> CallAsync(HttpMethod method, Uri address, string token, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-Auth-Token", token);
        request.Headers.Add("OpenStack-API-Version", "container-infra latest");
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonNode.Parse(text.Length > 0 ? text : "{}")!
            : throw new InvalidOperationException($"{method} {address}: {(int)answer.StatusCode} {text}");
    }

    public async Task<Guid> CreateTemplateAsync(string token, string image = "ubuntu-22.04-kube-v1.31.1")
    {
        var template = await CallAsync(HttpMethod.Post, new Uri(Api, "/v1/clustertemplates"), token, JsonNode.Parse($$"""
            {"name": "bench", "coe": "kubernetes", "image_id": "{{image}}", "external_network_id": "public",
             "flavor_id": "m1.medium", "master_flavor_id": "m1.medium", "network_driver": "calico"}
            """));
        return (Guid)template["uuid"]!;
    }

    public async Task<Guid> CreateClusterAsync(string token, Guid template, string name)
    {
        var cluster = await CallAsync(HttpMethod.Post, new Uri(Api, "/v1/clusters"), token, JsonNode.Parse($$"""
            {"name": "{{name}}", "cluster_template_id": "{{template}}", "master_count": 1, "node_count": 1}
            """));
        return (Guid)cluster["uuid"]!;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Http.Dispose();
    }

    private async Task<(string Token, JsonNode Body)> TokenAsync(string authUrl, string user, string project)
    {
        var domain = new { id = "default" };
        var text = JsonSerializer.Serialize(new
        {
            auth = new
            {
                identity = new { methods = Methods, password = new { user = new { name = user, domain, password = user } } },
                scope = new { project = new { name = project, domain } },
            },
        });
        // Of known length: Keystone takes a chunked body for none.
        using var body = new StringContent(text, Encoding.UTF8, "application/json");
        using var answer = await Http.PostAsync(new Uri($"{authUrl}/auth/tokens"), body);
        answer.EnsureSuccessStatusCode();
        return (answer.Headers.GetValues("X-Subject-Token").First(), (await answer.Content.ReadFromJsonAsync<JsonNode>())!["token"]!);
    }

    private static string FindRoot(string from) =>
        File.Exists(Path.Combine(from, "Magnum.sln")) ? from : FindRoot(Path.GetDirectoryName(from.TrimEnd('/'))!);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WaitForFirstPageAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        while (true)
        {
            try
            {
                using var answer = await Http.GetAsync(Web, deadline.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // not listening yet
            }

            await Task.Delay(20, deadline.Token);
        }
    }
}
