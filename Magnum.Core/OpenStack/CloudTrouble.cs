using Magnum.Core.Errors;

namespace Magnum.Core.OpenStack;

/// <summary>Turns a cloud's trouble during a request into something to tell.</summary>
public static class CloudTrouble
{
    /// <summary>
    /// Runs look-ups in the caller's name. A token that is not valid any more stays a <see cref="CloudException"/>: both doors then
    /// ask to sign in again, whatever the request was.
    /// </summary>
    public static async Task<Result<T>> GuardAsync<T>(Func<Task<Result<T>>> work)
    {
        try
        {
            return await work();
        }
        catch (CloudException e) when (e.Fault is not CloudFault.Unauthorized)
        {
            return ToError(e);
        }
    }

    /// <summary>A sentence that names the service.</summary>
    public static MagnumError ToError(CloudException e) => new MagnumError.Unavailable(e.Fault switch
    {
        CloudFault.Unreachable => $"The cloud's {Name(e.Service)} does not answer. Try again in a moment.",
        CloudFault.ServerError or CloudFault.Malformed => $"The cloud's {Name(e.Service)} failed to answer the request. Try again in a moment.",
        CloudFault.NoEndpoint => $"The cloud's catalog has no {Name(e.Service)} in this region.",
        CloudFault.OverLimit => $"The cloud's {Name(e.Service)} takes no more requests now. Try again in a moment.",
        _ => $"The cloud's {Name(e.Service)} refused a look-up: {e.Message}",
    });

    private static string Name(string service) => service switch
    {
        "identity" => "identity service (Keystone)",
        "image" => "image service (Glance)",
        "compute" => "compute service (Nova)",
        "network" => "network service (Neutron)",
        "orchestration" => "orchestration service (Heat)",
        "volume" or "volumev3" or "block-storage" => "block storage service (Cinder)",
        "load-balancer" => "load balancer service (Octavia)",
        "cluster-api" => "management cluster (Cluster API)",
        _ => $"{service} service",
    };
}
