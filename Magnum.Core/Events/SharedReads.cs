namespace Magnum.Core.Events;

/// <summary>What many open pages read because of one change is read once.</summary>
/// <remarks>
/// A reading is shared only by those whose change was told before it began, so that it shows the change; whoever was told of a later one makes another.
/// It belongs to nobody: who goes away leaves it to the others, and who is refused never comes here.
/// </remarks>
internal sealed class SharedReads(IClusterEvents events, TimeProvider time)
{
    /// <summary>As many are kept.</summary>
    public const int Most = 200;

    /// <summary>How long one is kept. What nobody tells of, such as a template's new name, is old news after that.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<object, Reading> _readings = [];

    /// <param name="key">Everything that the answer depends on; of a type of its own for each kind of reading.</param>
    /// <param name="since"><see cref="ClusterChange.Number"/> of the change because of which is read.</param>
    public Task<T> ReadAsync<T>(object key, long since, Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_readings.TryGetValue(key, out var reading) || reading.After < since || !IsFresh(reading))
            {
                MakeRoom();
                var after = events.Latest;   // before it begins

                // Elsewhere: the circuit that happens to be the first may be slow or gone before the others have their answer.
                _readings[key] = reading = new Reading(after, time.GetTimestamp(), Task.Run(() => read(CancellationToken.None), CancellationToken.None));
            }

            return ((Task<T>)reading.Answer).WaitAsync(cancellationToken);
        }
    }

    private bool IsFresh(Reading reading) => time.GetElapsedTime(reading.Begun) < Lifetime && !reading.Answer.IsFaulted && !reading.Answer.IsCanceled;

    private void MakeRoom()
    {
        foreach (var (key, reading) in _readings)
        {
            if (!IsFresh(reading))
            {
                _readings.Remove(key);
            }
        }

        if (_readings.Count >= Most)
        {
            _readings.Clear();   // who waits has the task
        }
    }

    /// <param name="After">Number of the last change told before it began.</param>
    /// <param name="Begun">Timestamp.</param>
    private sealed record Reading(long After, long Begun, Task Answer);
}
