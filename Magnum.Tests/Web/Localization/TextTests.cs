using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Magnum.Core;
using Magnum.Core.Announcements;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Diagnosis;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Quotas;
using Magnum.Tests.Support.Lanes;
using Magnum.Web.Components.Layout;
using Magnum.Web.Components.Localization;
using Magnum.Web.Features.Clusters;
using Magnum.Web.Features.ClusterTemplates;
using Magnum.Web.Features.Clusters.Code;
using Magnum.Web.Features.Quotas;
using Magnum.Web.Features.SignIn;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace Magnum.Tests.Web.Localization;

public sealed partial class TextTests
{
    private static readonly Dictionary<string, string> English = Read(CultureInfo.InvariantCulture);
    private static readonly Dictionary<string, string> Chinese = Read(new CultureInfo("zh-Hans"));

    [Fact]
    public void EveryText_IsInBothLanguages()
    {
        Assert.Empty(English.Keys.Except(Chinese.Keys).Except(Plurals().Select(p => $"{p}.one")));
        Assert.Empty(Chinese.Keys.Except(English.Keys));
    }

    [Fact]
    public void EveryText_TakesTheSameValuesInBothLanguages() =>
        Assert.Empty(English.Where(e => Chinese.TryGetValue(e.Key, out var chinese) && !Holes(e.Value).SetEquals(Holes(chinese))).Select(e => e.Key));

    [Fact]
    public void EveryTextWithANumber_HasTwoFormsInEnglishAndOneInChinese()
    {
        Assert.NotEmpty(Plurals());
        Assert.All(Plurals(), p =>
        {
            Assert.True(Holes(English[$"{p}.other"]).SetEquals(Holes(English[$"{p}.one"]).Append("{0}")), p);   // "one" may be written out
            Assert.NotEqual(English[$"{p}.one"], English[$"{p}.other"]);
            Assert.False(Chinese.ContainsKey($"{p}.one"), p);
        });
    }

