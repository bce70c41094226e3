using System.Globalization;
using Bunit;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.Events;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Reconciliation;
using Magnum.Drivers.Heat.Kubernetes;
using Magnum.Tests.Support;
using Magnum.Web.Features.Clusters;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace Magnum.Tests.Web.Clusters;

public sealed class ClusterPageTests : DashboardContext
{
    [Fact]
    public async Task StepsGoOn_ThePageFollows()
    {
        var cluster = await CreatingAsync();
        var page = Open(cluster, "progress");
        page.WaitForAssertion(() => Assert.Equal("Pending", page.Find("[data-step=certificates]").GetAttribute("data-state")));

        await ChangeAsync(cluster, (row, operation) =>
        {
            row.Progress = operation.Progress = 8;
            operation.State = OperationState.Running;
            operation.Steps.Single(s => s.Name == OperationSteps.Certificates).State = StepState.Running;
        });
        await Events.PublishAsync(new(cluster.Uuid, cluster.ProjectId, ClusterChangeKinds.Progress, 1, "CREATE_IN_PROGRESS", 8), Ct);

        page.WaitForAssertion(() => Assert.Equal("Running", page.Find("[data-step=certificates]").GetAttribute("data-state")));
        Assert.Equal("8 %", page.Find(Id("cluster-percent")).TextContent);
    }

