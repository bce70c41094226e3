using System.Collections.Concurrent;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Keystone;
using Microsoft.Extensions.Logging;

namespace Magnum.Drivers.OpenStack.Transport;

/// <summary>Tokens and endpoints of everybody that Magnum calls the cloud as: fetched once, renewed before they end.</summary>
internal sealed partial class CloudSessions(
    KeystoneTokens tokens, CloudTransport transport, OpenStackOptions options, TimeProvider time, ILogger<CloudSessions> logger)
    : IDisposable
{
    private const int SweepAbove = 512;
    private static readonly TimeSpan CatalogLife = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<Principal, Slot> _slots = new();
    private readonly ConcurrentDictionary<string, (DateTimeOffset Until, ServiceEndpoints Endpoints)> _catalogs = new(StringComparer.Ordinal);

    /// <summary>A session to call with.</summary>
    /// <param name="young">Ask for a token that has nearly all of its life before it.</param>
    public async ValueTask<CloudSession> GetAsync(Principal principal, bool young, CancellationToken cancellationToken)
    {
        if (principal is Principal.Bearer bearer)
        {
            var endpoints = await EndpointsOfAsync(bearer, cancellationToken);
            return new CloudSession(bearer.Token, null, bearer.ProjectId, null, time.GetUtcNow(), DateTimeOffset.MaxValue, endpoints);
        }

        var slot = _slots.GetOrAdd(principal, static _ => new Slot());
        if (Suits(slot.Session, young))
        {
            return slot.Session!;
        }

        await slot.Gate.WaitAsync(cancellationToken);
        try
        {
            // Somebody else may have renewed it while this call waited.
            if (!Suits(slot.Session, young))
            {
                slot.Session = await SignInAsync(principal, cancellationToken);
                Sweep();
            }

            return slot.Session!;
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    /// <summary>Drops a session whose token was refused; a newer one stays.</summary>
    public void Forget(Principal principal, CloudSession refused)
    {
        if (_slots.TryGetValue(principal, out var slot))
        {
            Interlocked.CompareExchange(ref slot.Session, null, refused);
        }
    }

    /// <summary>Ends what is kept for somebody who will not be back.</summary>
    public void Remove(Principal principal) => _slots.TryRemove(principal, out _);

    /// <summary>Keeps a project's endpoints that came with a validated token, which saves asking for them.</summary>
    public void Remember(TokenInfo token)
    {
        if (token.ProjectId is { } project && token.Catalog.Count > 0)
        {
            Keep(project, ServiceEndpoints.From(token.Catalog, project, options));
        }
    }

    public void Dispose()
    {
        foreach (var slot in _slots.Values)
        {
            slot.Dispose();
        }
    }

    private bool Suits(CloudSession? session, bool young)
    {
        var now = time.GetUtcNow();
        return session is not null && session.IsUsable(now) && (!young || session.IsYoung(now));
    }

    private async Task<CloudSession> SignInAsync(Principal principal, CancellationToken cancellationToken)
    {
        IssuedToken issued;
        try
        {
            issued = await tokens.IssueAsync(KeystoneAuth.For(principal, options), cancellationToken);
        }
        catch (CloudException e) when (e.Fault is CloudFault.Unauthorized or CloudFault.Forbidden or CloudFault.NotFound)
        {
            LogRefused(logger, principal, e.Fault);
            throw Explained(principal, e);
        }

        var info = issued.Info;
        LogSignedIn(logger, principal, info.ProjectId, info.ExpiresAt);
        return new CloudSession(
            info.Token, info.UserId, info.ProjectId, issued.DomainId, time.GetUtcNow(), info.ExpiresAt,
            ServiceEndpoints.From(info.Catalog, info.ProjectId, options));
    }

    private CloudException Explained(Principal principal, CloudException refusal)
    {
        var who = principal switch
        {
            Principal.Trustee => "the trust by which Magnum acts for the cluster's owner; it or its owner is gone or has lost the role",
            Principal.DomainAdmin => $"the trustee domain's administrator {options.Trustee.AdminUserName} (OpenStack:Trustee:AdminUserName, AdminPassword, DomainName)",
            _ => $"Magnum's service user {options.UserName ?? "(application credential)"} (OpenStack:UserName, Password, ProjectName)",
        };
        return new CloudException(refusal.Service, CloudFault.Unauthorized, $"Keystone refused {who}: {refusal.Message}", refusal)
        {
            StatusCode = refusal.StatusCode,
            RequestId = refusal.RequestId,
        };
    }

    private async ValueTask<ServiceEndpoints> EndpointsOfAsync(Principal.Bearer bearer, CancellationToken cancellationToken)
    {
        if (bearer.ProjectId is { } known && _catalogs.TryGetValue(known, out var kept) && kept.Until > time.GetUtcNow())
        {
            return kept.Endpoints;
        }

        var request = new CloudRequest("identity", HttpMethod.Get, new Uri($"{options.IdentityUrl}/auth/catalog")) { Token = bearer.Token };
        var answer = await transport.SendAsync(request, cancellationToken);
        var catalog = answer.Read(KeystoneJson.Default.CatalogAnswer).Catalog.Select(s => s.ToEntry()).ToList();
        var endpoints = ServiceEndpoints.From(catalog, bearer.ProjectId, options);
        if (bearer.ProjectId is { } project)
        {
            Keep(project, endpoints);
        }

        return endpoints;
    }

    private void Keep(string project, ServiceEndpoints endpoints)
    {
        var now = time.GetUtcNow();
        if (_catalogs.Count > SweepAbove)
        {
            foreach (var (key, value) in _catalogs)
            {
                if (value.Until <= now)
                {
                    _catalogs.TryRemove(key, out _);
                }
            }
        }

        _catalogs[project] = (now + CatalogLife, endpoints);
    }

    private void Sweep()
    {
        if (_slots.Count <= SweepAbove)
        {
            return;
        }

        var now = time.GetUtcNow();
        foreach (var (principal, slot) in _slots)
        {
            if (slot.Session is { } session && !session.IsUsable(now))
            {
                _slots.TryRemove(new KeyValuePair<Principal, Slot>(principal, slot));
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "Signed in as {Principal} in project {ProjectId} until {ExpiresAt}")]
    private static partial void LogSignedIn(ILogger logger, Principal principal, string? projectId, DateTimeOffset expiresAt);

    [LoggerMessage(LogLevel.Warning, "Keystone refused {Principal}: {Fault}")]
    private static partial void LogRefused(ILogger logger, Principal principal, CloudFault fault);

    private sealed class Slot : IDisposable
    {
        public readonly SemaphoreSlim Gate = new(1, 1);

        public CloudSession? Session;

        public void Dispose() => Gate.Dispose();
    }
}
