namespace Magnum.Tests.Support.Days;

/// <summary>Sits between a process and the cloud, and tells before and after each call.</summary>
internal sealed class CloudTap
{
    /// <summary>Before a call is sent; what it throws, the process meets instead of the answer.</summary>
    public Func<HttpRequestMessage, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>After the cloud has done what was asked, before the process knows.</summary>
    public Func<HttpRequestMessage, Task> After { get; set; } = _ => Task.CompletedTask;

    /// <summary>A handler for one HTTP client.</summary>
    public DelegatingHandler CreateHandler() => new Handler(this);

    /// <summary>Whether the call changes something. Asking for a token does not count: it leaves nothing.</summary>
    public static bool Changes(HttpRequestMessage request) =>
        request.Method != HttpMethod.Get && !request.RequestUri!.AbsolutePath.EndsWith("/auth/tokens", StringComparison.Ordinal);

    private sealed class Handler(CloudTap tap) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await tap.Before(request);
            var answer = await base.SendAsync(request, cancellationToken);
            await tap.After(request);
            return answer;
        }
    }
}
