using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace Magnum.Tests.Support.Lanes;

/// <summary>
/// The product as its users run it: a process of its own, with its own ports and data, which can be killed at any moment and started
/// again on what it left. Everything it prints goes to <c>artifacts/lanes/NAME.log</c>.
/// </summary>
internal sealed class MagnumProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly ConcurrentQueue<string> _console = new();
    private readonly StreamWriter _log;
    private readonly Lock _logging = new();
    private readonly Dictionary<string, string> _environment;
    private readonly string _data;
    private Process? _process;

    private MagnumProcess(string name, IReadOnlyDictionary<string, string> settings, string host)
    {
        _data = Directory.CreateTempSubdirectory("magnum-lane-").FullName;
        _log = new StreamWriter(Path.Combine(Repository.Logs, $"{name}.log")) { AutoFlush = true };
        var ports = Ports.Free(3);
        WebUrl = new Uri($"http://127.0.0.1:{ports[0]}");
        ApiUrl = new Uri($"http://{host}:{ports[1]}");
        CloudUrl = new Uri($"http://{host}:{ports[2]}");
        var all = new Dictionary<string, string>
        {
            ["Magnum:DataDirectory"] = _data,
            ["Magnum:Web:Url"] = WebUrl.GetLeftPart(UriPartial.Authority),
            ["Magnum:Api:Url"] = ApiUrl.GetLeftPart(UriPartial.Authority),
            ["EmbeddedCloud:Host"] = host,
            ["EmbeddedCloud:Port"] = $"{ports[2]}",
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        _environment = all.ToDictionary(s => s.Key.Replace(":", "__", StringComparison.Ordinal), s => s.Value);
    }

    /// <summary>The dashboard.</summary>
    public Uri WebUrl { get; }

    /// <summary>The REST API, without <c>/v1</c>.</summary>
    public Uri ApiUrl { get; }

    /// <summary>The embedded cloud, when no other is configured.</summary>
    public Uri CloudUrl { get; }

    /// <summary>Its data directory; removed at the end.</summary>
    public string DataDirectory => _data;

    /// <summary>What it printed, all of its lives.</summary>
    public string Console => string.Join('\n', _console);

    /// <summary>Starts the product and waits until it is ready.</summary>
    /// <param name="name">Of the log file.</param>
    /// <param name="settings">Configuration by key (<c>EmbeddedCloud:Speed</c>), or <c>OS_*</c> variables.</param>
    /// <param name="host">Where the API and the embedded cloud listen; other addresses than this machine's own have to be allowed.</param>
    public static async Task<MagnumProcess> StartAsync(
        string name, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken, string host = "127.0.0.1")
    {
        if (!File.Exists(Repository.MagnumWeb))
        {
            throw new InvalidOperationException($"{Repository.MagnumWeb} is not there: build Magnum.sln first.");
        }

        var magnum = new MagnumProcess(name, settings, host);
        try
        {
            await magnum.StartAgainAsync(cancellationToken);
            return magnum;
        }
        catch
        {
            await magnum.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the process, after <see cref="KillAsync"/>, on the same ports and data, and waits until it is ready.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        Launch();
        await WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>Starts the process without waiting; see <see cref="WaitUntilReadyAsync"/>.</summary>
    public void Launch()
    {
        if (_process is { HasExited: false })
        {
            throw new InvalidOperationException("It runs.");
        }

        _process?.Dispose();
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Repository.MagnumWeb])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        CommandLine.WithoutCloud(start);
        start.Environment.Remove("ASPNETCORE_ENVIRONMENT");
        start.Environment.Remove("DOTNET_ENVIRONMENT");
        start.Environment.Remove("ASPNETCORE_URLS");
        foreach (var (key, value) in _environment)
        {
            start.Environment[key] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Log(line.Data);
        _process.ErrorDataReceived += (_, line) => Log(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until <c>/readyz</c> says so.</summary>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) =>
        Eventually.BecomesTrueAsync("the product to be ready", StartLimit, IsReadyAsync, cancellationToken, () => $"The end of its log:\n{LogTail()}");

    /// <summary>SIGKILL: it has no chance to put anything in order.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill();
            await process.WaitForExitAsync(cancellationToken);
            Log("--- killed ---");
        }
    }

    /// <summary>The last lines that it printed.</summary>
    public string LogTail(int lines = 40) => string.Join('\n', _console.TakeLast(lines));

    public async ValueTask DisposeAsync()
    {
        await KillAsync(CancellationToken.None);
        _process?.Dispose();
        _http.Dispose();
        lock (_logging)
        {
            _log.Dispose();
        }

        try
        {
            Directory.Delete(_data, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone already.
        }
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        if (_process is null or { HasExited: true })
        {
            throw new InvalidOperationException($"The product ended by itself with exit code {_process?.ExitCode}. The end of its log:\n{LogTail()}");
        }

        try
        {
            using var answer = await _http.GetAsync(new Uri(ApiUrl, "/readyz"), cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Log(string? line)
    {
        if (line is null)
        {
            return;
        }

        _console.Enqueue(line);
        lock (_logging)
        {
            if (_log.BaseStream is { CanWrite: true })
            {
                _log.WriteLine(line);
            }
        }
    }
}
