using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Magnum.Tests.Support.Lanes;

/// <summary>An installed program that runs until its test is over. What it prints goes to <c>artifacts/lanes/NAME.log</c>.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    private readonly string _name;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _printed = new();
    private readonly StreamWriter _log;

    private Daemon(string name, Process process)
    {
        _name = name;
        _process = process;
        _log = new StreamWriter(Path.Combine(Repository.Logs, $"{name}.log")) { AutoFlush = true };
    }

    /// <exception cref="InvalidOperationException">The program is not installed.</exception>
    public static Daemon Start(string name, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        CommandLine.WithoutCloud(start);
        var daemon = new Daemon(name, new Process { StartInfo = start });
        daemon._process.OutputDataReceived += (_, line) => daemon.Log(line.Data);
        daemon._process.ErrorDataReceived += (_, line) => daemon.Log(line.Data);
        try
        {
            daemon._process.Start();
        }
        catch (Win32Exception e)
        {
            daemon._log.Dispose();
            throw new InvalidOperationException($"{program} is not installed; ./test.sh installs it.", e);
        }

        daemon._process.StandardInput.Close();
        daemon._process.BeginOutputReadLine();
        daemon._process.BeginErrorReadLine();
        return daemon;
    }

    /// <summary>Fails with the end of its log when it has ended by itself.</summary>
    public void MustRun()
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"{_name} ended by itself with exit code {_process.ExitCode}. {LogTail()}");
        }
    }

    /// <summary>The last lines that it printed, with their title.</summary>
    public string LogTail(int lines = 20) => $"The end of the log of {_name}:\n{string.Join('\n', _printed.TakeLast(lines))}\n";

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        // Until all that it printed has arrived as well.
        await _process.WaitForExitAsync();
        _process.Dispose();
        await _log.DisposeAsync();
    }

    private void Log(string? line)
    {
        if (line is null)
        {
            return;
        }

        _printed.Enqueue(line);
        lock (_printed)
        {
            _log.WriteLine(line);
        }
    }
}
