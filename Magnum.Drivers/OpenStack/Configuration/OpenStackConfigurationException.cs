namespace Magnum.Drivers.OpenStack.Configuration;

/// <summary>A cloud is configured, but not so that it can be used.</summary>
/// <param name="problems">One sentence each, naming the key that is at fault.</param>
public sealed class OpenStackConfigurationException(IReadOnlyList<string> problems)
    : Exception($"The cloud's configuration cannot be used: {string.Join(" ", problems)}")
{
    /// <summary>One sentence each, naming the key that is at fault.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
