using System.Text;
using Bunit;
using Magnum.Core.ClusterTemplates;
using Magnum.Tests.Support;
using Magnum.Web.Components;
using Magnum.Web.Features.Clusters;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;
using MudBlazor;

namespace Magnum.Tests.Web.Clusters;

public sealed class LaunchPasteTests : DashboardContext
{
    [Theory]
    [InlineData("cli", "--cluster-template k8s")]
    [InlineData("curl", "POST \"$MAGNUM_ENDPOINT/v1/clusters\"")]
    [InlineData("terraform", "resource \"openstack_containerinfra_cluster_v1\" \"blue\"")]
    [InlineData("python", "create_cluster(")]
    public async Task ShowAsCode_HasTheLaunchInEachLanguage_AndTakesItBack(string language, string mark)
    {
        await World.AddTemplateAsync();
        var page = await OpenAsync();
        page.Find(Id("name")).Input("blue");
        await ClickAsync(page, Id("step-size"));
        page.Find(Id("node-count")).Input("4");
        await ClickAsync(page, Id("step-review"));
        await ClickAsync(page, Id("review-code"));
        await ClickAsync(page, Id($"code-{language}"));
        var code = page.Find(Id("code") + " code").TextContent;
        Assert.Contains(mark, code, StringComparison.Ordinal);

        await ClickAsync(page, Id("step-size"));
        page.Find(Id("node-count")).Input("1");
        await ClickAsync(page, Id("step-template"));
        await PasteAsync(page, code);
        Assert.Empty(Dialogs.FindAll(Id("paste-problems")));
        Assert.Equal("4", Dialogs.Find("[data-taken=node_count]").TextContent);
        Assert.Equal("k8s", Dialogs.Find("[data-taken=cluster_template_id]").TextContent);
        await ClickAsync(Dialogs, "button" + Id("paste-take"));

        page.WaitForAssertion(() => Assert.Contains("4 ×", page.Find(Id("summary")).TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatIsNotUnderstood_IsNamedLineByLine_AndTheRestIsTakenAndCanBeUndone()
    {
        await World.AddTemplateAsync();
        var snackbars = Render<MudSnackbarProvider>();
        var page = await OpenAsync("size");
        page.Find(Id("node-count")).Input("7");
        await ClickAsync(page, Id("step-template"));
        await PasteAsync(page, "openstack coe cluster create \\\n --foo bar \\\n --cluster-template other --node-count 3 --labels team=blue \\\n green");

        var problems = Dialogs.FindAll(Id("paste-problems") + " li").Select(l => l.TextContent.Trim()).ToList();
        Assert.Equal(["Line 2 --foo is not known.", "Line 3 There is no template “other” here; the chosen one stays."], problems);
        Assert.Equal(["name", "node_count", "labels.team"], Dialogs.FindAll("[data-taken]").Select(t => t.GetAttribute("data-taken")!));
        Assert.Contains("7 ×", page.Find(Id("summary")).TextContent, StringComparison.Ordinal);   // nothing is taken yet
        await ClickAsync(Dialogs, "button" + Id("paste-take"));

        page.WaitForAssertion(() => Assert.Contains("3 ×", page.Find(Id("summary")).TextContent, StringComparison.Ordinal));
        Assert.Contains("k8s", page.Find(Id("summary")).TextContent, StringComparison.Ordinal);
        Assert.Equal("green", page.Find(Id("name")).GetAttribute("value"));
        snackbars.WaitForElement(".mud-snackbar-content-action button").Click();
        page.WaitForAssertion(() => Assert.Contains("7 ×", page.Find(Id("summary")).TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task TwoTemplatesOfOneName_AreToldApartByUuid()
    {
        await World.AddTemplateAsync();
        var second = await World.AddTemplateAsync();
        var page = await OpenAsync();

        await PasteAsync(page, "openstack coe cluster create --cluster-template k8s blue");
        Assert.Contains("Several templates", Dialogs.Find(Id("paste-problems")).TextContent, StringComparison.Ordinal);
        await ReadAgainAsync($"openstack coe cluster create --cluster-template {second.Uuid} blue");

        Dialogs.WaitForAssertion(() => Assert.Empty(Dialogs.FindAll(Id("paste-problems"))));
        await ClickAsync(Dialogs, "button" + Id("paste-take"));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".mg-pick-on")));
        Assert.Contains($"--cluster-template {second.Uuid} ", await CodeAsync(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingKnown_AndTooMuch_AreRefusedWithTheReason()
    {
        await World.AddTemplateAsync();
        var page = await OpenAsync();
        await PasteAsync(page, "hello");
        Assert.Contains("Nothing known", Dialogs.Find(Id("paste-refused")).TextContent, StringComparison.Ordinal);
        Assert.True(Dialogs.Find("button" + Id("paste-take")).HasAttribute("disabled"));

        await ReadAgainAsync("openstack coe cluster create --cluster-template k8s blue # " + new string('中', 22_000));

        Dialogs.WaitForAssertion(() => Assert.Contains("64 KiB", Dialogs.Find(Id("paste-refused")).TextContent, StringComparison.Ordinal));
        Assert.True(Dialogs.Find("button" + Id("paste-take")).HasAttribute("disabled"));
    }

    [Fact]
    public async Task LoadBalancer_TheClientThatReversesItsOptionIsWarnedOf()
    {
        await World.AddTemplateAsync();
        var page = await OpenAsync();
        await PasteAsync(page, "openstack coe cluster create --cluster-template k8s --master-lb-enabled blue");
        await ClickAsync(Dialogs, "button" + Id("paste-take"));

        Assert.Contains("--master-lb-enabled", await CodeAsync(page), StringComparison.Ordinal);
        Assert.Contains("magnumclient 4.0", page.Find(Id("code-balancer")).TextContent, StringComparison.Ordinal);
        await ClickAsync(page, Id("code-curl"));
        Assert.Empty(page.FindAll(Id("code-balancer")));
    }

    [Fact]
    public async Task ConfiguredEndpoint_IsInTheCode()
    {
        Services.GetRequiredService<IOptions<DashboardOptions>>().Value.ApiUrl = "https://magnum.example:9511";
        await World.AddTemplateAsync();
        var page = await OpenAsync("review");

        await ClickAsync(page, Id("review-code"));
        await ClickAsync(page, Id("code-curl"));

        Assert.Contains("-X POST https://magnum.example:9511/v1/clusters ", page.Find(Id("code")).TextContent, StringComparison.Ordinal);
    }

    // In the renderer's own turn: a plan may come between finding and clicking.
    private static async Task ClickAsync<T>(IRenderedComponent<T> page, string selector)
        where T : IComponent
    {
        page.WaitForElement(selector);
        await page.InvokeAsync(() => page.Find(selector).Click());
    }

    private static async Task<string> CodeAsync(IRenderedComponent<LaunchPage> page)
    {
        await ClickAsync(page, Id("step-review"));
        await ClickAsync(page, Id("review-code"));
        return page.Find(Id("code")).TextContent;
    }

    private async Task PasteAsync(IRenderedComponent<LaunchPage> page, string code)
    {
        _ = Popovers;
        var dialogs = Dialogs;
        await ClickAsync(page, "button" + Id("paste"));
        dialogs.WaitForElement(Id("paste-dialog"));
        await ReadAgainAsync(code);
        dialogs.WaitForAssertion(() => Assert.NotEmpty(dialogs.FindAll($"{Id("paste-form")}, {Id("paste-refused")}")));
    }

    private async Task ReadAgainAsync(string code)
    {
        JSInterop.Setup<IJSStreamReference>("magnum.text", "#mg-paste").SetResult(new PastedText(code));
        await ClickAsync(Dialogs, "button" + Id("paste-read"));
    }

    private async Task<IRenderedComponent<LaunchPage>> OpenAsync(string step = "")
    {
        var template = (await World.Get<IClusterTemplateQueries>().ListAsync(TestCaller.Member(), new(10), Ct)).Value!.Items[0];
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/clusters/new?template={template.Uuid}&step={step}");
        var page = Render<LaunchPage>();
        page.WaitForElement(Id("steps"));
        return page;
    }

    /// <summary>What stands in the browser's text area.</summary>
    private sealed class PastedText(string text) : IJSStreamReference
    {
        private readonly byte[] _bytes = Encoding.UTF8.GetBytes(text);

        public long Length => _bytes.Length;

        public ValueTask<Stream> OpenReadStreamAsync(long maxAllowedSize, CancellationToken cancellationToken)
        {
            Assert.True(_bytes.Length <= maxAllowedSize);
            return ValueTask.FromResult<Stream>(new MemoryStream(_bytes));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
