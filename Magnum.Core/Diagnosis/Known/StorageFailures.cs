namespace Magnum.Core.Diagnosis.Known;

/// <summary>Cinder: volumes.</summary>
internal static class StorageFailures
{
    public static readonly IReadOnlyList<FailureCause> All =
    [
        new("quota-volumes", Actor.User, "The project's quota of volumes is used up.", @"Maximum number of volumes allowed|VolumeLimitExceeded"),
        new("quota-gigabytes", Actor.User, "The project's quota of volume space is used up.", @"exceeds allowed (volume or snapshot )?gigabytes quota|VolumeSizeExceedsAvailableQuota|exceeds allowed gigabytes"),
        new("volume-type-unknown", Actor.User, "The volume type is not there.", @"Volume type \S+( \S+)? could not be found|The VolumeType \([^)]*\) could not be found|Invalid volume type|volume type with name \S+ could not"),
        new("boot-volume-timed-out", Actor.Operator, "A boot volume was not filled in time.", @"did not finish being created even after we waited .{0,80}status is (creating|downloading)"),
        new("volume-error", Actor.Operator, "Cinder could not make a volume.", @"did not finish being created even after we waited .{0,80}status is error|volume\b.{0,120}could not be made: (Unknown|Error)|Volume \S+ (went to|is in|entered) (status )?""?error|Error creating volume"),
    ];
}
