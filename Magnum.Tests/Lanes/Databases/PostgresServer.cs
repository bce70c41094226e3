using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Databases;

/// <summary>A PostgreSQL of the distribution's, empty, on a port and a folder of its own; gone with the tests.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly Dictionary<string, string> NoSettings = [];

    private readonly string _folder = Directory.CreateTempSubdirectory("magnum-postgres-").FullName;
    private readonly string _programs;
    private readonly int _port = Ports.Free(1)[0];

    private PostgresServer(string programs) => _programs = programs;

    /// <summary>Of an empty database.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=magnum;Database=postgres";

    /// <exception cref="InvalidOperationException">PostgreSQL is not installed.</exception>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken)
    {
        var programs = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).LastOrDefault(d => File.Exists(Path.Combine(d, "initdb")))
            : null;
        var server = new PostgresServer(programs ?? throw new InvalidOperationException("PostgreSQL is not installed; ./test.sh databases installs it."));
        await server.PrepareAsync(cancellationToken);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("pg_ctl", ["-D", Data, "-m", "immediate", "stop"], CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (Environment.UserName == "root")
        {
            Require(await CommandLine.RunAsync("chown", ["postgres", _folder], NoSettings, cancellationToken));
        }

        Require(await RunAsync("initdb", ["-D", Data, "-A", "trust", "-U", "magnum", "--encoding", "UTF8", "--locale", "C.UTF-8"], cancellationToken));
        // What a crash would lose does not matter here.
        var options = $"-p {_port} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200";
        Require(await RunAsync("pg_ctl", ["-D", Data, "-o", options, "-l", Path.Combine(_folder, "log"), "-w", "start"], cancellationToken));
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private Task<CommandResult> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_programs, program);
        return Environment.UserName == "root"
            ? CommandLine.RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments], NoSettings, cancellationToken)
            : CommandLine.RunAsync(path, arguments, NoSettings, cancellationToken);
    }

    private static void Require(CommandResult result) => Assert.True(result.ExitCode == 0, result.ToString());
}
