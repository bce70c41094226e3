using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Magnum.Tests.Support.Conductor;

/// <summary>A process that is killed after so many actions: whatever it does outside itself is one, and after its death it does none.</summary>
internal sealed class LifeLine : DbCommandInterceptor
{
    private int _actions;

    /// <summary>Dies at this action; 0: lives.</summary>
    public int DiesAt { get; init; }

    public bool IsDead { get; private set; }

    public int Actions => _actions;

    public void Tick()
    {
        if (IsDead || Interlocked.Increment(ref _actions) == DiesAt)
        {
            IsDead = true;
            throw new KilledException();
        }
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Tick();
        return base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Tick();
        return base.NonQueryExecutingAsync(command, eventData, result, cancellationToken);
    }
}

/// <summary>The process is gone. A database's exception, as that is what the conductor lets through.</summary>
internal sealed class KilledException() : DbException("killed");
