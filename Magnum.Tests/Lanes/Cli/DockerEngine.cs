using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Cli;

/// <summary>The machine's own Docker Engine, which serves its API on this machine with given certificates. It takes root.</summary>
internal sealed class DockerEngine : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Process _process;

    private DockerEngine(string folder, Process process, int port) => (_folder, _process, Address) = (folder, process, string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{port}"));

    public string Address { get; }

    /// <param name="folder">With <c>ca.pem</c>, <c>server.crt</c> and <c>server.key</c>.</param>
    public static DockerEngine Start(string folder)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dockerd")
        {
            RedirectStandardError = true,
            ArgumentList =
            {
                "--host", string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{port}"), "--tlsverify", "--tlscacert", Path.Combine(folder, "ca.pem"),
                "--tlscert", Path.Combine(folder, "server.crt"), "--tlskey", Path.Combine(folder, "server.key"),
                "--data-root", Path.Combine(folder, "data"), "--exec-root", Path.Combine(folder, "exec"), "--pidfile", Path.Combine(folder, "pid"),
                "--storage-driver", "vfs", "--bridge", "none", "--iptables=false", "--ip6tables=false",
            },
        };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };   // a full pipe would stop it
        process.BeginErrorReadLine();
        return new DockerEngine(folder, process, port);
    }

    public async ValueTask DisposeAsync()
    {
        await CommandLine.RunAsync("kill", [_process.Id.ToString(CultureInfo.InvariantCulture)], new Dictionary<string, string>(), CancellationToken.None);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        Directory.Delete(Path.Combine(_folder, "data"), recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
