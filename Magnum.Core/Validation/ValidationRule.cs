using Magnum.Core.Drivers;
using Magnum.Core.Errors;

namespace Magnum.Core.Validation;

/// <summary>One thing that a request is checked for: a refusal stops it, a plan tells all.</summary>
/// <param name="Id">Stable key, as in <see cref="PreflightCheck.Id"/>.</param>
/// <param name="CheckAsync">Null when there is nothing to say against it.</param>
/// <param name="Passed">What a plan says when all is well; null: nothing.</param>
internal sealed record ValidationRule(string Id, Func<Task<MagnumError?>> CheckAsync, string? Passed = null)
{
    /// <summary>A rule that asks nobody.</summary>
    public ValidationRule(string id, Func<MagnumError?> check, string? passed = null)
        : this(id, () => Task.FromResult(check()), passed)
    {
    }

    /// <summary>The check's line in a plan, if it has one.</summary>
    public PreflightCheck? ToPreflight(MagnumError? error) => error is null
        ? Passed is null ? null : new PreflightCheck(Id, CheckOutcome.Pass, Passed)
        : new PreflightCheck(Id, CheckOutcome.Fail, error.Detail, error.Field);
}
