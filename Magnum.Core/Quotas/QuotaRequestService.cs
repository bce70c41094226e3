using System.Globalization;
using Magnum.Core.Audit;
using Magnum.Core.Errors;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Quotas;

/// <summary>Requests for a higher limit: whoever may launch clusters asks, administrators answer, and the limit is set with the answer.</summary>
public sealed class QuotaRequestService
{
    /// <summary>Characters of a reason or an answer.</summary>
    public const int MaxLength = 1000;

    private readonly IDbContextFactory<MagnumDbContext> _dbFactory;
    private readonly PolicyEnforcer _policy;
    private readonly ClusterQuota _quota;
    private readonly AuditTrail _audit;
    private readonly QuotaRequestChanges _changes;
    private readonly TimeProvider _time;

    internal QuotaRequestService(
        IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policy, ClusterQuota quota, AuditTrail audit, QuotaRequestChanges changes, TimeProvider time)
    {
        (_dbFactory, _policy, _quota) = (dbFactory, policy, quota);
        (_audit, _changes, _time) = (audit, changes, time);
    }

    /// <summary>One open request a project: a second one is refused until the first is answered or withdrawn.</summary>
    /// <param name="wanted">Clusters in all, more than the present limit.</param>
    public Task<Result<QuotaRequest>> CreateAsync(Caller caller, int wanted, string? reason, string? clusterName, CancellationToken cancellationToken) =>
        _audit.KeepAsync<QuotaRequest>(caller, AuditActions.QuotaRequestCreate, new AuditAbout(caller.Token.ProjectName, Detail: Text($"limit {wanted}")), async () =>
        {
            if (_policy.Check(caller, PolicyRules.ClusterCreate) is { } refused)
            {
                return refused;
            }

            if (reason?.Length > MaxLength)
            {
                return new MagnumError.Invalid($"A reason has at most {MaxLength} characters.") { Field = "reason" };
            }

            await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
            var project = caller.ProjectId;
            var (limit, used) = await _quota.ReadAsync(db, project, cancellationToken);
            if (wanted <= limit)
            {
                return new MagnumError.Invalid(Text($"The project may have {limit} clusters already: ask for more than that.")) { Field = "wanted" };
            }

            if (await db.QuotaRequests.AnyAsync(r => r.ProjectId == project && r.State == QuotaRequestState.Open, cancellationToken))
            {
                return new MagnumError.Conflict("The project has asked for more clusters already, and has no answer yet.");
            }

            var request = new QuotaRequest
            {
                ProjectId = project,
                ProjectName = caller.Token.ProjectName ?? project,
                UserId = caller.UserId,
                UserName = caller.Token.UserName,
                Wanted = wanted,
                Limit = limit,
                Used = used,
                Reason = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim(),
                ClusterName = clusterName is { Length: > 255 } ? clusterName[..255] : clusterName,
                CreatedAt = _time.GetUtcNow(),
            };
            db.Add(request);
            await db.SaveChangesAsync(cancellationToken);
            _changes.Tell(request);
            return request;
        });

