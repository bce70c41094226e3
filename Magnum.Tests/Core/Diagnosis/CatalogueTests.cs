using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Magnum.Core.Diagnosis;
using Magnum.Tests.Support.Lanes;
using Magnum.Web.Components.Localization;

namespace Magnum.Tests.Core.Diagnosis;

public sealed partial class CatalogueTests
{
    private static readonly ResourceManager Texts = new(typeof(Text));

    public static TheoryData<string> Codes => [.. FailureCatalogue.All.Select(c => c.Code)];

    [Fact]
    public void Codes_AreStableWordsAndNoneIsThereTwice()
    {
        Assert.All(FailureCatalogue.All, c => Assert.Matches("^[a-z]+(-[a-z]+)*$", c.Code));
        Assert.Distinct(FailureCatalogue.All.Select(c => c.Code));
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Cause_HasItsWordsInBothLanguages(string code)
    {
        var cause = FailureCatalogue.All.Single(c => c.Code == code);

        Assert.Equal(cause.Title, Texts.GetString($"Cause.{code}", CultureInfo.InvariantCulture));
        foreach (var culture in new[] { CultureInfo.InvariantCulture, new CultureInfo("zh-Hans") })
        {
            var set = Texts.GetResourceSet(culture, createIfNotExists: true, tryParents: false)!;
            Assert.NotEmpty(set.GetString($"Cause.{code}") ?? "");
            Assert.NotEmpty(set.GetString($"Cause.{code}.Do") ?? "");
        }
    }

    [Fact]
    public void Documentation_NamesEachCauseWithItsWordsAndWhoActs()
    {
        var written = Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations", "diagnosis.md")))
            .Select(m => (m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value, m.Groups[4].Value));

        Assert.Equal(
            FailureCatalogue.All.Select(c => (c.Code, c.Title, Who(c.Who), Texts.GetString($"Cause.{c.Code}.Do", CultureInfo.InvariantCulture)!)).Order(),
            written.Order());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("the cloud works on the cluster's resources: control-plane 0/1, workers 0/3")]
    [InlineData("the operation before ends its running step")]
    [InlineData("All of the cluster's resources are there.")]
    public void WhatIsNoFailure_MatchesNone(string? text) => Assert.Null(FailureCatalogue.Match(text));

    [Fact]
    public void LongAndHostileText_IsSearchedInBoundedTime()
    {
        var text = string.Concat(Enumerable.Repeat("volume Volume Network network Image flavor requested ", 100_000));

        Assert.Null(FailureCatalogue.Match(text));
    }

    [Fact]
    public void OfSeveral_TheCauseComesBeforeWhatFollowedFromIt()
    {
        string[] said = ["Create timed out", "The kubelet is not healthy", "Quota exceeded for resources: ['port'].", "No valid host was found."];

        Assert.Equal("quota-ports", FailureCatalogue.MostTelling(said, s => s)?.Cause?.Code);
        Assert.Null(FailureCatalogue.MostTelling(Array.Empty<string>(), s => s));
    }

    private static string Who(Actor who) => who switch
    {
        Actor.User => "you",
        Actor.Operator => "an operator",
        _ => "nobody: wait",
    };

    [GeneratedRegex(@"^\| `([a-z-]+)` \| (.*?) \| (.*?) \| (.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
