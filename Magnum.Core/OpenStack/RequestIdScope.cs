namespace Magnum.Core.OpenStack;

/// <summary>
/// The request id under which the current flow of work calls the cloud: sent to every service, which logs it as the global request id.
/// Set by whoever begins the work (an API request, an operation); without it each call gets an id of its own.
/// </summary>
public static class RequestIdScope
{
    private static readonly AsyncLocal<string?> Ambient = new();

    /// <summary><c>req-&lt;uuid&gt;</c>, or null outside a scope.</summary>
    public static string? Current => Ambient.Value;

    /// <summary>A new id.</summary>
    public static string New() => $"req-{Guid.NewGuid()}";

    /// <summary>Uses an id until the result is disposed.</summary>
    public static IDisposable Begin(string requestId)
    {
        var scope = new Scope(Ambient.Value);
        Ambient.Value = requestId;
        return scope;
    }

    private sealed class Scope(string? outer) : IDisposable
    {
        public void Dispose() => Ambient.Value = outer;
    }
}