    /// <summary>The project's own, the newest first.</summary>
    public async Task<Result<IReadOnlyList<QuotaRequest>>> ListOwnAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (_policy.Check(caller, PolicyRules.QuotaGet) is { } refused)
        {
            return refused;
        }

        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        var project = caller.ProjectId;
        return Result.Success<IReadOnlyList<QuotaRequest>>(
            await db.QuotaRequests.AsNoTracking().Where(r => r.ProjectId == project).OrderByDescending(r => r.Id).Take(50).ToListAsync(cancellationToken));
    }

    /// <summary>Of all projects: open ones first, the oldest of them at the top, then the latest answers.</summary>
    public async Task<Result<IReadOnlyList<QuotaRequest>>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (_policy.Check(caller, PolicyRules.QuotaGetAll) is { } refused)
        {
            return refused;
        }

        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        var open = await db.QuotaRequests.AsNoTracking().Where(r => r.State == QuotaRequestState.Open).OrderBy(r => r.Id).Take(500).ToListAsync(cancellationToken);
        var answered = await db.QuotaRequests.AsNoTracking().Where(r => r.State != QuotaRequestState.Open).OrderByDescending(r => r.Id).Take(50).ToListAsync(cancellationToken);
        return Result.Success<IReadOnlyList<QuotaRequest>>([.. open, .. answered]);
    }

    /// <summary>How many of all projects wait for an answer.</summary>
    public async Task<Result<int>> CountOpenAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (_policy.Check(caller, PolicyRules.QuotaGetAll) is { } refused)
        {
            return refused;
        }

        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.QuotaRequests.CountAsync(r => r.State == QuotaRequestState.Open, cancellationToken);
    }

    /// <summary>Sets the limit and answers, in one transaction.</summary>
    public Task<Result<QuotaRequest>> ApproveAsync(Caller caller, long id, int limit, string? answer, CancellationToken cancellationToken) =>
        AnswerAsync(caller, AuditActions.QuotaRequestApprove, id, Text($"limit {limit}"), PolicyRules.QuotaUpdate, async (db, request) =>
        {
            if (FieldError.Range("hard_limit", limit, 0) is { } wrong)
            {
                return wrong;
            }

            var quota = await db.Quotas.SingleOrDefaultAsync(q => q.ProjectId == request.ProjectId && q.Resource == Quota.ClusterResource, cancellationToken);
            if (quota is null)
            {
                db.Add(new Quota { ProjectId = request.ProjectId, HardLimit = limit, CreatedAt = _time.GetUtcNow() });
            }
            else
            {
                (quota.HardLimit, quota.UpdatedAt) = (limit, _time.GetUtcNow());
            }

            (request.State, request.Granted, request.Answer) = (QuotaRequestState.Approved, limit, answer);
            return null;
        }, cancellationToken);

    /// <summary>With the reason, which the asker reads.</summary>
    public Task<Result<QuotaRequest>> RefuseAsync(Caller caller, long id, string answer, CancellationToken cancellationToken) =>
        AnswerAsync(caller, AuditActions.QuotaRequestRefuse, id, null, PolicyRules.QuotaUpdate, (_, request) =>
        {
            if (string.IsNullOrWhiteSpace(answer) || answer.Length > MaxLength)
            {
                return Task.FromResult<MagnumError?>(new MagnumError.Invalid($"Say why, in at most {MaxLength} characters.") { Field = "answer" });
            }

            (request.State, request.Answer) = (QuotaRequestState.Refused, answer.Trim());
            return Task.FromResult<MagnumError?>(null);
        }, cancellationToken);

    /// <summary>By the project that asked.</summary>
    public Task<Result<QuotaRequest>> WithdrawAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        AnswerAsync(caller, AuditActions.QuotaRequestWithdraw, id, null, PolicyRules.ClusterCreate, (_, request) =>
        {
            if (request.ProjectId != caller.ProjectId)
            {
                return Task.FromResult<MagnumError?>(NotFound(id));
            }

            request.State = QuotaRequestState.Withdrawn;
            return Task.FromResult<MagnumError?>(null);
        }, cancellationToken);

    private Task<Result<QuotaRequest>> AnswerAsync(
        Caller caller, string action, long id, string? detail, string rule, Func<MagnumDbContext, QuotaRequest, Task<MagnumError?>> answer, CancellationToken cancellationToken) =>
        _audit.KeepAsync<QuotaRequest>(caller, action, new AuditAbout(Text($"request {id}"), Detail: detail), async () =>
        {
            if (_policy.Check(caller, rule) is { } refused)
            {
                return refused;
            }

            await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
            if (await db.QuotaRequests.SingleOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } request)
            {
                return NotFound(id);
            }

            if (request.State is not QuotaRequestState.Open)
            {
                return Answered(request);
            }

            if (await answer(db, request) is { } wrong)
            {
                return wrong;
            }

            (request.DecidedBy, request.DecidedAt) = (caller.Token.UserName, _time.GetUtcNow());
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException e) when (e is DbUpdateConcurrencyException || DatabaseErrors.IsUniqueViolation(e))
            {
                return new MagnumError.Conflict("Somebody else has just answered this request.");
            }

            _changes.Tell(request);
            return request;
        }, r => new AuditFound(r.ProjectName, r.ProjectId));

    private static MagnumError NotFound(long id) => new MagnumError.NotFound(Text($"Quota request {id} could not be found."));

    private static MagnumError Answered(QuotaRequest request) => new MagnumError.Conflict($"The request was answered already, by {request.DecidedBy}.");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
