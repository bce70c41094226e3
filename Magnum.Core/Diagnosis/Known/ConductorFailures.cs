namespace Magnum.Core.Diagnosis.Known;

/// <summary>Magnum itself, and the services that it calls.</summary>
internal static class ConductorFailures
{
    public static readonly IReadOnlyList<FailureCause> All =
    [
        new("secrets-lost", Actor.Operator, "The key to the cluster's secrets is lost.", @"secrets cannot be decrypted"),
        new("driver-missing", Actor.Operator, "The driver of this cluster is not installed.", @"The driver \S+, which carries this cluster"),
        new("database-trouble", Actor.Operator, "Magnum's database is in trouble.", @"\((Db\w*|Sqlite|Npgsql|Postgres|Sql)\w*Exception\)|database is locked"),
        new("internal-error", Actor.Operator, "Magnum met a problem that it does not know.", @"Magnum met an unexpected problem", Telling.Symptom),
        new("service-missing", Actor.Operator, "The cloud lacks a service that the cluster needs.", @"The cloud offers no \w+ to Magnum|catalog has no \w+"),
        new("service-unreachable", Actor.Wait, "A service of the cloud does not answer.", @"\w+ does not answer|no answer within \d+ s|no answer in time", Telling.Symptom),
        new("service-failing", Actor.Wait, "A service of the cloud fails.", @"\w+ is in trouble \(", Telling.Symptom),
        new("service-limited", Actor.Wait, "A service of the cloud takes no more requests now.", @"says that a limit is reached|takes no more requests|rate limit", Telling.Symptom),
        new("given-up", Actor.User, "Magnum gave up waiting.", @"was given up after", Telling.TimeOut),
    ];
}
