using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Core.OpenStack;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Magnum.Core.Audit;

/// <summary>What a request is about, as far as the request itself says.</summary>
/// <param name="Subject">Name or uuid.</param>
/// <param name="Cluster">Uuid or name of the cluster that it concerns.</param>
/// <param name="Detail">What is asked for, without anything that may be secret.</param>
internal sealed record AuditAbout(string? Subject, string? Cluster = null, string? Detail = null);

/// <summary>The thing itself, which the answer to a request tells of.</summary>
internal sealed record AuditFound(string Subject, string ProjectId, Guid? ClusterUuid = null)
{
    public static AuditFound Of(Cluster cluster) => new(cluster.Name, cluster.ProjectId, cluster.Uuid);
}

/// <summary>Keeps a record of every request for a change, accepted or not.</summary>
/// <remarks>The record follows the change in a transaction of its own: a change is not undone because its record could not be written, which is logged as an error.</remarks>
public sealed partial class AuditTrail(IDbContextFactory<MagnumDbContext> dbFactory, TimeProvider time, ILogger<AuditTrail> logger)
{
    private const int Most = 1000;

    /// <summary>Carries out a request and records it.</summary>
    /// <param name="found">The thing itself, where the answer tells of it; null: what the request says is all there is.</param>
    /// <param name="isRoutine">Asked after it was accepted: whether this was a report that comes all the time, and no request for a change.</param>
    internal async Task<Result<T>> KeepAsync<T>(
        Caller caller, string action, AuditAbout about, Func<Task<Result<T>>> act, Func<T, AuditFound>? found = null, Func<bool>? isRoutine = null)
    {
        Result<T> result;
        try
        {
            result = await act();
        }
        catch (CloudException trouble)
        {
            await WriteAsync(caller, action, about, null, trouble.Message);
            throw;
        }

        if (result.IsSuccess && isRoutine?.Invoke() == true)
        {
            return result;
        }

        await WriteAsync(caller, action, about, result.IsSuccess ? found?.Invoke(result.Value) : null, result.Error?.Detail);
        return result;
    }

    private async Task WriteAsync(Caller caller, string action, AuditAbout about, AuditFound? found, string? refusal)
    {
        try
        {
            // Not the caller's cancellation: who hangs up is on record all the same.
            await using var db = await dbFactory.CreateDbContextAsync(CancellationToken.None);
            found ??= about.Cluster is null ? null : await FindClusterAsync(db, caller, about);
            db.Add(new AuditRecord
            {
                OccurredAt = time.GetUtcNow(),
                RequestId = Cut(caller.RequestId, 64)!,
                UserId = Cut(caller.UserId, 64)!,
                UserName = Cut(caller.Token.UserName, 255) ?? "",
                UserProjectId = caller.ProjectId,
                Door = caller.Door,
                Address = Cut(caller.Address, 64),
                Action = action,
                ProjectId = found?.ProjectId ?? caller.ProjectId,
                ClusterUuid = found?.ClusterUuid,
                Subject = Cut(found?.Subject ?? about.Subject, 255) ?? "",
                Detail = Cut(about.Detail, Most),
                Refusal = Cut(refusal, Most),
            });
            await db.SaveChangesAsync(CancellationToken.None);
        }
        catch (Exception trouble) when (trouble is DbUpdateException or InvalidOperationException or System.Data.Common.DbException)
        {
            LogLost(logger, trouble, action, about.Subject, caller.UserId, caller.RequestId);
        }
    }

    // Whoever is refused may have named somebody else's cluster: that is on record with the cluster, and the refusal tells them nothing.
    private static async Task<AuditFound?> FindClusterAsync(MagnumDbContext db, Caller caller, AuditAbout about)
    {
        var (name, project) = (about.Cluster!, caller.ProjectId);
        var rows = Identifier.TryUuid(name, out var uuid)
            ? db.Clusters.Where(c => c.Uuid == uuid)
            : db.Clusters.Where(c => c.Name == name && c.ProjectId == project);
        var clusters = await rows.Select(c => new { c.Uuid, c.Name, c.ProjectId }).Take(2).ToListAsync(CancellationToken.None);
        return clusters is [var cluster]
            ? new AuditFound(about.Subject == name ? cluster.Name : $"{cluster.Name}/{about.Subject}", cluster.ProjectId, cluster.Uuid)
            : null;
    }

    private static string? Cut(string? text, int most) => text is null || text.Length <= most ? text : text[..(most - 1)] + "…";

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit record of {Action} on {Subject} by {UserId} ({RequestId}) could not be written")]
    private static partial void LogLost(ILogger logger, Exception trouble, string action, string? subject, string userId, string requestId);
}
