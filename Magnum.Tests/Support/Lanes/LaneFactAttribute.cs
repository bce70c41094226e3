using System.Runtime.CompilerServices;
using Xunit.v3;

namespace Magnum.Tests.Support.Lanes;

/// <summary>A test of a lane: skipped with the command that runs it, unless the run chose that lane.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(FactDiscoverer))]
public sealed class LaneFactAttribute : FactAttribute, ITraitAttribute
{
    /// <param name="lane">One of <see cref="Lane"/>'s names; also the trait <c>Lane</c>.</param>
    /// <param name="sourceFilePath">Filled in by the compiler.</param>
    /// <param name="sourceLineNumber">Filled in by the compiler.</param>
    public LaneFactAttribute(string lane, [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Name = lane;
        if (!Lane.IsChosen(lane))
        {
            Skip = $"run ./test.sh {lane}";
        }
    }

    /// <summary>The lane.</summary>
    public string Name { get; }

    /// <inheritdoc />
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Lane", Name)];
}
