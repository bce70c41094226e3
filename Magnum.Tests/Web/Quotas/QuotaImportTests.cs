using Magnum.Core.Quotas;
using Magnum.Web.Components.Parts;
using Magnum.Web.Features.Quotas;

namespace Magnum.Tests.Web.Quotas;

public sealed class QuotaImportTests
{
    private static readonly Dictionary<string, string> Names = new() { ["1"] = "demo", ["2"] = "alt", ["3"] = "twin", ["4"] = "twin", ["5"] = "-dash" };

    [Fact]
    public void EachLine_SaysWhatItWouldChange_OrWhatIsWrong()
    {
        var lines = Read(
            """
            project_id,project_name,limit
            1,,5
            ,alt,3
            5,,20

            ,nobody,1
            ,twin,1
            3,,-1
            4,,many
            1,,6
            ,,9
            9,,1
            """);

        Assert.Equal(
            [
                (2, "demo", QuotaLineKind.Changed, 4, 5),
                (3, "alt", QuotaLineKind.New, 20, 3),
                (4, "-dash", QuotaLineKind.Unchanged, 20, 20),
                (5, "nobody", QuotaLineKind.UnknownProject, null, null),
                (6, "twin", QuotaLineKind.AmbiguousProject, null, null),
                (7, "twin", QuotaLineKind.Negative, 20, null),
                (8, "twin", QuotaLineKind.NotANumber, 20, null),
                (9, "demo", QuotaLineKind.Twice, 4, null),
                (10, "", QuotaLineKind.NoProject, null, null),
                (11, "gone", QuotaLineKind.New, 20, 1),
            ],
            lines!.Select(l => (l.Number, l.Project == "9" ? "gone" : l.Project, l.Kind, l.Before, l.Limit)));
        Assert.Equal([true, false], lines!.Take(2).Select(l => l.IsStored));
        Assert.Equal(["1", "2", "9"], lines!.Where(l => l.Stores).Select(l => l.ProjectId));
    }

    [Theory]
    [InlineData("99999999999999999999")]
    [InlineData("2147483648")]
    [InlineData("1.5")]
    [InlineData("")]
    public void WhatIsNoLimit_IsNoNumber(string limit) =>
        Assert.Equal(QuotaLineKind.NotANumber, Assert.Single(Read($"project_id,limit\n1,{limit}")!).Kind);

    [Fact]
    public void WhatWasExported_ChangesNothing_AndANameIsFoundThatNoSpreadsheetMayTakeForAFormula() =>
        Assert.All(
            Read(Csv.Write(["project_name", "limit", "used", "origin"], [["demo", "4", "1", "set"], ["alt", "20", "0", "default"], ["-dash", "20", "0", "default"]]))!,
            line => Assert.Equal(QuotaLineKind.Unchanged, line.Kind));

    [Theory]
    [InlineData("")]
    [InlineData("demo,3")]
    [InlineData("project_name,used")]
    public void WithoutTheColumns_ItIsNotRead(string text) => Assert.Null(Read(text));

    [Fact]
    public void AByteOrderMarkAndCapitals_AreNoMatter() => Assert.Equal(QuotaLineKind.Changed, Assert.Single(Read("\uFEFFProject_ID,LIMIT\r\n1,0\r\n")!).Kind);

    private static IReadOnlyList<QuotaImportLine>? Read(string text) => QuotaImport.Read(
        text,
        Names,
        new Dictionary<string, QuotaUsage> { ["1"] = new("1", 4, 1, new Quota { HardLimit = 4 }), ["9"] = new("9", 20, 2, null) },
        20);
}
