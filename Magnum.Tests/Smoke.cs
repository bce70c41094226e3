namespace Magnum.Tests;

public sealed class Smoke
{
    [Fact]
    public void True() => Assert.NotNull(TestContext.Current);
}
