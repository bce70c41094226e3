using Magnum.Core.Certificates;

namespace Magnum.Tests.Core.Certificates;

public sealed class KeyMakingTests
{
    [Fact]
    public void Places_AreHalfOfTheProcessors_AndFreeAgainAfterwards()
    {
        var keys = new KeyMaking();
        var places = Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount / 2)).Select(_ => keys.TryEnter()).ToList();
        Assert.All(places, Assert.NotNull);
        Assert.Null(keys.TryEnter());
        Assert.Null(keys.TryEnter());

        places[0]!.Dispose();

        using var again = keys.TryEnter();
        Assert.NotNull(again);
        Assert.Null(keys.TryEnter());
    }
}
