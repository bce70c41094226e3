using System.Text.Json;
using Magnum.Core.Diagnosis;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Observing;
using Magnum.Drivers.OpenStack.Heat;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>Each known failure, from the words of the services to its cause.</summary>
public sealed class DiagnosisTests
{
    private const string Node = "blue-one-worker-0";
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 9, 30, 0, TimeSpan.Zero);

    public static TheoryData<string> Fixtures => [.. Directory.EnumerateFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Fixtures", "diagnosis");

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Recorded_ItsCauseComesFirst_AndWhoActs(string name)
    {
        using var fixture = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, $"{name}.json")));
        var reason = Reason(fixture.RootElement);

        var cause = FailureCatalogue.Match(reason);

        Assert.True(cause?.Code == fixture.RootElement.GetProperty("code").GetString(), $"{cause?.Code ?? "nothing"} in: {reason}");
        Assert.Equal(fixture.RootElement.GetProperty("who").GetString(), cause!.Who.ToString());
    }

    [Fact]
    public void EveryKnownMessage_HasAFixture() =>
        Assert.Equal(FailureCatalogue.All.Where(c => c.HasPattern).Select(c => c.Code).Order(StringComparer.Ordinal), Directory.EnumerateFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));

    [Fact]
    public void QuotaOfAVolume_BeatsTheTimeOutThatCameBefore()
    {
        var reason = ReasonOf(
            "Resource CREATE failed: WaitConditionTimeout: resources.kube_minions: 0 of 1 received",
            [
                Resource("node_ready", "OS::Heat::WaitCondition", "WaitConditionTimeout: resources.node_ready: 0 of 1 received", 1),
                Resource("volume", "OS::Cinder::Volume", "OverLimit: resources.volume: VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota.", 2),
            ],
            []);

        Assert.StartsWith($"The volume of node {Node} could not be made: ", reason, StringComparison.Ordinal);
        Assert.Equal("quota-gigabytes", FailureCatalogue.Match(reason)?.Code);
    }

    [Fact]
    public void WordsThatNobodyKnows_AreKeptAndBeatATimeOut()
    {
        var reason = ReasonOf(
            "Resource CREATE failed: resources.kube_minions",
            [
                Resource("node_ready", "OS::Heat::WaitCondition", "WaitConditionTimeout: resources.node_ready: 0 of 1 received", 1),
                Resource("port", "OS::Neutron::Port", "Conflict: resources.port: The moon is full.", 2),
            ],
            []);

        Assert.Equal($"The port of node {Node} could not be made: The moon is full.", reason);
        Assert.Null(FailureCatalogue.Match(reason));
    }

    [Fact]
    public void HeatSaysNothingOfAServer_NovasFaultDoes()
    {
        var testimony = new NodeTestimony(Node, "server-1", "No valid host was found. There are not enough hosts available.", null, Start);

        var reason = ReasonOf("Resource CREATE failed", [Resource("server", "OS::Nova::Server", "ResourceInError: resources.server: Went to status ERROR due to \"Unknown\"", 1)], [testimony]);

        Assert.Equal($"The server of node {Node} could not be made: Unknown. Nova says: No valid host was found. There are not enough hosts available.", reason);
        Assert.Equal("no-valid-host", FailureCatalogue.Match(reason)?.Code);
    }

    [Fact]
    public void StackTimedOut_TheConsoleOfTheNodeThatWasWaitedForIsQuoted()
    {
        var testimony = new NodeTestimony(Node, "server-1", null, ConsoleTail.Of("[   61.000001] magnum-node[812]: curl: (6) Could not resolve host: keystone\n"), Start);

        var reason = ReasonOf("Create timed out", [Resource("node_ready", "OS::Heat::WaitCondition", "", 1) with { Status = "CREATE_IN_PROGRESS" }], [testimony]);

        Assert.EndsWith($"still waiting for node {Node} (report). The console of node {Node} says: curl: (6) Could not resolve host: keystone.", reason, StringComparison.Ordinal);
        Assert.Equal("node-dns", FailureCatalogue.Match(reason)?.Code);
    }

    [Fact]
    public void TheSameConsoleAgain_IsTheSameEvent()
    {
        var console = ConsoleTail.Of("login:");
        string Id(ConsoleTail tail, int minutes) => Assert.Single(new NodeTestimony(Node, "server-1", null, tail, Start.AddMinutes(minutes)).ToEvents()).ExternalId;

        Assert.Equal(Id(console, 0), Id(console, 5));
        Assert.NotEqual(Id(console, 0), Id(ConsoleTail.Of("oops"), 0));
    }

    private static string Reason(JsonElement fixture)
    {
        if (fixture.TryGetProperty("reason", out var reason))
        {
            return reason.GetString()!;
        }

        var resources = fixture.GetProperty("resources").EnumerateArray().Select((r, i) =>
            Resource(r.GetProperty("resource_name").GetString()!, r.GetProperty("resource_type").GetString()!, r.GetProperty("resource_status_reason").GetString(), i)
                with
            { Status = r.GetProperty("resource_status").GetString()! });
        IReadOnlyList<NodeTestimony> testimonies = fixture.TryGetProperty("console", out var console)
            ? [new NodeTestimony(Node, "server-1", null, ConsoleTail.Of(console.GetString()!), Start)]
            : [];
        return ReasonOf(
            fixture.GetProperty("stack_status_reason").GetString()!, [.. resources], testimonies, fixture.TryGetProperty("timeout_mins", out var minutes) ? minutes.GetInt32() : null);
    }

    private static string ReasonOf(string stackReason, IReadOnlyList<HeatResource> resources, IReadOnlyList<NodeTestimony> testimonies, int? minutes = null)
    {
        var root = new HeatStack("root", "blue-one", "CREATE_FAILED", stackReason, Start, null, [], minutes);
        HeatResource[] nest =
        [
            new("kube_minions", "OS::Heat::ResourceGroup", "CREATE_FAILED", stackReason, "group", null, Start) { Stack = root.Ref },
            new("0", "worker.yaml", "CREATE_FAILED", stackReason, "node", "kube_minions", Start) { Stack = new StackRef("blue-one-kube_minions", "group") },
        ];
        var tree = new StackTree(root, [.. nest, .. resources], [new StackNodeGroup("default-worker", "kube_minions", "blue-one-worker-", "worker_nodes", "worker_count", null)]);
        return FailureReason.Of(root, tree, testimonies);
    }

    private static HeatResource Resource(string name, string type, string? reason, int order) =>
        new(name, type, "CREATE_FAILED", reason, $"{name}-1", "0", Start.AddSeconds(order)) { Stack = new StackRef("blue-one-kube_minions-0", "node") };
}
