using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Magnum.Core.OpenStack;

namespace Magnum.Drivers.OpenStack.Transport;

/// <summary>Calls a service as somebody: finds the endpoint, brings the token, and signs in once more when a token of ours is refused.</summary>
internal sealed class CloudApi(CloudTransport transport, CloudSessions sessions)
{
    /// <summary>Whether the catalog offers a service.</summary>
    public async Task<bool> HasAsync(Principal principal, CloudServiceType service, CancellationToken cancellationToken) =>
        (await sessions.GetAsync(principal, young: false, cancellationToken)).Endpoints.Has(service);

    /// <summary>Sends a call; <paramref name="path"/> is relative to the service's versioned address.</summary>
    public async Task<CloudAnswer> SendAsync(
        Principal principal, CloudServiceType service, HttpMethod method, string path, CloudCall call, CancellationToken cancellationToken)
    {
        var session = await sessions.GetAsync(principal, call.LongRunning, cancellationToken);
        try
        {
            return await transport.SendAsync(Request(session), cancellationToken);
        }
        catch (CloudException e) when (e.Fault is CloudFault.Unauthorized && principal is not Principal.Bearer)
        {
            // The token was revoked, or the service user's password or roles changed: a new one may do. Once, or a service
            // that refuses every token would be asked for ever.
            sessions.Forget(principal, session);
            session = await sessions.GetAsync(principal, call.LongRunning, cancellationToken);
            return await transport.SendAsync(Request(session), cancellationToken);
        }

        CloudRequest Request(CloudSession with) =>
            new(service.Name, method, new Uri($"{with.Endpoints.BaseOf(service)}/{path.TrimStart('/')}"))
            {
                Token = with.Token,
                SubjectToken = call.SubjectToken,
                Body = call.Body,
                IsRepeatable = call.IsRepeatable,
                TakesRedirect = call.TakesRedirect,
            };
    }

    /// <summary>GET of something that must be there.</summary>
    public async Task<T> GetAsync<T>(
        Principal principal, CloudServiceType service, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        (await SendAsync(principal, service, HttpMethod.Get, path, CloudCall.Plain, cancellationToken)).Read(type);

    /// <summary>GET of something that may be absent.</summary>
    public async Task<T?> FindAsync<T>(
        Principal principal, CloudServiceType service, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await GetAsync(principal, service, path, type, cancellationToken);
        }
        catch (CloudException e) when (e.Fault is CloudFault.NotFound)
        {
            return null;
        }
    }

    /// <summary>DELETE; what is gone already is deleted.</summary>
    public async Task DeleteAsync(Principal principal, CloudServiceType service, string path, CloudCall call, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(principal, service, HttpMethod.Delete, path, call with { IsRepeatable = true }, cancellationToken);
        }
        catch (CloudException e) when (e.Fault is CloudFault.NotFound)
        {
            // Gone already, which is what was asked for.
        }
    }
}

/// <summary>What is particular about a call.</summary>
internal sealed record CloudCall
{
    public static readonly CloudCall Plain = new();

    public byte[]? Body { get; init; }

    public string? SubjectToken { get; init; }

    public bool IsRepeatable { get; init; }

    public bool TakesRedirect { get; init; }

    /// <summary>That the service goes on working with the token after it answered.</summary>
    public bool LongRunning { get; init; }

    public static CloudCall With<T>(T body, JsonTypeInfo<T> type) => new() { Body = JsonSerializer.SerializeToUtf8Bytes(body, type) };

    public override string ToString() => "CloudCall";
}
