using System.Text.RegularExpressions;

namespace Magnum.Core.Diagnosis;

/// <summary>Who has to act on a failure.</summary>
public enum Actor
{
    /// <summary>Somebody of the project.</summary>
    User,

    /// <summary>Somebody who runs the cloud, or Magnum.</summary>
    Operator,

    /// <summary>Nobody: it may pass by itself.</summary>
    Wait,
}

/// <summary>How much a message tells about what went wrong; the first of these wins.</summary>
public enum Telling
{
    /// <summary>What it came from.</summary>
    Cause,

    /// <summary>What was seen of it.</summary>
    Symptom,

    /// <summary>Only that somebody gave up waiting.</summary>
    TimeOut,
}

/// <summary>A failure that is known.</summary>
public sealed class FailureCause
{
    /// <summary>Longest text that is searched; what is longer is searched at its beginning.</summary>
    internal const int MaxText = 4000;

    private readonly Lazy<Regex>? _pattern;

    internal FailureCause(string code, Actor who, string title, string? pattern, Telling telling = Telling.Cause)
    {
        (Code, Who, Title, Telling) = (code, who, title, telling);
        _pattern = pattern is null ? null : new Lazy<Regex>(() => new Regex(
            pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Compiled, TimeSpan.FromSeconds(1)));
    }

    /// <summary>A stable word such as <c>no-valid-host</c>.</summary>
    public string Code { get; }

    /// <summary>Who has to act.</summary>
    public Actor Who { get; }

    /// <summary>What happened, in one sentence.</summary>
    public string Title { get; }

    /// <summary>How much it tells.</summary>
    public Telling Telling { get; }

    /// <summary>Whether it is found by its message; else by what an operation waits for.</summary>
    public bool HasPattern => _pattern is not null;

    internal bool Matches(string text)
    {
        try
        {
            return _pattern?.Value.IsMatch(text.Length > MaxText ? text[..MaxText] : text) == true;
        }
        catch (RegexMatchTimeoutException)
        {
            return false;   // a text made to be slow is not one that is known
        }
    }

    /// <inheritdoc />
    public override string ToString() => Code;
}
