using System.Diagnostics.CodeAnalysis;

namespace Magnum.Core.Errors;

/// <summary>A value, or what the caller can do about there being none.</summary>
public readonly struct Result<T>
{
    internal Result(T? value, MagnumError? error) => (Value, Error) = (value, error);

    /// <summary>The value; default when there is an <see cref="Error"/>.</summary>
    public T? Value { get; }

    /// <summary>The error; null on success.</summary>
    public MagnumError? Error { get; }

    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccess => Error is null;

    /// <summary>A value.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>An error.</summary>
    public static implicit operator Result<T>(MagnumError error) => new(default, error);

    /// <summary>One of the two.</summary>
    public TResult Match<TResult>(Func<T, TResult> success, Func<MagnumError, TResult> failure) =>
        Error is null ? success(Value!) : failure(Error);
}

/// <summary>Makes results where the language does not convert by itself.</summary>
public static class Result
{
    /// <summary>A value; needed for interfaces, from which there are no implicit conversions.</summary>
    public static Result<T> Success<T>(T value) => new(value, null);
}

/// <summary>For results that have nothing to tell.</summary>
public readonly record struct Unit;
