namespace Magnum.Core.Certificates;

/// <summary>
/// How many clusters may have their keys made at one moment. Finding primes takes seconds of a processor: half of the processors stay free for requests, and
/// who finds no place comes back later, for waiting here would hold the workers that other operations need.
/// </summary>
internal sealed class KeyMaking
{
    /// <summary>For who finds no place.</summary>
    public static readonly TimeSpan ComeBackAfter = TimeSpan.FromSeconds(2);

    private static readonly int Places = Math.Max(1, Environment.ProcessorCount / 2);

    private int _taken;

    /// <summary>A place, free again when it is disposed; null when there is none.</summary>
    public IDisposable? TryEnter()
    {
        if (Interlocked.Increment(ref _taken) <= Places)
        {
            return new Place(this);
        }

        Interlocked.Decrement(ref _taken);
        return null;
    }

    private sealed class Place(KeyMaking making) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref making._taken);
    }
}
