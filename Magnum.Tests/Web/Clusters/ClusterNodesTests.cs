using Bunit;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Operations;
using Magnum.Tests.Support;
using Magnum.Web.Features.Clusters;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Web.Clusters;

/// <summary>The groups of a cluster's nodes: added, and removed again.</summary>
public sealed class ClusterNodesTests : DashboardContext
{
    [Fact]
    public async Task AGroup_IsAddedWithWhatWasTyped()
    {
        var (cluster, page, dialogs) = await OpenAsync();
        page.WaitForElement("button" + Id("add-group")).Click();

        dialogs.WaitForElement(Id("new-group-name")).Input("gpu");
        dialogs.Find(Id("new-group-count")).Input("3");
        dialogs.Find(Id("new-group-max")).Input("6");
        dialogs.Find("button" + Id("group-submit")).Click();

        page.WaitForAssertion(() => Assert.Equal("UPDATE_IN_PROGRESS", page.Find(Id("cluster-status")).GetAttribute("data-status")));
        var group = (await World.LoadAsync(cluster)).NodeGroups.Single(g => !g.IsDefault);
        Assert.Equal(("gpu", 3, 0, 6, "m1.small"), (group.Name, group.NodeCount, group.MinNodeCount, group.MaxNodeCount, group.FlavorId));
    }

    [Fact]
    public async Task WhatIsRefused_StandsInTheDialog_AndNothingIsLost()
    {
        var (cluster, page, dialogs) = await OpenAsync();
        page.WaitForElement("button" + Id("add-group")).Click();
        dialogs.WaitForElement(Id("new-group-name")).Input("default-worker");

        dialogs.Find("button" + Id("group-submit")).Click();

        dialogs.WaitForAssertion(() => Assert.Contains("A node group with name default-worker already exists", dialogs.Find(Id("group-error")).TextContent, StringComparison.Ordinal));
        Assert.Equal("default-worker", dialogs.Find(Id("new-group-name")).GetAttribute("value"));
        Assert.Equal(2, (await World.LoadAsync(cluster)).NodeGroups.Count);
    }

    [Fact]
    public async Task OnlyAddedGroups_AreRemoved_AndOnlyWhenThatIsMeant()
    {
        var (cluster, page, dialogs) = await OpenAsync(added: "gpu");
        page.WaitForElement("[data-group=gpu]");
        Assert.Empty(page.FindAll("[data-group=default-worker] button" + Id("remove-group")));

        page.Find("[data-group=gpu] button" + Id("remove-group")).Click();
        dialogs.WaitForElement(".mud-message-box__yes-button").Click();

        page.WaitForAssertion(() => Assert.Equal("UPDATE_IN_PROGRESS", page.Find(Id("cluster-status")).GetAttribute("data-status")));
        Assert.Equal(ClusterStatus.DeleteInProgress, (await World.LoadAsync(cluster)).NodeGroups.Single(g => !g.IsDefault).Status);
        Assert.Equal(OperationKind.NodeGroupDelete, (await World.OperationsAsync(cluster))[^1].Kind);
    }

    [Fact]
    public async Task ADriverWithoutGroups_IsSaidBeforeAnythingIsTyped()
    {
        var (_, page, _) = await OpenAsync(DriverCapabilities.Resize);

        Assert.True(page.WaitForElement("button" + Id("add-group")).HasAttribute("disabled"));
    }

    private async Task<(Guid Cluster, IRenderedComponent<ClusterPage> Page, IRenderedComponent<IComponent> Dialogs)> OpenAsync(
        DriverCapabilities capabilities = DriverCapabilities.Resize | DriverCapabilities.NodeGroups, string? added = null)
    {
        World.Driver.Description = World.Driver.Description with { Capabilities = capabilities };
        var cluster = await World.AddClusterAsync();
        await using (var db = World.Database.CreateDbContext())
        {
            await db.Clusters.Where(c => c.Uuid == cluster.Uuid).ExecuteUpdateAsync(set => set.SetProperty(c => c.ApiAddress, "https://10.0.0.1:6443"), Ct);
        }

        if (added is not null)
        {
            Assert.Null((await World.Get<Magnum.Core.NodeGroups.NodeGroupService>().CreateAsync(TestCaller.Member(), "blue", new() { Name = added }, Ct)).Error);
            await World.FinishAsync(cluster.Uuid, ClusterStatus.UpdateComplete);
        }

        _ = Popovers;
        var dialogs = Dialogs;
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/clusters/{cluster.Uuid}?tab=nodes");
        return (cluster.Uuid, Render<ClusterPage>(p => p.Add(c => c.Ident, cluster.Uuid.ToString())), dialogs);
    }
}
