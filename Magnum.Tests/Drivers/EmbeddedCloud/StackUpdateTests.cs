using System.Text.Json.Nodes;

namespace Magnum.Tests.Drivers.EmbeddedCloud;

public sealed class StackUpdateTests : IDisposable
{
    private readonly CloudBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Group_GrowsWithoutTouchingWhatIsThere()
    {
        var stack = _bench.Made(Templates.Cluster, Templates.WithNode());
        var before = _bench.Cloud.State.Compute.Servers.Keys.ToHashSet();

        Change(stack, ("count", 3), ("generation", "2"));

        Assert.Equal("UPDATE_COMPLETE", stack.State);
        Assert.Equal(4, _bench.Cloud.State.Compute.Servers.Count);
        Assert.Superset(before, _bench.Cloud.State.Compute.Servers.Keys.ToHashSet());
        Assert.Equal(3, _bench.Output(stack, "nodes")!.AsArray().Count);
    }

    [Theory]
    [InlineData("index", "1")]
    [InlineData("server id", null)]
    public void Group_ShrinksByTheMemberThatIsNamed(string how, string? named)
    {
        var stack = _bench.Made(Templates.Cluster, Templates.WithNode(("count", 3)));
        var servers = _bench.Output(stack, "servers")!.AsArray().Select(s => (string)s!).ToList();
        Assert.NotEmpty(how);

        Change(stack, ("count", 2), ("removed", named ?? servers[1]));

        Assert.Equal([servers[0], servers[2]], _bench.Output(stack, "servers")!.AsArray().Select(s => (string?)s));
        Assert.DoesNotContain(servers[1], _bench.Cloud.State.Compute.Servers.Keys);

        // A name that was taken out is not used again.
        Change(stack, ("count", 3), ("removed", ""));
        Assert.Equal(["0", "2", "3"], _bench.Output(stack, "by_name")!.AsObject().Select(m => m.Key));
    }

    [Fact]
    public void Group_ShrinksFromTheEndWhenNobodyIsNamed()
    {
        var stack = _bench.Made(Templates.Cluster, Templates.WithNode(("count", 3)));
        var first = (string?)_bench.Output(stack, "servers")![0];

        Change(stack, ("count", 1));

        Assert.Equal(first, (string?)Assert.Single(_bench.Output(stack, "servers")!.AsArray()));
    }

    [Fact]
    public void NewUserData_WithPolicyIgnore_KeepsTheServer()
    {
        var stack = _bench.Made(Templates.Cluster, Templates.WithNode());
        var master = stack.Live("master")!.PhysicalId;

        Change(stack, ("generation", "2"));

        Assert.Equal(master, stack.Live("master")!.PhysicalId);
        Assert.Equal("UPDATE", stack.Live("master")!.Action);
    }

    [Fact]
    public void NewUserData_WithoutThePolicy_ReplacesTheServer()
    {
        var template = Templates.Cluster.Replace("user_data_update_policy: IGNORE", "admin_pass: x", StringComparison.Ordinal);
        var stack = _bench.Made(template, Templates.WithNode());
        var master = stack.Live("master")!.PhysicalId;

        // The new server takes the port over from the old one, which goes only when the new one is there.
        Change(stack, ("generation", "2"));

        Assert.Equal("UPDATE_COMPLETE", stack.State);
        Assert.NotEqual(master, stack.Live("master")!.PhysicalId);
        Assert.DoesNotContain(master, _bench.Cloud.State.Compute.Servers.Keys);
        Assert.Equal(stack.Live("master")!.PhysicalId, _bench.Cloud.State.Network.Ports[stack.Live("port")!.PhysicalId].DeviceId);
    }

    [Fact]
    public void ChangedImage_ReplacesTheServerAndRemovesTheOldOne()
    {
        const string template = """
            heat_template_version: 2021-04-16
            parameters: {image: {type: string, default: cirros}}
            resources:
              server:
                type: OS::Nova::Server
                properties: {image: {get_param: image}, flavor: m1.small, networks: [{network: private}]}
            """;
        var stack = _bench.Made(template);
        var before = stack.Live("server")!.PhysicalId;

        Change(stack, ("image", "ubuntu-24.04"));

        Assert.Equal("UPDATE_COMPLETE", stack.State);
        Assert.NotEqual(before, stack.Live("server")!.PhysicalId);
        Assert.Equal(stack.Live("server")!.PhysicalId, Assert.Single(_bench.Cloud.State.Compute.Servers).Key);
        Assert.Single(stack.Resources);
    }

    [Fact]
    public void ResourceTakenOutOfTheTemplate_IsRemoved_AndOneAddedIsMade()
    {
        var stack = _bench.Made("heat_template_version: 2021-04-16\nresources: {a: {type: OS::Neutron::Net}, b: {type: OS::Neutron::Net}}");
        var kept = stack.Live("a")!.PhysicalId;

        _bench.Update(stack, new JsonObject { ["template"] = "heat_template_version: 2021-04-16\nresources: {a: {type: OS::Neutron::Net}, c: {type: OS::Neutron::Net}}" });
        _bench.Settle(stack);

        Assert.Equal("UPDATE_COMPLETE", stack.State);
        Assert.Equal(["a", "c"], stack.Resources.Select(r => r.Name).Order());
        Assert.Equal(kept, stack.Live("a")!.PhysicalId);
    }

    [Fact]
    public void FailedUpdate_WithRollback_GoesBackToWhatWas()
    {
        var stack = _bench.Made(Templates.Cluster, Templates.WithNode());
        var before = _bench.Cloud.State.Compute.Servers.Keys.ToHashSet();
        stack.DisableRollback = false;
        stack.Scenario = "no-valid-host";

        Change(stack, ("count", 2));

        Assert.Equal("ROLLBACK_COMPLETE", stack.State);
        Assert.Equal(before, _bench.Cloud.State.Compute.Servers.Keys.ToHashSet());
        Assert.Single(_bench.Output(stack, "nodes")!.AsArray());
    }

    [Fact]
    public void FailedUpdate_CanBeRepeatedOnceTheCloudIsWell()
    {
        var stack = _bench.Made(Templates.Cluster, Templates.WithNode());
        stack.Scenario = "no-valid-host";
        Change(stack, ("count", 2));
        Assert.Equal("UPDATE_FAILED", stack.State);

        stack.Scenario = null;
        Change(stack, ("count", 2));

        Assert.Equal("UPDATE_COMPLETE", stack.State);
        Assert.Equal(3, _bench.Cloud.State.Compute.Servers.Count);
        Assert.All(_bench.Cloud.State.Compute.Servers.Values, s => Assert.Equal("ACTIVE", s.Status));
    }

    [Fact]
    public void SameAgain_ChangesNothing()
    {
        var stack = _bench.Made(Templates.Cluster, Templates.WithNode());
        var events = stack.Events.Count;

        Change(stack);

        Assert.Equal("UPDATE_COMPLETE", stack.State);
        Assert.Equal(events + 2, stack.Events.Count);
    }

    private void Change(Magnum.Drivers.EmbeddedCloud.Heat.Engine.StackRow stack, params (string Key, JsonNode? Value)[] parameters)
    {
        _bench.Update(stack, new JsonObject { ["parameters"] = new JsonObject(parameters.Select(p => KeyValuePair.Create(p.Key, p.Value))) });
        _bench.Settle(stack);
    }
}