    [Fact]
    public async Task WorkIsUnderWay_TheBrowserIsToldWhatEarlierOnesTook_AndNoMoreWhenItIsDone()
    {
        await World.AddHistoryAsync(OperationKind.Create, 1, 2, 3, 4, 5);
        var cluster = await CreatingAsync();
        var page = Open(cluster, "progress");

        var left = page.WaitForElement("mg-left");
        Assert.Equal(("180", "300"), (left.GetAttribute("usual"), left.GetAttribute("slow-after")));
        Assert.Equal("About {0} min left", left.GetAttribute("data-minutes"));

        await World.FinishAsync(cluster.Uuid, ClusterStatus.CreateComplete);
        await Events.PublishAsync(new(cluster.Uuid, cluster.ProjectId, ClusterChangeKinds.Cluster, 1, "CREATE_COMPLETE", null), Ct);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("mg-left")));
    }

    [Fact]
    public async Task EventHappens_ItStandsOnTopOfTheTimeline()
    {
        var cluster = await CreatingAsync();
        var page = Open(cluster, "progress");
        page.WaitForElement(Id("event"));
        await using (var db = World.Database.CreateDbContext())
        {
            var row = await db.Clusters.SingleAsync(c => c.Uuid == cluster.Uuid, Ct);
            db.Add(new ClusterEvent
            {
                ClusterUuid = cluster.Uuid,
                ProjectId = cluster.ProjectId,
                Sequence = ++row.EventSequence,
                OccurredAt = World.Time.GetUtcNow(),
                Source = EventSource.Heat,
                Kind = "resource",
                Message = "Server default-master-0 is being created",
                ResourceName = "default-master-0",
            });
            await db.SaveChangesAsync(Ct);
        }

        await Events.PublishAsync(new(cluster.Uuid, cluster.ProjectId, ClusterChangeKinds.Event, 2, null, null), Ct);

        page.WaitForAssertion(() => Assert.Contains("default-master-0 is being created", page.Find(Id("event")).TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Failed_ThePanelSaysWhyAndRetries()
    {
        var cluster = await CreatingAsync();
        await ChangeAsync(cluster, (row, operation) =>
        {
            row.SetStatus(ClusterStatus.CreateFailed, "Server default-worker-1: No valid host was found.", World.Time.GetUtcNow());
            operation.State = OperationState.Failed;
            operation.ActiveClusterUuid = null;
            operation.Steps.Single(s => s.Name == OperationSteps.Provisioning).State = StepState.Failed;
        });
        var page = Open(cluster);
        page.WaitForAssertion(() => Assert.Equal("Server default-worker-1: No valid host was found.", page.Find(Id("failure-reason")).TextContent));

        page.Find("button" + Id("retry")).Click();

        page.WaitForAssertion(() => Assert.Equal("CREATE_IN_PROGRESS", page.Find(Id("cluster-status")).GetAttribute("data-status")));
        Assert.Empty(page.FindAll(Id("failure")));
    }

    [Theory]
    [InlineData("en", "No host of the cloud has room for a server.", "For an operator to mend", "Free room on the hosts or add some")]
    [InlineData("zh-Hans", "云中没有主机能容纳这台服务器。", "需要运维处理", "由运维释放或增加主机资源")]
    public async Task Failed_ThePanelSaysTheCauseWhoActsAndWhatToDo_WithTheCloudsWordsBeneath(string language, string title, string who, string whatToDo)
    {
        CultureInfo.CurrentUICulture = new CultureInfo(language);
        const string Console = "The end of node blue-0's console:\ncurl: (7) Failed to connect to keystone port 5000";
        var cluster = await CreatingAsync();
        await ChangeAsync(cluster, (row, operation) =>
        {
            row.SetStatus(ClusterStatus.CreateFailed, "The server of node blue-0 could not be made: No valid host was found.", World.Time.GetUtcNow());
            (operation.State, operation.ActiveClusterUuid, operation.Reason) = (OperationState.Failed, null, row.StatusReason);
        });
        await AddEventAsync(cluster, EventSource.Nova, EventLevel.Warning, "console", Console);
        await AddEventAsync(cluster, EventSource.Heat, EventLevel.Error, "resource", "Server of node blue-0 could not be made: No valid host was found.");

        var page = Open(cluster);

        var cause = page.WaitForElement(Id("cause"));
        Assert.Equal(("no-valid-host", "Operator"), (cause.GetAttribute("data-code"), cause.GetAttribute("data-who")));
        Assert.Equal((title, who), (cause.QuerySelector("strong")!.TextContent, page.Find(Id("cause-who")).TextContent));
        Assert.Contains(whatToDo, page.Find(Id("cause-do")).TextContent, StringComparison.Ordinal);
        Assert.Equal(["Server of node blue-0 could not be made: No valid host was found.", Console], page.FindAll($"{Id("evidence")} pre").Select(p => p.TextContent));
        Assert.False(page.Find(Id("evidence")).HasAttribute("open"));
        Assert.Equal($"/clusters/new?from={cluster.Uuid}&step=review", page.Find(Id("change")).GetAttribute("href"));
    }

    [Fact]
    public async Task FailureThatNobodyKnows_IsSaidToBeUnknown_WithItsWords()
    {
        var cluster = await CreatingAsync();
        await ChangeAsync(cluster, (row, operation) =>
        {
            row.SetStatus(ClusterStatus.UpdateFailed, "The moon is full.", World.Time.GetUtcNow());
            (operation.State, operation.ActiveClusterUuid) = (OperationState.Failed, null);
        });

        var page = Open(cluster);

        Assert.Equal("unknown", page.WaitForElement(Id("cause")).GetAttribute("data-code"));
        Assert.Equal("The moon is full.", page.Find(Id("failure-reason")).TextContent);
        page.Find("button" + Id("change")).Click();
        page.WaitForAssertion(() => Assert.EndsWith("tab=nodes", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Delete_NeedsTheWholeName()
    {
        var cluster = await World.AddClusterAsync();
        var page = Open(cluster, "danger");
        page.WaitForElement(Id("delete-name")).Input("blu");
        Assert.True(page.Find("button" + Id("delete")).HasAttribute("disabled"));

        page.Find(Id("delete-name")).Input("blue");
        await page.Find(".mg-danger-form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Equal("DELETE_IN_PROGRESS", page.Find(Id("cluster-status")).GetAttribute("data-status")));
    }

    [Fact]
    public async Task DeletedWhileLookedAt_SaysSo()
    {
        var cluster = await World.AddClusterAsync();
        var page = Open(cluster);
        page.WaitForElement(Id("overview"));
        await using (var db = World.Database.CreateDbContext())
        {
            await db.NodeGroups.Where(g => g.ClusterId == cluster.Uuid).ExecuteDeleteAsync(Ct);
            await db.Clusters.Where(c => c.Uuid == cluster.Uuid).ExecuteDeleteAsync(Ct);
        }

        await Events.PublishAsync(new(cluster.Uuid, cluster.ProjectId, ClusterChangeKinds.Removed, 9, "DELETE_COMPLETE", null), Ct);

        page.WaitForAssertion(() => Assert.Contains("blue", page.Find(Id("cluster-deleted")).TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnOldLink_SaysWhenAndByWhomTheClusterWasDeleted_ToThoseWhoMightHaveSeenIt()
    {
        var cluster = await World.AddClusterAsync();
        Assert.Null((await World.Clusters.DeleteAsync(TestCaller.Member(), "blue", Ct)).Error);
        await using (var db = World.Database.CreateDbContext())
        {
            await db.Operations.Where(o => o.ClusterUuid == cluster.Uuid)
                .ExecuteUpdateAsync(set => set.SetProperty(o => o.FinishedAt, World.Time.GetUtcNow()).SetProperty(o => o.ActiveClusterUuid, (Guid?)null), Ct);
            await db.NodeGroups.Where(g => g.ClusterId == cluster.Uuid).ExecuteDeleteAsync(Ct);
            await db.Clusters.Where(c => c.Uuid == cluster.Uuid).ExecuteDeleteAsync(Ct);
        }

        var said = Open(cluster).WaitForElement(Id("cluster-deleted")).TextContent;
        Assert.Contains("Deleted by demo", said, StringComparison.Ordinal);
        Assert.Contains("blue and everything that Magnum made for it are gone.", said, StringComparison.Ordinal);

        Person.Become(TestCaller.Member("alt", "other"));
        Open(cluster).WaitForElement(Id("state-not-found"));
    }

    [Fact]
    public async Task ForeignCluster_IsNotFound()
    {
        var cluster = await World.AddClusterAsync(caller: TestCaller.Member("alt", "other"));

        var page = Open(cluster);

        page.WaitForElement(Id("state-not-found"));
    }

    [Fact]
    public async Task Resize_ShowsWhatIsAddedAndAsksForIt()
    {
        var cluster = await World.AddClusterAsync();
        _ = Popovers;
        var dialogs = Dialogs;
        var page = Open(cluster, "nodes");
        page.WaitForElement("[data-group=default-worker] button" + Id("resize")).Click();

        dialogs.WaitForElement(Id("resize-count")).Input("5");
        dialogs.WaitForAssertion(() => Assert.Contains("From 2 to 5: 3 more", dialogs.Find(Id("resize-preview")).TextContent, StringComparison.Ordinal));
        dialogs.Find("button" + Id("resize-submit")).Click();

        page.WaitForAssertion(() => Assert.Equal("UPDATE_IN_PROGRESS", page.Find(Id("cluster-status")).GetAttribute("data-status")));
        Assert.Equal(5, (await World.LoadAsync(cluster.Uuid)).NodeCount);
    }

    [Fact]
    public async Task ResizeThatComesTooLate_GetsTheConflictText()
    {
        var cluster = await World.AddClusterAsync();
        _ = Popovers;
        var dialogs = Dialogs;
        var page = Open(cluster, "nodes");
        page.WaitForElement("[data-group=default-worker] button" + Id("resize")).Click();
        dialogs.WaitForElement(Id("resize-count")).Input("3");
        Assert.True((await World.Clusters.DeleteAsync(TestCaller.Member(), cluster.Uuid.ToString(), Ct)).IsSuccess);

        dialogs.Find("button" + Id("resize-submit")).Click();

        dialogs.WaitForAssertion(() => Assert.NotEqual("", dialogs.Find(Id("resize-error")).TextContent.Trim()));
    }

    [Fact]
    public async Task ResizeClickedTwice_IsOneOperation()
    {
        var cluster = await World.AddClusterAsync();
        _ = Popovers;
        var dialogs = Dialogs;
        var page = Open(cluster, "nodes");
        page.WaitForElement("[data-group=default-worker] button" + Id("resize")).Click();
        dialogs.WaitForElement(Id("resize-count")).Input("5");
        var submit = dialogs.FindComponents<MudButton>().Single(b => b.Markup.Contains("data-testid=\"resize-submit\"", StringComparison.Ordinal)).Instance.OnClick;

        await dialogs.InvokeAsync(() => Task.WhenAll(submit.InvokeAsync(), submit.InvokeAsync()));

        page.WaitForAssertion(() => Assert.Equal("UPDATE_IN_PROGRESS", page.Find(Id("cluster-status")).GetAttribute("data-status")));
        Assert.Single(await World.OperationsAsync(cluster.Uuid), o => o.Kind is OperationKind.Resize);
    }

    [Fact]
    public async Task ResizedInAnotherBrowserMeanwhile_IsToldAndTheOtherSizeStands()
    {
        var cluster = await World.AddClusterAsync();
        _ = Popovers;
        var dialogs = Dialogs;
        var page = Open(cluster, "nodes");
        page.WaitForElement("[data-group=default-worker] button" + Id("resize")).Click();
        dialogs.WaitForElement(Id("resize-count")).Input("3");
        var other = await World.Clusters.ResizeAsync(TestCaller.Member(user: "colleague"), cluster.Uuid.ToString(), new ClusterResize(6, [], null, From: 2), Ct);
        Assert.Null(other.Error);

        dialogs.Find("button" + Id("resize-submit")).Click();

        dialogs.WaitForAssertion(() => Assert.Contains(
            "Somebody else has resized default-worker from 2 to 6 node(s) meanwhile.", dialogs.Find(Id("resize-error")).TextContent, StringComparison.Ordinal));
        Assert.Equal(6, (await World.LoadAsync(cluster.Uuid)).NodeCount);
        Assert.Single(await World.OperationsAsync(cluster.Uuid), o => o.Kind is OperationKind.Resize);
    }

    [Theory]
    [InlineData("-1", "At least 0")]
    [InlineData("1000000000000", "A whole number")]
    public async Task ResizeToNonsense_IsToldBesideTheFieldAndNotSent(string typed, string words)
    {
        var cluster = await World.AddClusterAsync();
        _ = Popovers;
        var dialogs = Dialogs;
        var page = Open(cluster, "nodes");
        page.WaitForElement("[data-group=default-worker] button" + Id("resize")).Click();

        dialogs.WaitForElement(Id("resize-count")).Input(typed);

        dialogs.WaitForAssertion(() => Assert.Contains(words, dialogs.Find(Id("resize-dialog")).TextContent, StringComparison.Ordinal));
        Assert.True(dialogs.Find("button" + Id("resize-submit")).HasAttribute("disabled"));
    }

    [Fact]
    public async Task ResizeBeyondTheLimit_IsRefusedInTheApisWords()
    {
        var cluster = await World.AddClusterAsync();
        _ = Popovers;
        var dialogs = Dialogs;
        var page = Open(cluster, "nodes");
        page.WaitForElement("[data-group=default-worker] button" + Id("resize")).Click();
        dialogs.WaitForElement(Id("resize-count")).Input("1001");

        dialogs.Find("button" + Id("resize-submit")).Click();

        dialogs.WaitForAssertion(() => Assert.Equal(
            "Invalid input for field/attribute node_count. Value: '1001'. Value should be lower or equal to 1000", dialogs.Find(Id("resize-error")).TextContent.Trim()));
    }

    [Fact]
    public async Task DeleteClickedTwice_AsksOnce()
    {
        var answer = new TaskCompletionSource<MagnumError?>();
        var asked = 0;
        var cluster = await World.AddClusterAsync();
        var danger = Render<ClusterDanger>(p => p.Add(d => d.Cluster, cluster).Add(d => d.Delete, () =>
        {
            asked++;
            return answer.Task;
        }));
        danger.Find(Id("delete-name")).Input("blue");

        var first = danger.Find("form").SubmitAsync();
        var second = danger.Find("form").SubmitAsync();

        Assert.Equal(1, asked);
        Assert.True(danger.Find("button" + Id("delete")).HasAttribute("disabled"));
        answer.SetResult(null);
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task RetryClickedTwice_IsOneOperation()
    {
        var cluster = await CreatingAsync();
        await ChangeAsync(cluster, (row, operation) =>
        {
            row.SetStatus(ClusterStatus.CreateFailed, "No valid host was found.", World.Time.GetUtcNow());
            (operation.State, operation.ActiveClusterUuid) = (OperationState.Failed, null);
        });
        var page = Open(cluster);
        page.WaitForElement("button" + Id("retry"));
        var retry = page.FindComponents<MudButton>().Single(b => b.Markup.Contains("data-testid=\"retry\"", StringComparison.Ordinal)).Instance.OnClick;

        await page.InvokeAsync(() => Task.WhenAll(retry.InvokeAsync(), retry.InvokeAsync()));

        Assert.Equal(2, (await World.OperationsAsync(cluster.Uuid)).Count);
    }

    [Fact]
    public async Task StackWasDeletedOutsideMagnum_ThePageSaysSo()
    {
        const string Reason = "Stack with id 1 not found: somebody deleted it outside Magnum. Delete the cluster to clean up.";
        var cluster = await World.AddClusterAsync();
        await ChangeAsync(cluster, (row, _) =>
        {
            row.HealthStatus = HealthStatus.Unhealthy;
            row.HealthStatusReason = new() { ["infrastructure"] = Reason };
            row.SetStatus(row.Status, Reason, World.Time.GetUtcNow());
        });

        var page = Open(cluster);

        page.WaitForAssertion(() => Assert.Contains(Reason, page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task DriverThatCannotResize_TheButtonIsDisabled()
    {
        World.Driver.Description = FakeDriver.Kubernetes() with { Capabilities = DriverCapabilities.None };
        var cluster = await World.AddClusterAsync();

        var page = Open(cluster, "nodes");

        page.WaitForAssertion(() => Assert.True(page.Find("[data-group=default-worker] button" + Id("resize")).HasAttribute("disabled")));
    }

    [Fact]
    public async Task RotateTheCa_AsksBackFirst()
    {
        World.Driver.Description = FakeDriver.Kubernetes() with { Capabilities = DriverCapabilities.RotateCa };
        var cluster = await World.AddClusterAsync();
        var page = Open(cluster, "access");

        page.WaitForElement("button" + Id("rotate")).Click();
        Assert.Equal(ClusterStatus.CreateComplete, (await World.LoadAsync(cluster.Uuid)).Status);
        page.WaitForElement("button" + Id("rotate-confirm")).Click();

        page.WaitForAssertion(() => Assert.Equal("UPDATE_IN_PROGRESS", page.Find(Id("cluster-status")).GetAttribute("data-status")));
        Assert.Equal(OperationKind.RotateCa, (await World.OperationsAsync(cluster.Uuid))[^1].Kind);
    }

    [Fact]
    public async Task DriverThatCannotRotate_ThereIsNoButton()
    {
        var page = Open(await World.AddClusterAsync(), "access");

        page.WaitForElement(Id("ca-show"));
        Assert.Empty(page.FindAll(Id("rotate")));
    }

    [Fact]
    public async Task Swarm_IsOpenedByTheDockerClient()
    {
        var cluster = await World.AddClusterAsync();
        await World.Get<ClusterCertificates>().EnsureAsync(cluster.Uuid, cluster.Name, Ct);
        await ChangeAsync(cluster, (row, _) => (row.Template, row.ApiAddress) = (row.Template with { Coe = "swarm" }, "tcp://172.24.4.5:2376"));
        var page = Open(cluster, "access");

        page.WaitForElement("button" + Id("kubeconfig-download")).Click();

        Assert.Equal("Docker access", page.Find(Id("access") + " h2").TextContent);
        Assert.Contains("docker node ls", page.Find(Id("cli")).TextContent, StringComparison.Ordinal);
        page.WaitForAssertion(() =>
        {
            var arguments = Assert.Single(JSInterop.Invocations["magnum.download"]).Arguments;
            Assert.Equal("blue.docker.sh", arguments[0]);
            Assert.Contains("export DOCKER_HOST=tcp://172.24.4.5:2376\n", (string)arguments[2]!, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Mesos_IsOpenedByAnybodyWhoReachesIt()
    {
        var cluster = await World.AddClusterAsync();
        await ChangeAsync(cluster, (row, _) =>
        {
            (row.Template, row.ApiAddress) = (row.Template with { Coe = "mesos", ApiserverPort = null }, "172.24.4.5");
            row.DefaultMaster.NodeAddresses = ["172.24.4.6"];
        });
        var page = Open(cluster, "access");

        page.WaitForElement(Id("cli"));

        Assert.Equal("Mesos and Marathon", page.Find(Id("access") + " h2").TextContent);
        Assert.Equal("curl http://172.24.4.5:8080/v2/apps\ncurl http://172.24.4.6:5050/state", page.Find(Id("cli") + " code").TextContent.Trim());
        Assert.Empty(page.FindAll(Id("kubeconfig-download")));
    }

    [Fact]
    public async Task Workloads_AreWhatTheEngineSays()
    {
        World.Driver.Inside = () => new EngineContents(
            "v1.32.1",
            [new EngineNode("blue-worker-0", "worker", "Ready", false) { Cpus = 1.5, MemoryMib = 2048, Tasks = 7 }],
            [new EngineWorkload("shop", "Deployment", "web", 2, 3) { Image = "nginx:1" }]);
        var page = Open(await ReachedAsync(), "workloads");

        page.WaitForElement(Id("engine-nodes"));
        Assert.Equal(["blue-worker-0", "worker", "Ready · takes no new work", "", "1.5", "2 GiB", "7"], Cells(page.Find("[data-node=blue-worker-0]")));
        Assert.Equal(["shop", "web", "Deployment", "2 / 3", "nginx:1"], Cells(page.Find("[data-workload=web]")));
    }

    [Fact]
    public async Task AnEngineThatDoesNotAnswer_WhyIsSaid_AndLookingAgainHelps()
    {
        World.Driver.Inside = () => throw new CloudException("kubernetes", CloudFault.Unauthorized, "The API of blue refused (HTTP 401).");
        var page = Open(await ReachedAsync(), "workloads");
        page.WaitForAssertion(() => Assert.Contains("The API of blue refused (HTTP 401).", page.Find(Id("workloads-error")).TextContent, StringComparison.Ordinal));

        World.Driver.Inside = () => new EngineContents(null, [], []);
        page.Find("button" + Id("workloads-refresh")).Click();

        page.WaitForAssertion(() => Assert.Contains("Nothing runs in it.", page.Find(Id("workloads")).TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OfAClusterThatHasNoAddressYet_NobodyIsAsked()
    {
        World.Driver.Inside = () => throw new InvalidOperationException();
        var page = Open(await World.AddClusterAsync(), "workloads");

        page.WaitForAssertion(() => Assert.Contains("Cluster blue has no API address yet.", page.Find(Id("workloads-error")).TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AReader_IsNotShownTheInside()
    {
        World.Driver.Inside = () => throw new InvalidOperationException();
        var cluster = await ReachedAsync();
        Person.Become(TestCaller.Reader());
        var page = Open(cluster, "workloads");

        page.WaitForAssertion(() => Assert.Contains("certificate:create", page.Find(Id("workloads-error")).TextContent, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Cells(AngleSharp.Dom.IElement row) => row.QuerySelectorAll("td").Select(c => c.TextContent.Trim());

    /// <summary>A cluster with an API that can be asked.</summary>
    [Fact]
    public async Task Resources_ByNode_FailedOnesFirst_WithTheirIds()
    {
        var cluster = await ReachedAsync();
        World.Driver.Resources =
        [
            new("OS::Neutron::Net", "network", "net-1", "CREATE_COMPLETE"),
            new("OS::Nova::Server", "server", null, "CREATE_FAILED") { Node = "blue-worker-0", Reason = "No valid host was found" },
            new("OS::Octavia::LoadBalancer", "web", "lb-1", "ACTIVE") { IsOwnMaking = true },
        ];
        var page = Open(cluster, "resources");

        page.WaitForElement(Id("resource"));
        Assert.Equal(["", "blue-worker-0"], page.FindAll(Id("part")).Select(p => p.GetAttribute("data-node") ?? ""));
        Assert.All(page.FindAll(Id("part")), p => Assert.True(p.HasAttribute("open")));   // one has something that failed in it
        Assert.Contains("No valid host was found", page.FindAll(Id("part"))[1].TextContent, StringComparison.Ordinal);
        Assert.Equal(["OS::Octavia::LoadBalancer", "OS::Neutron::Net", "OS::Nova::Server"], page.FindAll(Id("resource")).Select(r => r.GetAttribute("data-type")));
        Assert.Contains("1 master and 2 nodes in 2 groups", page.Find(Id("map")).GetAttribute("aria-label"), StringComparison.Ordinal);

        World.Driver.Resources = null;
        page.Find(Id("resources-refresh")).Click();
        page.WaitForAssertion(() => Assert.Contains("has no list", page.Find(Id("resources-error")).TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Delete_ShowsWhatGoes()
    {
        var cluster = await ReachedAsync();
        World.Driver.Resources = [new("OS::Neutron::Net", "network", "net-1", "CREATE_COMPLETE"), new("OS::Nova::Server", "server", "server-1", "CREATE_COMPLETE") { Node = "blue-worker-0" }];
        var page = Open(cluster, "danger");

        page.WaitForAssertion(() => Assert.Equal("2 resources go: 1 × Server, 1 × Network", page.Find($"{Id("delete-plan")} summary").TextContent.Trim()));
        Assert.Contains("server-1", page.Find(Id("plan-row")).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_OperationsWithWhoAskedForThem()
    {
        var cluster = await ReachedAsync();
        await World.Clusters.ResizeAsync(TestCaller.Member() with { RequestId = "req-resize" }, cluster.Uuid.ToString(), new ClusterResize(3, [], null), Ct);
        var page = Open(cluster, "history");

        page.WaitForAssertion(() => Assert.Equal(["Resize", "Create"], page.FindAll(Id("operation-row")).Select(r => r.GetAttribute("data-kind"))));
        Assert.Equal(["cluster:resize", "cluster:create"], page.FindAll(Id("audit-row")).Select(r => r.GetAttribute("data-action")));
        Assert.Contains(TestCaller.Member().Token.UserName, page.Find(Id("operation-row")).TextContent, StringComparison.Ordinal);

        // What Magnum does by itself has no request.
        await using (var db = World.Database.CreateDbContext())
        {
            await db.Operations.Where(o => o.Kind == OperationKind.Resize).ExecuteUpdateAsync(set => set.SetProperty(o => o.RequestId, ""), Ct);
        }

        var again = Open(cluster, "history");
        again.WaitForAssertion(() => Assert.Contains("Magnum", again.Find(Id("operation-row")).TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task CertificatesAndTheirEnds_AndANewCredential()
    {
        var cluster = await ReachedAsync();
        var page = Open(cluster, "access");
        page.WaitForElement(Id("certificates"));
        Assert.Contains("Magnum's own client", page.Find(Id("certificates")).TextContent, StringComparison.Ordinal);

        page.Find(Id("credential")).Click();
        page.Find(Id("credential-confirm")).Click();

        page.WaitForAssertion(() => Assert.Empty(page.FindAll(Id("credential-confirm"))));
        Assert.Contains(await World.Get<Magnum.Core.Audit.AuditQueries>().ListOfClusterAsync(TestCaller.Member(), cluster.Uuid, 5, Ct) is { Value: { } records } ? records : [], r => r.Action is "credential:rotate");
    }

    [Fact]
    public async Task SupportFile_HasEverythingButSecrets()
    {
        var cluster = await ReachedAsync();
        await using (var db = World.Database.CreateDbContext())
        {
            var row = await db.Clusters.SingleAsync(c => c.Uuid == cluster.Uuid, Ct);
            row.Labels = new() { ["registry_password"] = "geheim-1", ["http_proxy"] = "http://u:geheim-2@proxy", ["kube_tag"] = "v1.32.1" };
            row.TrustId = "geheim-3";
            await db.SaveChangesAsync(Ct);
        }

        World.Driver.Resources = [new("OS::Neutron::Net", "network", "net-1", "CREATE_COMPLETE")];
        var page = Open(cluster, "overview");
        await page.WaitForElement(Id("bundle")).ClickAsync();

        var sent = JSInterop.Invocations["magnum.downloadStream"].Single();
        Assert.Matches("^magnum-blue-[0-9]{8}-[0-9]{6}[.]zip$", (string)sent.Arguments[0]!);
        var bundle = new SupportBundle(
            (await World.ClusterQueries.GetAsync(TestCaller.Member(), "blue", Ct)).Value!, World.Driver.Description, [], [], [], World.Driver.Resources, World.Time.GetUtcNow());
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(bundle.Write()));
        var text = string.Concat(zip.Entries.Select(e => new StreamReader(e.Open()).ReadToEnd()));
        Assert.Equal(["cluster.json", "operations.json", "events.json", "requests.json", "resources.json"], zip.Entries.Select(e => e.Name));
        Assert.Contains("v1.32.1", text, StringComparison.Ordinal);
        Assert.Contains("net-1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("false", "are left as they are", "as people choose it", 0)]
    [InlineData("true", "are replaced after 5 min", "by load, 1 to 7", 1)]
    public async Task WhatMagnumDoesByItself_IsSaid_WhereTheNumberOfNodesIsToo(string on, string healing, string scaling, int hints)
    {
        World.Driver.Description = World.Driver.Description with
        {
            Capabilities = DriverCapabilities.Resize | DriverCapabilities.AutoHealing | DriverCapabilities.AutoScaling,
            Labels = KubernetesLabels.All,
        };
        var cluster = await ReachedAsync();
        await ChangeAsync(cluster, (row, _) =>
        {
            row.Labels = new() { [AutoHealing.Label] = on };
            (row.DefaultWorker.Labels, row.DefaultWorker.MaxNodeCount) = (new() { [AutoScaling.Label] = on }, 7);
        });
        _ = Popovers;
        var dialogs = Dialogs;

        var page = Open(cluster, "overview");
        Assert.Equal((healing, scaling), (page.WaitForElement(Id("healing")).TextContent, page.Find(Id("scaling")).TextContent));
        Open(cluster, "nodes").WaitForElement("[data-group=default-worker] button" + Id("resize")).Click();
        dialogs.WaitForElement(Id("resize-preview"));
        Assert.Equal(hints, dialogs.FindAll(Id("resize-scaled")).Count);
    }

    [Fact]
    public async Task AReader_IsToldWhatHisRolesDoNotAllow()
    {
        var cluster = await ReachedAsync();
        Person.Become(TestCaller.Reader());

        var page = Open(cluster, "danger");
        page.WaitForElement(Id("delete-name")).Input("blue");
        Assert.True(page.Find("button" + Id("delete")).HasAttribute("disabled"));
        Assert.Contains("do not allow it: cluster:delete.", page.Find(Id("danger")).TextContent, StringComparison.Ordinal);
        Assert.True(page.Find("button" + Id("upgrade")).HasAttribute("disabled"));

        var access = Open(cluster, "access");
        access.WaitForElement(Id("access"));
        Assert.All(["kubeconfig-download", "kubeconfig-copy", "credential"], id => Assert.True(access.Find("button" + Id(id)).HasAttribute("disabled"), id));

        // Another member of the project has the roles; the cluster is not his.
        Person.Become(TestCaller.Member(user: "colleague"));
        var foreign = Open(cluster, "access");
        foreign.WaitForElement(Id("access"));
        Assert.Contains("only to whom it belongs: certificate:create.", foreign.Find(Id("access")).TextContent, StringComparison.Ordinal);
        Assert.False(foreign.Find("button" + Id("credential")).HasAttribute("disabled"));   // that is how he takes it over
    }

    private async Task<Cluster> ReachedAsync()
    {
        var cluster = await World.AddClusterAsync();
        await World.Get<ClusterCertificates>().EnsureAsync(cluster.Uuid, cluster.Name, Ct);
        await ChangeAsync(cluster, (row, _) => row.ApiAddress = "https://172.24.4.5:6443");
        return cluster;
    }

    private IRenderedComponent<ClusterPage> Open(Cluster cluster, string tab = "")
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/clusters/{cluster.Uuid}?tab={tab}");
        return Render<ClusterPage>(p => p.Add(c => c.Ident, cluster.Uuid.ToString()));
    }

    private async Task<Cluster> CreatingAsync()
    {
        var template = await World.AddTemplateAsync();
        var result = await World.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { Name = "blue", ClusterTemplateId = template.Uuid.ToString(), NodeCount = 2 }, Ct);
        await ChangeAsync(result.Value!, (_, operation) =>
        {
            if (operation.Steps.Count == 0)
            {
                operation.Steps.AddRange(OperationSteps.Of(operation.Kind, result.Value!).Select((step, ordinal) => new OperationStep { Ordinal = ordinal, Name = step.Name, Weight = step.Weight }));
            }
        });
        return result.Value!;
    }

    private async Task AddEventAsync(
        Cluster cluster, EventSource source, EventLevel level, string kind, string message, string? name = null, string? type = null, string? status = null)
    {
        await using var db = World.Database.CreateDbContext();
        var row = await db.Clusters.SingleAsync(c => c.Uuid == cluster.Uuid, Ct);
        var operation = await db.Operations.SingleAsync(o => o.ClusterUuid == cluster.Uuid, Ct);
        var entry = ClusterEventWriter.Append(db, row, source, level, kind, message, World.Time.GetUtcNow(), operation);
        (entry.ResourceName, entry.ResourceType, entry.ResourceStatus) = (name, type, status);
        await db.SaveChangesAsync(Ct);
    }

    private async Task ChangeAsync(Cluster cluster, Action<Cluster, Operation> change)
    {
        await using var db = World.Database.CreateDbContext();
        var row = await db.Clusters.Include(c => c.NodeGroups).SingleAsync(c => c.Uuid == cluster.Uuid, Ct);
        change(row, await db.Operations.Include(o => o.Steps).SingleAsync(o => o.ClusterUuid == cluster.Uuid, Ct));
        await db.SaveChangesAsync(Ct);
    }
}
