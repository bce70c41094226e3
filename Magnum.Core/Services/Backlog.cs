using Magnum.Core.Diagnosis;

namespace Magnum.Core.Services;

/// <summary>What the conductors have to do.</summary>
/// <param name="Queued">Recorded, not started.</param>
/// <param name="Waiting">For the cloud, while all goes well.</param>
/// <param name="BackingOff">Met trouble and will be tried again.</param>
/// <param name="OldestQueuedAt">Since when the oldest that is not started has waited.</param>
public sealed record Backlog(int Queued, int Running, int Waiting, int BackingOff, DateTimeOffset? OldestQueuedAt);

/// <summary>How often something was the cause of a failure.</summary>
/// <param name="LastAt">When it was last.</param>
/// <param name="Last">The cluster that it was last; it may be gone.</param>
public sealed record FailureCount(FailureCause Cause, int Count, DateTimeOffset LastAt, Guid Last);
