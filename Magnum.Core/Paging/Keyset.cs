using System.Linq.Expressions;
using System.Reflection;

namespace Magnum.Core.Paging;

/// <summary>Builds the conditions of keyset paging.</summary>
internal static class Keyset
{
    private static readonly MethodInfo CompareStrings = typeof(string).GetMethod(nameof(string.Compare), [typeof(string), typeof(string)])!;

    /// <summary><c>a &lt;= x AND (a &lt; x OR id &lt; y)</c>: said this way round, PostgreSQL enters the index at x instead of walking up to it.</summary>
    public static Expression<Func<TEntity, bool>> After<TEntity, TKey>(
        Expression<Func<TEntity, TKey>> key, Expression<Func<TEntity, long>> id, TKey at, long number, bool descending)
    {
        var (strict, loose) = descending
            ? (ExpressionType.LessThan, ExpressionType.LessThanOrEqual)
            : (ExpressionType.GreaterThan, ExpressionType.GreaterThanOrEqual);
        return Combine(
            Compare(key, loose, at),
            Combine(Compare(key, strict, at), Compare(id, strict, number), Expression.OrElse),
            Expression.AndAlso);
    }

    /// <summary>The key compared with a value, which becomes a parameter of the query.</summary>
    public static Expression<Func<TEntity, bool>> Compare<TEntity, TKey>(Expression<Func<TEntity, TKey>> key, ExpressionType comparison, TKey value)
    {
        if (typeof(TKey).IsEnum)
        {
            return CompareEnum(key, comparison, value);
        }

        // A member of a captured object becomes a parameter; a constant would make a new query plan for each page.
        Expression parameter = Expression.Field(Expression.Constant(new Captured<TKey>(value)), nameof(Captured<TKey>.Value));
        var body = key.Body;
        if (typeof(TKey) == typeof(string))
        {
            (body, parameter) = (Expression.Call(CompareStrings, body, parameter), Expression.Constant(0));
        }

        return Expression.Lambda<Func<TEntity, bool>>(Expression.MakeBinary(comparison, body, parameter), key.Parameters);
    }

    /// <summary>Enums are stored as text, which their numbers do not follow: the values on the right side of the text are listed.</summary>
    private static Expression<Func<TEntity, bool>> CompareEnum<TEntity, TKey>(Expression<Func<TEntity, TKey>> key, ExpressionType comparison, TKey value)
    {
        var values = Enum.GetValues(typeof(TKey)).Cast<TKey>().Where(v =>
        {
            var order = string.CompareOrdinal(v!.ToString(), value!.ToString());
            return comparison switch
            {
                ExpressionType.LessThan => order < 0,
                ExpressionType.LessThanOrEqual => order <= 0,
                ExpressionType.GreaterThan => order > 0,
                _ => order >= 0,
            };
        }).ToArray();
        var listed = Expression.Field(Expression.Constant(new Captured<TKey[]>(values)), nameof(Captured<TKey[]>.Value));
        return Expression.Lambda<Func<TEntity, bool>>(
            Expression.Call(typeof(Enumerable), nameof(Enumerable.Contains), [typeof(TKey)], listed, key.Body),
            key.Parameters);
    }

    public static Expression<Func<TEntity, bool>> Combine<TEntity>(
        Expression<Func<TEntity, bool>> left, Expression<Func<TEntity, bool>> right, Func<Expression, Expression, BinaryExpression> with) =>
        Expression.Lambda<Func<TEntity, bool>>(with(left.Body, Rebase(right, left.Parameters[0])), left.Parameters);

    public static Expression<Func<TEntity, bool>> Not<TEntity>(Expression<Func<TEntity, bool>> condition) =>
        Expression.Lambda<Func<TEntity, bool>>(Expression.Not(condition.Body), condition.Parameters);

    public static Expression<Func<TEntity, ValueTuple<TKey, long>>> Pair<TEntity, TKey>(Expression<Func<TEntity, TKey>> key, Expression<Func<TEntity, long>> id) =>
        Expression.Lambda<Func<TEntity, ValueTuple<TKey, long>>>(
            Expression.New(
                typeof(ValueTuple<TKey, long>).GetConstructor([typeof(TKey), typeof(long)])!,
                key.Body,
                Rebase(id, key.Parameters[0])),
            key.Parameters);

    private static Expression Rebase<TEntity, TValue>(Expression<Func<TEntity, TValue>> expression, ParameterExpression parameter) =>
        new Replace(expression.Parameters[0], parameter).Visit(expression.Body);

    private sealed class Captured<T>(T value)
    {
        public readonly T Value = value;
    }

    private sealed class Replace(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : node;
    }
}
