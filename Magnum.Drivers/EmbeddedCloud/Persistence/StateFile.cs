using System.Text.Json;
using System.Text.Json.Serialization;

namespace Magnum.Drivers.EmbeddedCloud.Persistence;

/// <summary>The state on disk: always a whole file, replaced in one step, so that a process killed at any moment leaves one that can be read.</summary>
internal sealed class StateFile(string path) : IDisposable
{
    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JsonExtensions.Wire.Encoder,
    };

    private readonly SemaphoreSlim _writing = new(1, 1);

    // Used for one snapshot after another: states of many megabytes would otherwise each leave a large array behind.
    private readonly MemoryStream _buffer = new();
    private long _changes;
    private long _saved;

    public bool IsBehind => Interlocked.Read(ref _saved) < Interlocked.Read(ref _changes);

    public static void Serialize(CloudState state, Stream stream) => JsonSerializer.Serialize(stream, state, Options);

    public void MarkChanged() => Interlocked.Increment(ref _changes);

    /// <summary>What an earlier run left; null when there was none.</summary>
    public CloudState? Load()
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var stream = File.OpenRead(path);
        try
        {
            return JsonSerializer.Deserialize<CloudState>(stream, Options);
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"The embedded cloud's state file '{path}' cannot be read ({e.Message}); move it away to start with an empty cloud.", e);
        }
    }

    /// <summary>Returns when every change marked before the call is on disk. Callers that wait for a write already begun share the next one.</summary>
    public async Task SaveAsync(Action<Stream> snapshot, CancellationToken cancellationToken)
    {
        var wanted = Interlocked.Read(ref _changes);
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (Interlocked.Read(ref _saved) >= wanted)
            {
                return;
            }

            var covered = Interlocked.Read(ref _changes);
            _buffer.SetLength(0);
            snapshot(_buffer);
            await WriteAsync();
            Interlocked.Exchange(ref _saved, covered);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        _writing.Dispose();
        _buffer.Dispose();
    }

    private async Task WriteAsync()
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var fresh = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var stream = new FileStream(fresh, options))
        {
            // A write that has begun is finished even when the request that wanted it has gone.
            await stream.WriteAsync(_buffer.GetBuffer().AsMemory(0, (int)_buffer.Length), CancellationToken.None);
        }

        File.Move(fresh, path, overwrite: true);
    }
}
