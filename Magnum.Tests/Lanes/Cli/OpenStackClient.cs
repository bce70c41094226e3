using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Cli;

/// <summary>The distribution's <c>openstack</c> command, as one user.</summary>
internal sealed class OpenStackClient(IReadOnlyDictionary<string, string> environment)
{
    public IReadOnlyDictionary<string, string> Environment => environment;

    /// <summary>The same client with one variable changed.</summary>
    public OpenStackClient With(string name, string value) => new(new Dictionary<string, string>(environment) { [name] = value });

    /// <summary>Runs <c>openstack COMMAND ARGUMENTS...</c>, however it ends.</summary>
    /// <param name="command">Words separated by spaces: <c>coe cluster show</c>.</param>
    /// <param name="arguments">Passed as they are.</param>
    public Task<CommandResult> RunAsync(string command, params string[] arguments) =>
        CommandLine.RunAsync("/usr/bin/openstack", [.. command.Split(' '), .. arguments], environment, TestContext.Current.CancellationToken);

    /// <summary>Runs a command that must succeed.</summary>
    public async Task<CommandResult> OkAsync(string command, params string[] arguments)
    {
        var result = await RunAsync(command, arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result;
    }

    /// <summary>Runs a command that must fail, and returns what it complained about.</summary>
    public async Task<string> FailsAsync(string command, params string[] arguments)
    {
        var result = await RunAsync(command, arguments);
        Assert.True(result.ExitCode != 0, result.ToString());
        Assert.DoesNotContain("Traceback", result.Error, StringComparison.Ordinal);
        return result.Error;
    }

    /// <summary>A command that prints one object, as JSON.</summary>
    public async Task<JsonNode> JsonAsync(string command, params string[] arguments) => (await OkAsync(command, [.. arguments, "-f", "json"])).Json;

    /// <summary>A command that prints a table and nothing else, as some of Magnum's do: one dictionary per row.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> TableAsync(string command, params string[] arguments)
    {
        var lines = (await OkAsync(command, arguments)).Output.Split('\n').Where(line => line.StartsWith('|')).Select(Cells).ToList();
        return [.. lines.Skip(1).Select(row => lines[0].Zip(row).ToDictionary(pair => pair.First, pair => pair.Second))];

        static string[] Cells(string line) => [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];
    }

    /// <summary>A command that prints a table of properties.</summary>
    public async Task<IReadOnlyDictionary<string, string>> PropertiesAsync(string command, params string[] arguments) =>
        (await TableAsync(command, arguments)).ToDictionary(row => row["Property"], row => row["Value"]);

    /// <summary>A command that prints rows, as JSON.</summary>
    public async Task<JsonArray> ListAsync(string command, params string[] arguments) => (await JsonAsync(command, arguments)).AsArray();
}
