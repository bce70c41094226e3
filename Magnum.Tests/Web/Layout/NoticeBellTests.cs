using Bunit;
using Magnum.Core.Clusters;
using Magnum.Core.Events;
using Magnum.Core.Quotas;
using Magnum.Tests.Support;
using Magnum.Web.Components.Notices;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace Magnum.Tests.Web.Layout;

public sealed class NoticeBellTests : DashboardContext
{
    [Fact]
    public void Toasts_StayInTheList_ErrorsUntilTheyAreClosed()
    {
        var bell = Render<NoticeBell>();
        var snackbar = Services.GetRequiredService<ISnackbar>();

        snackbar.Add("Saved", Severity.Success);
        snackbar.Add("Refused", Severity.Error);

        bell.WaitForAssertion(() => Assert.Equal("2", bell.Find(Id("unread")).TextContent));
        Assert.Equal(["Refused", "Saved"], bell.FindAll(".mg-notice span:not(.mg-muted)").Select(n => n.TextContent));
        bell.Find(Id("notices")).Click();
        Assert.Empty(bell.FindAll(Id("unread")));
        bell.Find(Id("notices-clear")).Click();
        bell.WaitForAssertion(() => Assert.Empty(bell.FindAll(".mg-notice")));
    }

    [Fact]
    public async Task AClusterComesToItsEnd_WhileOneIsElsewhere()
    {
        var cluster = await World.AddClusterAsync(ClusterStatus.CreateInProgress);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/templates");
        var bell = Render<NoticeBell>();

        await Events.PublishAsync(new(cluster.Uuid, cluster.ProjectId, ClusterChangeKinds.Cluster, 1, "CREATE_IN_PROGRESS", 50), Ct);
        await World.FinishAsync(cluster.Uuid, ClusterStatus.CreateComplete);
        await Events.PublishAsync(new(cluster.Uuid, cluster.ProjectId, ClusterChangeKinds.Cluster, 2, "CREATE_COMPLETE", null), Ct);

        bell.WaitForAssertion(() => Assert.Equal("blue: Running", bell.Find(".mg-notice a").TextContent));
        Assert.Equal($"/clusters/{cluster.Uuid}", bell.Find(".mg-notice a").GetAttribute("href"));
        Assert.False(Events.IsWatched(cluster.Uuid, cluster.ProjectId));   // to know is not to watch
    }

    [Fact]
    public async Task WhatWasTold_IsThereAfterTheServerHasForgottenThePage()
    {
        Render<NoticeBell>();
        Services.GetRequiredService<ISnackbar>().Add("Saved", Severity.Success);
        var store = World.Get<Magnum.Core.UserStates.UserStateStore>();
        await Wait(async () => await store.FindAsync(TestCaller.Member(), "notices", Ct) is not null);

        Services.GetRequiredService<NoticeList>().Clear();
        await store.KeepAsync(TestCaller.Member(), "notices", """[{"At":"2026-03-01T09:00:00+00:00","Severity":2,"Text":"Saved"}]""", Ct);
        var again = Render<NoticeBell>();

        again.WaitForAssertion(() => Assert.Contains("Saved", again.Find(".mg-notice").TextContent, StringComparison.Ordinal));
        Assert.Empty(again.FindAll(Id("unread")));
    }

    [Fact]
    public async Task QuotaRequests_AreToldToWhoeverTheyConcern()
    {
        var bell = Render<NoticeBell>();
        var requests = World.Get<QuotaRequestService>();

        var asked = await requests.CreateAsync(TestCaller.Member(), 25, null, "blue", Ct);
        await requests.ApproveAsync(TestCaller.Admin(), asked.Value!.Id, 22, null, Ct);

        bell.WaitForAssertion(() => Assert.Equal("Your project may have 22 clusters now", Assert.Single(bell.FindAll(".mg-notice a")).TextContent));
    }

    private static async Task Wait(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(20, Ct);
        }
    }
}
