using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Magnum.Core.Persistence;

/// <summary>What a database's refusal means, in each database's own codes.</summary>
public static class DatabaseErrors
{
    private const int SqliteBusy = 5;

    /// <summary>Somebody else was faster: the same transaction, begun anew, can succeed.</summary>
    internal static bool IsContention(Exception exception) =>
        exception is DbUpdateConcurrencyException || IsUniqueViolation(exception) || Find(exception) switch
        {
            SqliteException e => e.SqliteErrorCode is SqliteBusy or 6 && !IsBusy(e),    // SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED
            PostgresException e => e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
            SqlException e => e.Number is 1205 or 3960,                                 // deadlock victim, snapshot conflict
            _ => false,
        };

    /// <summary>SQLite's one writer did not come to an end for as long as a statement waits: trying again at once would wait as long again.</summary>
    public static bool IsBusy(Exception exception) => Find(exception) is SqliteException { SqliteErrorCode: SqliteBusy, SqliteExtendedErrorCode: SqliteBusy };

    /// <summary>A value that has to be unique is there already.</summary>
    internal static bool IsUniqueViolation(Exception exception) => Find(exception) switch
    {
        SqliteException e => e.SqliteExtendedErrorCode is 2067 or 1555,                 // SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY
        PostgresException e => e.SqlState == PostgresErrorCodes.UniqueViolation,
        SqlException e => e.Number is 2601 or 2627,
        _ => false,
    };

    private static DbException? Find(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is DbException found)
            {
                return found;
            }
        }

        return null;
    }
}
