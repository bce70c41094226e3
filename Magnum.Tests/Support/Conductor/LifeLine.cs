using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Magnum.Tests.Support.Conductor;

/// <summary>
/// A process that is killed at one of its actions: a write to the database, a call of the cloud before and after its effect. What a process
/// does in between leaves no trace, so these are all the moments that differ. After its death it does nothing any more.
/// </summary>
internal sealed class LifeLine : DbCommandInterceptor, ISaveChangesInterceptor
{
    private int _actions;

    /// <summary>Dies at this action; 0: lives.</summary>
    public int DiesAt { get; init; }

    public bool IsDead { get; private set; }

    /// <summary>Dies now.</summary>
    public void Die()
    {
        IsDead = true;
        throw new KilledException();
    }

    public void Tick()
    {
        if (IsDead || Interlocked.Increment(ref _actions) == DiesAt)
        {
            Die();
        }
    }

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Tick();
        return ValueTask.FromResult(result);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (IsDead || eventData.CommandSource is CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete)
        {
            Tick();
        }

        return base.NonQueryExecutingAsync(command, eventData, result, cancellationToken);
    }
}

/// <summary>The process is gone. A database's exception, as that is what the conductor lets through.</summary>
internal sealed class KilledException() : DbException("killed");
