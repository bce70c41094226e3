using System.Diagnostics;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Support;

/// <summary>A folder in which a node's scripts run instead of on a machine, with programs of the machine's and some that are played and only note what they are told.</summary>
internal sealed class ScriptRoom : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("magnum-script-").FullName;

    /// <summary>What played programs noted in <c>calls</c> since the last run began.</summary>
    public IReadOnlyList<string> Calls => File.Exists(Path.Combine(Root, "calls")) ? File.ReadAllLines(Path.Combine(Root, "calls")) : [];

    public static bool IsInstalled(string program) => Find(program) is not null;

    /// <summary>Where the machine has a program; null: nowhere.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>A driver's script, by its path below <c>Magnum.Drivers/Heat</c>, with the machine's folders moved in here.</summary>
    public void Bring(string script, IEnumerable<string> folders, Func<string, string>? change = null)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "Magnum.Drivers/Heat", script));
        text = folders.Aggregate(text, (moved, folder) => moved.Replace(folder, Root + folder, StringComparison.Ordinal));
        Write($"lib/{Path.GetFileName(script)}", change is null ? text : change(text));
    }

    /// <summary>A program that goes before the machine's.</summary>
    public void Play(string program, string script)
    {
        Write($"bin/{program}", $"#!/bin/bash\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(Root, "bin", program), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Takes a played program away.</summary>
    public void Unplay(string program) => File.Delete(Path.Combine(Root, "bin", program));

    public string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public void Write(string path, string text)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>Runs a script that was brought.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(string script, CancellationToken cancellationToken)
    {
        File.Delete(Path.Combine(Root, "calls"));
        var start = new ProcessStartInfo("bash", [Path.Combine(Root, "lib", script)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{Root}/bin:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["no_proxy"] = "*";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
