using Magnum.Core;
using Magnum.Core.Releases;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Magnum.Tests.Core.Releases;

public sealed class KubernetesReleasesTests
{
    [Theory]
    [InlineData("2025-09-11T23:59:59Z", 61, false, false)]
    [InlineData("2025-09-12T00:00:00Z", 60, true, false)]
    [InlineData("2025-11-10T23:59:59Z", 1, true, false)]
    [InlineData("2025-11-11T00:00:00Z", 0, false, true)]
    [InlineData("2025-11-11T01:00:00+02:00", 1, true, false)]   // in London it is still the day before
    [InlineData("2026-11-11T00:00:00Z", -365, false, true)]
    public void Support_EndsWithTheDay(string now, int days, bool soon, bool over)
    {
        var support = At(now).Find("v1.31.4")!;

        Assert.Equal((days, soon, over), (support.DaysLeft, support.EndsSoon, support.IsOver));
    }

    [Theory]
    [InlineData("v1.31.4", "1.31")]
    [InlineData("1.31", "1.31")]
    [InlineData("1.31.0-rc.1", "1.31")]
    [InlineData("v1.31.4+k3s1", "1.31")]
    [InlineData("v1.310.4", null)]
    [InlineData("v1.3", null)]
    [InlineData("1.99.1", null)]
    [InlineData("1", null)]
    [InlineData("latest", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Version_IsFoundByItsMinor_WhatIsNotKnownIsNot(string? version, string? minor) =>
        Assert.Equal(minor, At("2026-01-01T00:00:00Z").Find(version)?.Release.Minor);

    [Fact]
    public void Known_AreInOrderAndEndAfterTheyBegin()
    {
        var known = KubernetesReleases.Known;

        Assert.Equal(Enumerable.Range(24, known.Count).Select(n => $"1.{n}"), known.Select(r => r.Minor));
        Assert.All(known, r => Assert.InRange(r.EndOfLife.DayNumber - r.ReleasedOn.DayNumber, 420, 480));
    }

    [Fact]
    public void Configuration_AddsAndReplaces()
    {
        var releases = Configured(
            ("Releases:1.31:ReleasedOn", "2024-08-13"), ("Releases:1.31:EndOfLife", "2030-01-01"),
            ("Releases:1.99:ReleasedOn", "2029-08-13"), ("Releases:1.99:EndOfLife", "2030-10-01"));

        Assert.Equal(new DateOnly(2030, 1, 1), releases.Find("v1.31.1")!.Release.EndOfLife);
        Assert.Equal(new DateOnly(2030, 10, 1), releases.Find("1.99.0")!.Release.EndOfLife);
        Assert.Equal(new DateOnly(2026, 2, 28), releases.Find("1.32.0")!.Release.EndOfLife);
    }

    [Theory]
    [InlineData("v1.31", "2024-08-13", "2030-01-01", "Magnum:Kubernetes:Releases:v1.31: the name is to be a minor version such as 1.38.")]
    [InlineData("1.31.1", "2024-08-13", "2030-01-01", "Magnum:Kubernetes:Releases:1.31.1: the name is to be a minor version such as 1.38.")]
    [InlineData("1.38", "2026-12-09", null, "Magnum:Kubernetes:Releases:1.38: ReleasedOn and EndOfLife are needed, as days such as 2026-08-26.")]
    [InlineData("1.38", "2026-12-09", "2026-12-09", "Magnum:Kubernetes:Releases:1.38: EndOfLife (2026-12-09) has to be later than ReleasedOn (2026-12-09).")]
    public void Configuration_ThatCannotWork_IsNamedByItsKey(string version, string released, string? end, string message)
    {
        var fault = Assert.Throws<OptionsValidationException>(() => Configured(($"Releases:{version}:ReleasedOn", released), ($"Releases:{version}:EndOfLife", end)));

        Assert.Equal(message, fault.Message);
    }

    private static KubernetesReleases At(string now) => new(Options.Create(new KubernetesOptions()), new FakeTimeProvider(DateTimeOffset.Parse(now, null)));

    private static KubernetesReleases Configured(params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"{KubernetesOptions.Section}:{s.Key}", s.Value)))
            .Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddMagnumRequests()
            .AddOptions<KubernetesOptions>().BindConfiguration(KubernetesOptions.Section).Services
            .BuildServiceProvider()
            .GetRequiredService<KubernetesReleases>();
    }
}
