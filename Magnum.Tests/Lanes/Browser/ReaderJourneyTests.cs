using System.Net;
using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;
using static Microsoft.Playwright.Assertions;

namespace Magnum.Tests.Lanes.Browser;

/// <summary>Somebody who may look at a project and change nothing in it.</summary>
[Collection(nameof(BrowserLane))]
public sealed class ReaderJourneyTests(BrowserLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Browser)]
    public async Task AReader_SeesEverything_AndIsToldWhyNothingCanBeChanged()
    {
        await lane.CleanAsync();
        var template = await lane.TemplateAsync("k8s");
        var api = await lane.ApiAsync("demo");
        var made = (await api.PostAsync("/clusters", new JsonObject { ["name"] = "seen", ["cluster_template_id"] = template }, Ct)).Expect(HttpStatusCode.Accepted);
        await using var reader = await lane.VisitAsync("reader");
        await reader.SignInAsync("demo_reader");
        await reader.WaitUntilLiveAsync();

        await Expect(reader.Marked("clusters")).ToContainTextAsync("seen");
        await DeniedAsync(reader, "new-cluster", "cluster:create");

        await reader.OpenAsync($"/clusters/{made["uuid"]}?tab=progress");
        await reader.ExpectStatusAsync("CREATE_COMPLETE");   // what goes on is seen live
        await DeniedAsync(reader, "upgrade", "cluster:upgrade");
        await reader.Marked("tab-nodes").ClickAsync();
        await Expect(reader.Marked("add-group")).ToBeDisabledAsync();
        await reader.Marked("tab-access").ClickAsync();
        await DeniedAsync(reader, "kubeconfig-download", "certificate:create");
        await reader.ShotAsync("access");
        await reader.Marked("tab-danger").ClickAsync();
        await reader.Marked("delete-name").FillAsync("seen");
        await DeniedAsync(reader, "delete", "cluster:delete");

        await reader.OpenAsync($"/templates/{template}");
        await DeniedAsync(reader, "launch", "cluster:create");
        await reader.OpenAsync("/clusters/new");
        await Expect(reader.Marked("denied")).ToContainTextAsync("cluster:create");
        Assert.Empty(reader.Complaints);
    }

    /// <summary>A button is disabled, and beside it stands which rule it is and what roles there are.</summary>
    private static async Task DeniedAsync(Visitor visitor, string testId, string rule)
    {
        await Expect(visitor.Marked(testId)).ToBeDisabledAsync();
        await Expect(visitor.Marked(testId).Locator("xpath=..")).ToContainTextAsync($"Your roles in this project (reader) do not allow it: {rule}.");
    }
}
