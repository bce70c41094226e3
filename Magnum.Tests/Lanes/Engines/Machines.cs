using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Engines;

/// <summary>
/// Machines for the servers of a cloud in which nothing runs: each has the server's name and address and does what the server's user data says.
/// They are made by <c>deploy/engines/machines.sh</c>.
/// </summary>
internal sealed class Machines : IAsyncDisposable
{
    /// <summary>The network that the machines are in.</summary>
    public const string Network = "10.97.0.0/24";

    /// <summary>This machine in that network.</summary>
    public const string Here = "10.97.0.1";

    private static readonly string Script = Path.Combine(Repository.Root, "deploy", "engines", "machines.sh");

    private readonly Dictionary<string, Task<CommandResult>> _booted = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("magnum-machines-").FullName;
    private readonly IReadOnlyList<WrittenFile> _image;

    private Machines(IReadOnlyList<WrittenFile> image) => _image = image;

    /// <param name="image">What servers' image has that this machine has not.</param>
    /// <exception cref="InvalidOperationException">This machine cannot.</exception>
    public static async Task<Machines> OpenAsync(IReadOnlyList<WrittenFile> image, CancellationToken cancellationToken)
    {
        await OkAsync(cancellationToken, "up");
        return new Machines(image);
    }

    /// <summary>Reaches this machine at a server's address, in the place of a machine.</summary>
    public static Task ServeAsync(string address, CancellationToken cancellationToken) => OkAsync(cancellationToken, "serve", address);

    /// <summary>The files that a server's user data asks for.</summary>
    /// <param name="server">As Nova shows it to an administrator.</param>
    public static IReadOnlyList<WrittenFile> FilesOf(JsonNode server) =>
        UserDataContent.FilesOf(Encoding.UTF8.GetString(Convert.FromBase64String((string)server["OS-EXT-SRV-ATTR:user_data"]!)));

    /// <summary>One of those files, which holds JSON.</summary>
    public static JsonNode Json(IEnumerable<WrittenFile> files, string path) => JsonNode.Parse(files.Single(f => f.Path == path).Content)!;

    /// <summary>What a hypervisor does: boots servers that are new, and switches machines off whose server is gone.</summary>
    /// <param name="servers">As Nova lists them to an administrator.</param>
    public async Task FollowAsync(IReadOnlyList<JsonNode> servers, CancellationToken cancellationToken)
    {
        foreach (var server in servers.Where(s => (string?)s["status"] == "ACTIVE"))
        {
            var name = (string)server["name"]!;
            if (!_booted.ContainsKey(name))
            {
                _booted[name] = BootAsync(name, FilesOf(server), cancellationToken);
            }
        }

        foreach (var name in _booted.Keys.Except(servers.Select(s => (string)s["name"]!)).ToList())
        {
            await KillAsync(name, cancellationToken);
            _booted.Remove(name);
        }

        foreach (var boot in _booted.Values.Where(b => b.IsCompleted))
        {
            Assert.True((await boot).ExitCode == 0, (await boot).ToString());
        }
    }

    /// <summary>What a machine's node printed while it came up.</summary>
    public async Task<string> LogAsync(string name) => (await _booted[name]).ToString();

    public Task ImportImageAsync(string name, CancellationToken cancellationToken) => OkAsync(cancellationToken, "image", name);

    public static Task KillAsync(string name, CancellationToken cancellationToken) => OkAsync(cancellationToken, "kill", name);

    /// <summary>What a command in a machine printed; it must succeed.</summary>
    public static async Task<string> RunAsync(string name, CancellationToken cancellationToken, params string[] command) =>
        (await OkAsync(cancellationToken, ["in", name, .. command])).Output.Trim();

    /// <summary>How many packets for the metadata a machine has held back.</summary>
    public static async Task<int> DroppedAsync(string name, CancellationToken cancellationToken)
    {
        var rules = await RunAsync(name, cancellationToken, "iptables", "-w", "-t", "mangle", "-L", "FORWARD", "-v", "-n", "-x");
        var rule = Assert.Single(rules.Split('\n'), r => r.Contains(" DROP ", StringComparison.Ordinal) && r.Contains(" 169.254.169.254", StringComparison.Ordinal));
        return int.Parse(rule.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
    }

    /// <summary>Which there are, and whether they are up.</summary>
    public override string ToString() => string.Join(", ", _booted.Select(b => $"{b.Key} {(b.Value.IsCompleted ? "up" : "coming up")}"));

    public async ValueTask DisposeAsync()
    {
        await OkAsync(CancellationToken.None, "down");
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<CommandResult> BootAsync(string name, IReadOnlyList<WrittenFile> files, CancellationToken cancellationToken)
    {
        var address = (string)Json(files, "/etc/magnum/stack.json")["address"]!;
        var root = Path.Combine(_folder, name);
        UserDataContent.Write([.. _image, .. files], root);
        var result = await CommandAsync(cancellationToken, "boot", name, address, root);
        await File.WriteAllTextAsync(Path.Combine(Repository.Logs, $"machine-{name}.log"), result.ToString(), cancellationToken);
        return result;
    }

    private static async Task<CommandResult> OkAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var result = await CommandAsync(cancellationToken, arguments);
        return result.ExitCode == 0 ? result : throw new InvalidOperationException(result.ToString());
    }

    private static Task<CommandResult> CommandAsync(CancellationToken cancellationToken, params string[] arguments) =>
        CommandLine.RunAsync(Script, arguments, new Dictionary<string, string> { ["MACHINES_NETWORK"] = Here[..^2] }, cancellationToken);
}
