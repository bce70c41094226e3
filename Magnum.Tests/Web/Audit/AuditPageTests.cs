using Bunit;
using Magnum.Tests.Support;
using Magnum.Web.Components.Parts;
using Magnum.Web.Features.Audit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Web.Audit;

public sealed class AuditPageTests : DashboardContext
{
    [Fact]
    public async Task WhoAskedForWhat_FilteredByTheAddress_AndExported()
    {
        Person.Become(TestCaller.Admin());
        await World.AddClusterAsync();
        await World.Clusters.DeleteAsync(TestCaller.Member(), "=nothing", Ct);
        var address = Services.GetRequiredService<NavigationManager>();
        var page = Render<AuditPage>();
        page.WaitForAssertion(() => Assert.Equal(["cluster:delete", "cluster:create", "clustertemplate:create"], page.FindAll(Id("audit-row")).Select(r => r.GetAttribute("data-action"))));

        page.Find(Id("refused")).Click();
        page.WaitForAssertion(() => Assert.Equal("cluster:delete", Assert.Single(page.FindAll(Id("audit-row"))).GetAttribute("data-action")));
        Assert.EndsWith("/audit?refused=True", address.Uri, StringComparison.Ordinal);
        Assert.Contains("could not be found", page.Find(".mg-reason").TextContent, StringComparison.Ordinal);

        await page.Find(Id("export")).ClickAsync();
        var file = (string)JSInterop.Invocations["magnum.download"].Single().Arguments[2]!;
        var rows = Csv.Read(file);
        Assert.Equal(["occurred_at", "request_id"], rows[0].Take(2));
        Assert.Equal("'=nothing", rows[1][10]);   // no spreadsheet takes it for a formula
        Assert.Equal(2, rows.Count);

        page.Find(Id("action")).Change("quota:delete");
        page.WaitForElement(Id("no-match"));
    }

    [Fact]
    public void Members_AreRefused()
    {
        var page = Render<AuditPage>();

        page.WaitForAssertion(() => Assert.Contains("audit:get_all", page.Markup, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(Id("audit")));
    }

    [Theory]
    [InlineData("a,b\r\nc,d\r\n", "a|b/c|d")]
    [InlineData("\"a,\"\"x\"\"\",b", "a,\"x\"|b")]
    [InlineData(" a , b \n\n,\nc", "a|b/c")]
    [InlineData("\"line\nbreak\",b", "line\nbreak|b")]
    public void Csv_IsReadAsItIsWritten(string text, string expected) =>
        Assert.Equal(expected, string.Join('/', Csv.Read(text).Select(r => string.Join('|', r))));
}
