using System.Data;
using Magnum.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Persistence;

/// <summary>Runs a piece of work in one transaction, again from its beginning when somebody else was faster.</summary>
internal static class Transactions
{
    /// <summary>As many as can meet at one row without one of them giving up.</summary>
    private const int Tries = 12;

    /// <summary>
    /// Runs the work with a new context each time. An error that the work returns rolls back. SQLite begins with the write lock
    /// (<c>BEGIN IMMEDIATE</c>), so that two writers wait for each other instead of failing half-way.
    /// </summary>
    public static async Task<Result<T>> InTransactionAsync<T>(
        this IDbContextFactory<MagnumDbContext> factory,
        Func<MagnumDbContext, Task<Result<T>>> work,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var db = await factory.CreateDbContextAsync(cancellationToken);
            try
            {
                await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
                var result = await work(db);
                if (result.IsSuccess)
                {
                    await transaction.CommitAsync(cancellationToken);
                }

                return result;
            }
            catch (Exception e) when (DatabaseErrors.IsBusy(e))
            {
                return new MagnumError.Unavailable("Magnum's database is busy. Try again in a moment.");
            }
            catch (Exception e) when (DatabaseErrors.IsContention(e) && attempt < Tries)
            {
                // Begin anew: what was read is stale.
            }
            catch (Exception e) when (DatabaseErrors.IsContention(e))
            {
                return new MagnumError.Conflict("Somebody else changed the same thing meanwhile. Try again.");
            }
        }
    }
}
