using Magnum.Web.Api;
using Microsoft.Extensions.Options;

namespace Magnum.Web.Features.Clusters;

/// <summary>Counts the streams of events that are open: each asks the database a few times a minute, whoever opened it.</summary>
internal sealed class EventStreams(IOptions<MagnumApiOptions> options)
{
    private int _open;

    /// <summary>A place, free again when it is disposed; null when there is none.</summary>
    public IDisposable? TryEnter()
    {
        if (Interlocked.Increment(ref _open) <= options.Value.MaxEventStreams)
        {
            return new Place(this);
        }

        Interlocked.Decrement(ref _open);
        return null;
    }

    private sealed class Place(EventStreams streams) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref streams._open);
    }
}
