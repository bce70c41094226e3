using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Magnum.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Paging;

/// <summary>The columns by which one kind of list can be sorted, by the API's spelling.</summary>
internal sealed class SortColumns<TEntity>(Expression<Func<TEntity, long>> id)
{
    private readonly Dictionary<string, SortColumn<TEntity>> _columns = new(StringComparer.Ordinal) { ["id"] = new IdColumn<TEntity>(id) };

    /// <summary>A column with a value in every row.</summary>
    public SortColumns<TEntity> Add<TKey>(string name, Expression<Func<TEntity, TKey>> key)
        where TKey : notnull
    {
        _columns.Add(name, new SortColumn<TEntity, TKey>(key, id));
        return this;
    }

    /// <summary>A column that may be empty.</summary>
    public SortColumns<TEntity> Add<TKey>(string name, Expression<Func<TEntity, bool>> isNull, Expression<Func<TEntity, TKey>> value)
        where TKey : notnull
    {
        _columns.Add(name, new NullableSortColumn<TEntity, TKey>(isNull, value, id));
        return this;
    }

    /// <summary>The column of this name; false with the refusal when there is none.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out SortColumn<TEntity>? column, [NotNullWhen(false)] out MagnumError? error)
    {
        error = _columns.TryGetValue(name, out column)
            ? null
            : new MagnumError.Invalid($"The sort_key value \"{name}\" is an invalid field for sorting") { Field = "sort_key" };
        return column is not null;
    }

    /// <summary>The page of the rows, sorted and cut.</summary>
    /// <param name="marker">Of the visible rows the one that the marker names; null without marker.</param>
    /// <param name="notFound">The refusal when the marker names nothing that the caller sees.</param>
    public async Task<Result<IQueryable<TEntity>>> PageAsync(
        IQueryable<TEntity> rows, PageRequest page, IQueryable<TEntity>? marker, Func<MagnumError> notFound, CancellationToken cancellationToken)
    {
        if (!TryGet(page.SortKey, out var column, out var error))
        {
            return error;
        }

        if (marker is not null)
        {
            if (!await marker.AnyAsync(cancellationToken))
            {
                return notFound();
            }

            rows = await column.AfterAsync(rows, marker, page.Descending, cancellationToken);
        }

        return Result.Success(column.Order(rows, page.Descending).Take(page.Limit));
    }
}
