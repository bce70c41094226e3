using System.Collections.Concurrent;
using System.Net;

namespace Magnum.Web.Features.SignIn;

/// <summary>Slows down guessing: after a few failures from an address, or for a user from an address, further attempts wait.</summary>
internal sealed class SignInThrottle(TimeProvider time)
{
    private const int FailuresPerUser = 5;
    private const int FailuresPerAddress = 20;
    private const int MaximumKeys = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, Failures> _failures = new(StringComparer.Ordinal);

    /// <summary>How long to wait before the next attempt; zero: none.</summary>
    public TimeSpan Wait(IPAddress? address, string user)
    {
        var ofUser = Left(UserKey(address, user), FailuresPerUser);
        var ofAddress = address is null ? TimeSpan.Zero : Left(AddressKey(address), FailuresPerAddress);
        return ofUser > ofAddress ? ofUser : ofAddress;
    }

    /// <summary>Counts a refused attempt.</summary>
    public void Failed(IPAddress? address, string user)
    {
        var now = time.GetUtcNow();
        if (_failures.Count > MaximumKeys)
        {
            foreach (var (key, _) in _failures.Where(p => p.Value.Until <= now))
            {
                _failures.TryRemove(key, out _);
            }
        }

        // Whoever signs in again over a page has no address here: what one does wrong there must not count for all.
        foreach (var key in address is null ? [UserKey(address, user)] : new[] { UserKey(address, user), AddressKey(address) })
        {
            _failures.AddOrUpdate(key, _ => new Failures(1, now + Window), (_, f) => f.Until <= now ? new Failures(1, now + Window) : f with { Count = f.Count + 1 });
        }
    }

    /// <summary>Forgets a user's failures.</summary>
    public void Succeeded(IPAddress? address, string user) => _failures.TryRemove(UserKey(address, user), out _);

    private static string UserKey(IPAddress? address, string user) => $"{address}/{user}";

    private static string AddressKey(IPAddress address) => $"{address}";

    private TimeSpan Left(string key, int allowed)
    {
        var now = time.GetUtcNow();
        return _failures.TryGetValue(key, out var f) && f.Count >= allowed && f.Until > now ? f.Until - now : TimeSpan.Zero;
    }

    private sealed record Failures(int Count, DateTimeOffset Until);
}