    [Theory]
    [InlineData("en", 0, "0 days")]
    [InlineData("en", 1, "1 day")]
    [InlineData("en-GB", 1, "1 day")]
    [InlineData("en", 2, "2 days")]
    [InlineData("en", 21, "21 days")]
    [InlineData("zh-Hans", 1, "1 天后")]
    [InlineData("zh-Hans", 2, "2 天后")]
    public void Plural_TakesTheFormOfTheNumber(string language, int number, string words)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = new CultureInfo(language);
        try
        {
            using var services = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider();
            Assert.Contains(words, services.GetRequiredService<IStringLocalizer<Text>>().Plural("Version.EndsInDays", number, "1.31"), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    [Fact]
    public void EveryTextNamedInTheSource_IsThere()
    {
        var named = Sources().SelectMany(text => Name().Matches(text)).Select(m => m.Groups[1].Value).Concat(Computed()).Concat(Forms()).Distinct();

        Assert.Equal([], named.Except(English.Keys));
    }

    [Fact]
    public void EveryText_IsUsed()
    {
        var sources = string.Join('\n', Sources());
        var computed = Computed().Concat(Forms()).ToHashSet(StringComparer.Ordinal);

        Assert.Equal([], English.Keys.Except(computed).Where(k => !sources.Contains($"\"{k}\"", StringComparison.Ordinal)));
    }

    /// <summary>The names that are put together from a value.</summary>
    private static IEnumerable<string> Computed() =>
    [
        .. WireSpelling.WireNames<ClusterStatus>().Select(s => $"Status.{s}"),
        .. Enum.GetValues<ClusterStatus>().Where(s => s.IsFailed()).Select(s => $"Failure.{s.ToWire()}"),
        .. WireSpelling.WireNames<HealthStatus>().Append("NONE").Select(s => $"Health.{s}"),
        .. Names<SignInMethod>("SignIn.Method"),
        .. Names<LaunchStep>("Launch.Step"),
        .. Names<CodeLanguage>("Launch.Code"),
        .. Names<SshKeyProblem>("KeyPair.Problem"),
        .. Enum.GetNames<CodeLanguage>().Select(n => $"Launch.Code.{n}.Hint"),
        .. Names<CheckOutcome>("Check"),
        .. TemplateDiff.FieldNames.Select(f => $"Field.{f}"),
        .. Names<OperationKind>("Operation"),
        .. Names<OperationState>("OperationState"),
        .. Names<StepState>("StepState"),
        .. Names<Actor>("Actor"),
        .. FailureCatalogue.All.SelectMany(c => new[] { $"Cause.{c.Code}", $"Cause.{c.Code}.Do" }),
        .. Names<EventSource>("Source"),
        .. Names<EventLevel>("Level"),
        .. Enum.GetValues<OperationKind>().SelectMany(k => OperationSteps.Of(k, new Cluster { NodeGroups = [new NodeGroup()] })).Select(s => $"Step.{s.Name}"),
        .. new[] { "network", "security", "load-balancer", "control-plane", "workers" }.Select(s => $"Stage.{s}"),
        .. ClusterPage.Tabs.Select(t => $"Cluster.Tab.{t}"),
        .. ResourceWords.Kinds.Select(k => $"Resource.{k}"),
        .. Enum.GetNames<CertificatePurpose>().Except([nameof(CertificatePurpose.ServiceAccount)]).Select(p => $"Certificate.{p}"),
        .. Enum.GetNames<CertificateRole>().Except([nameof(CertificateRole.Retired)]).Select(r => $"CertificateRole.{r}"),
        .. new[] { "checks", "resources", "code" }.Select(v => $"Launch.View.{v}"),
        .. ClusterListQuery.Quicks.Select(q => $"Clusters.Quick.{q ?? "all"}"),
        .. ClusterListQuery.Columns.Select(c => $"Clusters.Column.{c}"),
        .. Enum.GetNames<BulkAction>().SelectMany(a => new[] { $"Bulk.{a}", $"Bulk.{a}.Title", $"Bulk.{a}.Text" }),
        .. Names<AnnouncementLevel>("Announcement"),
        .. QuotaPage.Tabs.Select(t => $"Quotas.Tab.{t}"),
        .. Names<QuotaLineKind>("Quotas.Line"),
        .. Names<QuotaRequestState>("Quotas.State"),
        .. new[] { "success", "warning", "error", "info" }.Select(s => $"Notices.{s}"),
        .. new[] { "nodes", "access", "progress", "danger" }.SelectMany(v => new[] { $"Palette.Verb.{v}", $"Palette.Words.{v}" }),
        .. ShortcutDialog.Actions.Select(a => $"Shortcuts.{a}"),
        .. new[] { "api", "dashboard" }.Select(d => $"Audit.Door.{d}"),
        .. new[] { "all", "own", "public", "hidden" }.Select(q => $"Templates.Show.{q}"),
        .. new[] { "Basics", "Engine", "Sizes", "Network", "Storage", "Labels", "Advanced" }.Select(s => $"Section.{s}"),
        .. English.Keys.Where(k => k.StartsWith("Quota.", StringComparison.Ordinal)),
    ];

    /// <summary>The texts that are there in the forms of a number.</summary>
    private static HashSet<string> Plurals() => [.. Sources().SelectMany(text => PluralName().Matches(text)).Select(m => m.Groups[1].Value)];

    private static IEnumerable<string> Forms() => Plurals().SelectMany(p => new[] { $"{p}.one", $"{p}.other" });

    private static IEnumerable<string> Names<T>(string prefix)
        where T : struct, Enum => Enum.GetNames<T>().Select(n => $"{prefix}.{n}");

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "Magnum.Web"), "*.*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".razor", StringComparison.Ordinal) || f.EndsWith(".cs", StringComparison.Ordinal))
            .Select(File.ReadAllText);

    private static HashSet<string> Holes(string text) => [.. Hole().Matches(text).Select(m => $"{{{m.Groups[1].Value}}}")];

    private static Dictionary<string, string> Read(CultureInfo culture) =>
        new ResourceManager(typeof(Text)).GetResourceSet(culture, createIfNotExists: true, tryParents: false)!
            .Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string)e.Value!);

    [GeneratedRegex("""\b(?:T|text|texts|Texts)\["([A-Za-z][A-Za-z0-9_.-]*)["]""", RegexOptions.None)]
    private static partial Regex Name();

    [GeneratedRegex("""\.Plural\(\s*["]([A-Za-z][A-Za-z0-9_.-]*)["]""", RegexOptions.None)]
    private static partial Regex PluralName();

    [GeneratedRegex(@"\{(\d)(?::\w+)?\}")]
    private static partial Regex Hole();
}
