using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Magnum.Tests.Support.Lanes;

/// <summary>What a program said and how it ended.</summary>
internal sealed record CommandResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>The output as JSON.</summary>
    public JsonNode Json => JsonNode.Parse(Output) ?? throw new InvalidOperationException($"{this} printed no JSON.");

    public override string ToString() => $"$ {Command}\n{Output}{Error}(exit code {ExitCode})";
}

/// <summary>Runs installed programs.</summary>
internal static class CommandLine
{
    /// <summary>Runs to the end, without input and at most two minutes.</summary>
    /// <param name="environment">Replaces every OS_* variable of this process.</param>
    /// <exception cref="InvalidOperationException">The program is not installed.</exception>
    public static async Task<CommandResult> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        WithoutCloud(start);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        Process? started;
        try
        {
            started = Process.Start(start);
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{program} is not installed; ./test.sh installs it.", e);
        }

        using var process = started!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new CommandResult($"{Path.GetFileName(program)} {string.Join(' ', start.ArgumentList)}", process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>What a developer has exported for a cloud of theirs, and a proxy, must not reach the processes of a lane.</summary>
    public static void WithoutCloud(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(IsForeign).ToList())
        {
            start.Environment.Remove(name);
        }
    }

    private static bool IsForeign(string name) =>
        name.StartsWith("OS_", StringComparison.Ordinal) || name.StartsWith("OpenStack__", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("Magnum__", StringComparison.OrdinalIgnoreCase) || name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase);
}
