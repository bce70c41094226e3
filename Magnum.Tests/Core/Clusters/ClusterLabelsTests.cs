using Magnum.Core.Clusters;

namespace Magnum.Tests.Core.Clusters;

public sealed class ClusterLabelsTests
{
    private static readonly Dictionary<string, string> Parent = new() { ["a"] = "1", ["b"] = "2" };

    [Theory]
    [InlineData("", false, "a=1 b=2")]
    [InlineData("", true, "a=1 b=2")]
    [InlineData("b=3 c=4", false, "b=3 c=4")]
    [InlineData("b=3 c=4", true, "a=1 b=3 c=4")]
    public void Inherit_TakesReplacesOrMerges(string given, bool merge, string expected) =>
        Assert.Equal(expected, Write(ClusterLabels.Inherit(Parent, Read(given), merge)));

    [Fact]
    public void Inherit_NothingGiven_IsACopy()
    {
        var labels = ClusterLabels.Inherit(Parent, null, merge: false);
        labels["a"] = "changed";

        Assert.Equal("1", Parent["a"]);
    }

    [Theory]
    [InlineData("a=1 b=2", "", "", "")]
    [InlineData("b=3 c=4", "b=2", "c=4", "a=1")]
    [InlineData("", "", "", "a=1 b=2")]
    public void Compare_TellsOverriddenAddedSkipped(string labels, string overridden, string added, string skipped)
    {
        var differences = ClusterLabels.Compare(Parent, Read(labels));

        Assert.Equal((overridden, added, skipped), (Write(differences.Overridden), Write(differences.Added), Write(differences.Skipped)));
    }

    private static Dictionary<string, string> Read(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')).ToDictionary(p => p[0], p => p[1]);

    private static string Write(IReadOnlyDictionary<string, string> labels) =>
        string.Join(' ', labels.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"));
}
