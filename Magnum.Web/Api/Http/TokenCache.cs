using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Magnum.Core.OpenStack;
using Microsoft.Extensions.Options;

namespace Magnum.Web.Api.Http;

/// <summary>
/// Remembers for a while what Keystone said about a token, under the token's hash. A revoked token works until its entry ends, an
/// expired one not a second longer. Many requests with one token ask once.
/// </summary>
internal sealed class TokenCache(IIdentity identity, TimeProvider time, IOptions<MagnumApiOptions> options)
{
    private const int LongestToken = 8192;

    private readonly ConcurrentDictionary<TokenKey, Entry> _entries = new();

    /// <summary>How many tokens are remembered.</summary>
    public int Count => _entries.Count;

    /// <summary>What the token says; null when it is not valid. Throws <see cref="CloudException"/> when Keystone cannot say.</summary>
    public async Task<TokenInfo?> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length is 0 or > LongestToken || !Ascii.IsValid(token) || token.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
        {
            return null;
        }

        var key = TokenKey.Of(token);
        var entry = _entries.GetOrAdd(key, static (_, arguments) => arguments.Cache.Begin(arguments.Token), (Cache: this, Token: token));
        if (entry.Until <= time.GetUtcNow())
        {
            var fresh = Begin(token);
            entry = _entries.TryUpdate(key, fresh, entry) ? fresh : _entries.GetOrAdd(key, fresh);
        }

        TokenInfo? info;
        try
        {
            info = await entry.Answer.Value.WaitAsync(cancellationToken);
        }
        catch (Exception) when (entry.Answer.Value.IsFaulted || entry.Answer.Value.IsCanceled)
        {
            _entries.TryRemove(KeyValuePair.Create(key, entry));   // trouble is not an answer: the next request asks again
            throw;
        }

        var now = time.GetUtcNow();
        if (entry.Settle(now, info, options.Value) && _entries.Count > options.Value.TokenCacheSize)
        {
            MakeRoom(now);
        }

        return info is not null && info.ExpiresAt > now ? info : null;
    }

    /// <summary>The token turned out to be worth nothing.</summary>
    public void Forget(string token) => _entries.TryRemove(TokenKey.Of(token), out _);

    // One request's patience is not another's: the question itself is not cancelled by any of them; the client has time limits of its own.
    private Entry Begin(string token) => new(new Lazy<Task<TokenInfo?>>(() => identity.ValidateAsync(token, CancellationToken.None)));

    private void MakeRoom(DateTimeOffset now)
    {
        foreach (var stale in _entries.Where(e => e.Value.Until <= now))
        {
            _entries.TryRemove(stale);
        }

        foreach (var oldest in _entries.OrderBy(e => e.Value.Until).Take(_entries.Count - (options.Value.TokenCacheSize * 9 / 10)).ToList())
        {
            _entries.TryRemove(oldest);
        }
    }

    private sealed class Entry(Lazy<Task<TokenInfo?>> answer)
    {
        private long _until = DateTimeOffset.MaxValue.UtcTicks;

        public Lazy<Task<TokenInfo?>> Answer { get; } = answer;

        /// <summary>While the question is open, for ever.</summary>
        public DateTimeOffset Until => new(Volatile.Read(ref _until), TimeSpan.Zero);

        /// <summary>Sets the end once; true for the one who did.</summary>
        public bool Settle(DateTimeOffset now, TokenInfo? info, MagnumApiOptions options)
        {
            var until = info is null
                ? now.AddSeconds(options.InvalidTokenCacheSeconds)
                : new DateTimeOffset(Math.Min(info.ExpiresAt.UtcTicks, now.AddSeconds(options.TokenCacheSeconds).UtcTicks), TimeSpan.Zero);
            return Interlocked.CompareExchange(ref _until, until.UtcTicks, DateTimeOffset.MaxValue.UtcTicks) == DateTimeOffset.MaxValue.UtcTicks;
        }
    }

    /// <summary>SHA-256 of a token: the token itself is not kept as a key.</summary>
    private readonly record struct TokenKey(UInt128 High, UInt128 Low)
    {
        public static TokenKey Of(string token)
        {
            Span<byte> bytes = stackalloc byte[token.Length <= 1024 ? token.Length * 3 : 0];
            if (bytes.Length == 0)
            {
                bytes = new byte[Encoding.UTF8.GetMaxByteCount(token.Length)];
            }

            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(token, bytes)], hash);
            return new TokenKey(
                System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash),
                System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
        }
    }
}
