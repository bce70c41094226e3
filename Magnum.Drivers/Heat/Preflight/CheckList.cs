using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;

namespace Magnum.Drivers.Heat.Preflight;

/// <summary>What a service answered, or why it did not.</summary>
internal sealed record Answer<T>(T? Value, CloudException? Trouble);

/// <summary>Collects what was looked at.</summary>
internal sealed class CheckList
{
    private readonly List<PreflightCheck> _checks = [];

    /// <summary>In the order in which they were made.</summary>
    public IReadOnlyList<PreflightCheck> Checks => _checks;

    public void Pass(string id, string message, string? field = null) => _checks.Add(new(id, CheckOutcome.Pass, message, field));

    public void Warn(string id, string message, string? field = null) => _checks.Add(new(id, CheckOutcome.Warning, message, field));

    public void Fail(string id, string message, string? field = null) => _checks.Add(new(id, CheckOutcome.Fail, message, field));

    /// <summary>A failure for each fault, or one passed check when there is none.</summary>
    public void Judge(string id, IEnumerable<string> faults, string passed, string? field = null)
    {
        var found = faults.ToList();
        foreach (var fault in found)
        {
            Fail(id, fault, field);
        }

        if (found.Count == 0)
        {
            Pass(id, passed, field);
        }
    }

    /// <summary>Asks a service. Only a credential that is no good ends the plan: everything else is something to be told.</summary>
    public static async Task<Answer<T>> AskAsync<T>(Task<T> question)
    {
        try
        {
            return new Answer<T>(await question, null);
        }
        catch (CloudException e) when (e.Fault is not CloudFault.Unauthorized)
        {
            return new Answer<T>(default, e);
        }
    }

    /// <summary>The answer; when there is none that becomes a check, failed if nothing can be made without that service.</summary>
    public T? Take<T>(Answer<T> answer, string id, string what, bool isNeeded, string? field = null)
        where T : class?
    {
        if (answer.Trouble is { } trouble)
        {
            _checks.Add(new(id, isNeeded ? CheckOutcome.Fail : CheckOutcome.Warning, $"{what} could not be looked up: {trouble.Message}", field));
        }

        return answer.Value;
    }
}
