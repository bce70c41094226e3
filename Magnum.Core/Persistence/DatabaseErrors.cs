using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Magnum.Core.Persistence;

/// <summary>What a database's refusal means, in each database's own codes.</summary>
internal static class DatabaseErrors
{
    /// <summary>Somebody else was faster: the same transaction, begun anew, can succeed.</summary>
    public static bool IsContention(Exception exception) =>
        exception is DbUpdateConcurrencyException || IsUniqueViolation(exception) || Find(exception) switch
        {
            SqliteException e => e.SqliteErrorCode is 5 or 6,                           // SQLITE_BUSY, SQLITE_LOCKED
            PostgresException e => e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
            SqlException e => e.Number is 1205 or 3960,                                 // deadlock victim, snapshot conflict
            _ => false,
        };

    /// <summary>A value that has to be unique is there already.</summary>
    public static bool IsUniqueViolation(Exception exception) => Find(exception) switch
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
