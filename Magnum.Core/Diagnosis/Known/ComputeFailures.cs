namespace Magnum.Core.Diagnosis.Known;

/// <summary>Nova: servers, and what they are made from.</summary>
internal static class ComputeFailures
{
    public static readonly IReadOnlyList<FailureCause> All =
    [
        new("no-valid-host", Actor.Operator, "No host of the cloud has room for a server.", @"No valid host was found|There are not enough hosts available"),
        new("flavor-disk-too-small", Actor.User, "The flavor's disk is smaller than the image.", @"Flavor's disk is (too small|smaller than)|Volume is smaller than the minimum size|instance's disk would be too small"),
        new("flavor-memory-too-small", Actor.User, "The flavor has less memory than the image needs.", @"Flavor's memory is too small"),
        new("flavor-not-found", Actor.User, "The flavor is not there, or not for this project.", @"Flavor \S+ could not be found|The Flavor \([^)]*\) could not be found|(unable to find|error getting|failed to get) (the )?flavor|flavor \S+ (was )?not found|flavor: \S+ does not exist"),
        new("image-not-found", Actor.User, "The image was deleted, or is not for this project.", @"Image \S+ could not be found|The Image \([^)]*\) could not be found|no images? (was |were )?found with the given image|No image with ID|Image \S+ was not found"),
        new("image-not-active", Actor.User, "The image cannot be used now.", @"Image \S+ is not active|Image \S+ is deactivated"),
        new("image-unacceptable", Actor.User, "Nova cannot start servers from this image.", @"Image \S+ is unacceptable|Image not in a supported format"),
        new("keypair-not-found", Actor.User, "The key pair is not among the cluster's owner's.", @"Invalid key_name provided|The Key \([^)]*\) could not be found|Key ?pair \S+ (could not be|was not|not) found"),
        new("quota-instances", Actor.User, "The project's quota of servers is used up.", @"Quota exceeded for [\w, ]*\binstances\b|Resource servers is over limit|No quota left.*instances"),
        new("quota-cores", Actor.User, "The project's quota of processors is used up.", @"Quota exceeded for [\w, ]*\bcores\b|class:VCPU is over limit"),
        new("quota-ram", Actor.User, "The project's quota of memory is used up.", @"Quota exceeded for [\w, ]*\bram\b|class:MEMORY_MB is over limit"),
        new("quota-server-groups", Actor.User, "The project's quota of server groups is used up.", @"Quota exceeded, too many server|Quota exceeded for [\w, ]*\bserver_groups?\b|Resource server_groups is over limit"),
        new("availability-zone-unknown", Actor.User, "The availability zone is not there.", @"requested availability zone is not available|Availability zone \S+ is (invalid|not available|unavailable)|The requested availability zone \S+"),
        new("port-binding-failed", Actor.Operator, "The network could not plug a server in on its host.", @"Binding failed for port|PortBindingFailed|port binding failed"),
        new("network-not-allocated", Actor.Operator, "The network for a server was not ready in time.", @"Failed to allocate the network"),
        new("server-not-built", Actor.Operator, "Nova could not build a server.", @"Exceeded maximum number of retries|Build of instance \S+ (was )?aborted|server of node \S+ could not be made: Unknown|Went to status ERROR due to ""?Unknown", Telling.Symptom),
    ];
}
