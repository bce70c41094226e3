using Bunit;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.OpenStack;
using Magnum.Core.UserStates;
using Magnum.Tests.Support;
using Magnum.Web.Features.Clusters;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Web.Clusters;

public sealed class LaunchKeyPairTests : DashboardContext
{
    private const string PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIBon4rDYYKDKQCsI0WmJ9Md7l5sNh+IRUS3UIuDq/QZ li@example.org";

    [Fact]
    public async Task NewKey_IsChosenAtOnce_ShownOnce_AndInNoDraft()
    {
        var page = await OpenAsync();

        Dialogs.Find(Id("key-pair-name")).Input("mine");
        Make();

        Assert.Contains("PRIVATE KEY", Dialogs.WaitForElement(Id("private-key")).TextContent, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Contains("mine", page.Find(Id("summary")).TextContent, StringComparison.Ordinal));
        Assert.Contains("7 ×", page.Find(Id("summary")).TextContent, StringComparison.Ordinal);   // what was typed before
        Dialogs.Find("button" + Id("key-pair-download")).Click();
        Assert.Equal("mine.pem", JSInterop.VerifyInvoke("magnum.download").Arguments[0]);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".mg-updating")));   // planned with it while the dialog is open
        Dialogs.Find("button" + Id("key-pair-done")).Click();
        Dialogs.WaitForAssertion(() => Assert.Empty(Dialogs.FindAll(Id("key-pair-dialog"))));
        Assert.DoesNotContain("PRIVATE KEY", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", await World.Get<UserStateStore>().FindAsync(TestCaller.Member(), "draft.cluster", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PublicKey_IsTakenAsItIs()
    {
        var page = await OpenAsync();

        Dialogs.Find(Id("key-pair-name")).Input("own");
        Dialogs.Find(Id("key-pair-import")).Click();
        Dialogs.Find(Id("public-key")).Input(PublicKey + "\n");
        Make();

        page.WaitForAssertion(() => Assert.Contains("own", page.Find(Id("summary")).TextContent, StringComparison.Ordinal));
        Assert.Equal(PublicKey, World.Compute.KeyPairs.Single(k => k.Name == "own").PublicKey);
        Dialogs.WaitForAssertion(() => Assert.Empty(Dialogs.FindAll(Id("key-pair-dialog"))));
    }

    [Theory]
    [InlineData("ops", null, "You have a key pair of this name.")]
    [InlineData("größe", null, "Letters, digits, spaces")]
    [InlineData("mine", "-----BEGIN OPENSSH PRIVATE KEY-----", "This is a private key.")]
    [InlineData("mine", "ssh-ed25519 AAAA", "The key is cut or changed")]
    public async Task WhatCannotBe_IsSaidBeforehand(string name, string? key, string words)
    {
        await OpenAsync();

        Dialogs.Find(Id("key-pair-name")).Input(name);
        if (key is not null)
        {
            Dialogs.Find(Id("key-pair-import")).Click();
            Dialogs.Find(Id("public-key")).Input(key);
        }

        Dialogs.WaitForAssertion(() => Assert.Contains(words, Dialogs.Find(Id("key-pair-dialog")).TextContent, StringComparison.Ordinal));
        Assert.True(Dialogs.Find("button" + Id("key-pair-make")).HasAttribute("disabled"));
    }

    [Fact]
    public async Task RefusedByNova_SaysWhyAndKeepsWhatWasTyped()
    {
        var page = await OpenAsync();
        World.Compute.KeyPairs.Add(new KeyPair("mine", PublicKey));   // made elsewhere since

        Dialogs.Find(Id("key-pair-name")).Input("mine");
        Make();

        Assert.Contains("Key pair 'mine' already exists.", Dialogs.WaitForElement(Id("key-pair-error")).TextContent, StringComparison.Ordinal);
        Assert.Equal("mine", Dialogs.Find(Id("key-pair-name")).GetAttribute("value"));
        Assert.DoesNotContain("mine", page.Find(Id("summary")).TextContent, StringComparison.Ordinal);
    }

    private void Make()
    {
        Dialogs.WaitForAssertion(() => Assert.False(Dialogs.Find("button" + Id("key-pair-make")).HasAttribute("disabled")));
        Dialogs.Find("button" + Id("key-pair-make")).Click();
    }

    private async Task<IRenderedComponent<LaunchPage>> OpenAsync()
    {
        await World.AddTemplateAsync();
        var template = (await World.Get<IClusterTemplateQueries>().ListAsync(TestCaller.Member(), new(10), Ct)).Value!.Items[0];
        _ = Popovers;
        var dialogs = Dialogs;
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/clusters/new?template={template.Uuid}&step=size");
        var page = Render<LaunchPage>();
        page.WaitForElement(Id("node-count")).Input("7");
        page.WaitForAssertion(() => Assert.Contains("7 ×", page.Find(Id("summary")).TextContent, StringComparison.Ordinal));
        await page.InvokeAsync(() => page.Find(Id("step-access")).Click());
        page.WaitForElement("button" + Id("new-key-pair"));
        await page.InvokeAsync(() => page.Find("button" + Id("new-key-pair")).Click());
        dialogs.WaitForElement(Id("key-pair-dialog"));
        return page;
    }
}
