using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Paging;

/// <summary>A stored column by which a list can be sorted and paged; the row number breaks ties.</summary>
internal abstract class SortColumn<TEntity>
{
    /// <summary>Sorts; without a value comes first, on every database.</summary>
    public abstract IOrderedQueryable<TEntity> Order(IQueryable<TEntity> rows, bool descending);

    /// <summary>The rows after the one with this row number, in that order. The row has to exist.</summary>
    public abstract Task<IQueryable<TEntity>> AfterAsync(IQueryable<TEntity> rows, IQueryable<TEntity> marker, bool descending, CancellationToken cancellationToken);
}

/// <summary>The row number itself.</summary>
internal sealed class IdColumn<TEntity>(Expression<Func<TEntity, long>> id) : SortColumn<TEntity>
{
    public override IOrderedQueryable<TEntity> Order(IQueryable<TEntity> rows, bool descending) =>
        descending ? rows.OrderByDescending(id) : rows.OrderBy(id);

    public override async Task<IQueryable<TEntity>> AfterAsync(
        IQueryable<TEntity> rows, IQueryable<TEntity> marker, bool descending, CancellationToken cancellationToken)
    {
        var last = await marker.Select(id).FirstAsync(cancellationToken);
        return rows.Where(Keyset.Compare(id, descending ? ExpressionType.LessThan : ExpressionType.GreaterThan, last));
    }
}

/// <summary>A column with a value in every row.</summary>
internal sealed class SortColumn<TEntity, TKey>(Expression<Func<TEntity, TKey>> key, Expression<Func<TEntity, long>> id) : SortColumn<TEntity>
    where TKey : notnull
{
    public override IOrderedQueryable<TEntity> Order(IQueryable<TEntity> rows, bool descending) =>
        descending ? rows.OrderByDescending(key).ThenByDescending(id) : rows.OrderBy(key).ThenBy(id);

    public override async Task<IQueryable<TEntity>> AfterAsync(
        IQueryable<TEntity> rows, IQueryable<TEntity> marker, bool descending, CancellationToken cancellationToken)
    {
        var last = await marker.Select(Keyset.Pair(key, id)).FirstAsync(cancellationToken);
        return rows.Where(Keyset.After(key, id, last.Item1, last.Item2, descending));
    }
}

/// <summary>A column that may be empty. Databases disagree on where nulls go, so the order says it: first when ascending.</summary>
/// <param name="value">The same column where it is known not to be null.</param>
internal sealed class NullableSortColumn<TEntity, TKey>(
    Expression<Func<TEntity, bool>> isNull, Expression<Func<TEntity, TKey>> value, Expression<Func<TEntity, long>> id) : SortColumn<TEntity>
    where TKey : notnull
{
    public override IOrderedQueryable<TEntity> Order(IQueryable<TEntity> rows, bool descending) => descending
        ? rows.OrderBy(isNull).ThenByDescending(value).ThenByDescending(id)
        : rows.OrderByDescending(isNull).ThenBy(value).ThenBy(id);

    public override async Task<IQueryable<TEntity>> AfterAsync(
        IQueryable<TEntity> rows, IQueryable<TEntity> marker, bool descending, CancellationToken cancellationToken)
    {
        var withValue = Keyset.Not(isNull);
        if (await marker.AnyAsync(isNull, cancellationToken))
        {
            var last = await marker.Select(id).FirstAsync(cancellationToken);
            return descending
                ? rows.Where(Keyset.Combine(isNull, Keyset.Compare(id, ExpressionType.LessThan, last), Expression.AndAlso))
                : rows.Where(Keyset.Combine(
                    withValue,
                    Keyset.Combine(isNull, Keyset.Compare(id, ExpressionType.GreaterThan, last), Expression.AndAlso),
                    Expression.OrElse));
        }

        var (at, number) = await marker.Select(Keyset.Pair(value, id)).FirstAsync(cancellationToken);
        var after = Keyset.Combine(withValue, Keyset.After(value, id, at, number, descending), Expression.AndAlso);
        return rows.Where(descending ? Keyset.Combine(isNull, after, Expression.OrElse) : after);
    }
}
