using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Cli;

/// <summary>Every command of <c>openstack coe</c> when it is refused: the client says why, in words that help.</summary>
[Collection(nameof(CliLane))]
public sealed partial class RefusedCommandsTests(CliLane lane, ClustersInEveryState clusters) : IClassFixture<ClustersInEveryState>
{
    private const string Complete = ClustersInEveryState.Complete;
    private const string InProgress = ClustersInEveryState.InProgress;
    private const string Failed = ClustersInEveryState.Failed;
    private const string Template = ClustersInEveryState.Template;

    /// <summary>These print what went wrong as if it were a result, and end with exit code 0.</summary>
    private static readonly string[] EndWell = ["coe cluster template delete", "coe quotas create", "coe quotas update", "coe quotas delete"];

    private static string[] Sound => ["--coe", "kubernetes", "--image", "ubuntu-22.04-kube-v1.31.1", "--external-network", "public"];

    /// <summary>One of each command at least, on something that is not there.</summary>
    private static IReadOnlyList<Refusal> Unknown =>
    [
        new("Cluster nowhere could not be found", "coe ca rotate", "nowhere"),
        new("Cluster nowhere could not be found", "coe ca show", "nowhere"),
        new("Cluster nowhere could not be found", "coe ca sign", "nowhere", "/dev/null"),
        new("Cluster nowhere could not be found", "coe cluster config", "nowhere"),
        new("ClusterTemplate nowhere could not be found", "coe cluster create", "new", "--cluster-template", "nowhere"),
        new("Unable to find keypair nowhere", "coe cluster create", "new", "--cluster-template", Template, "--keypair", "nowhere"),
        new("Unable to find flavor nowhere", "coe cluster create", "new", "--cluster-template", Template, "--flavor", "nowhere"),
        new("Unable to find flavor nowhere", "coe cluster create", "new", "--cluster-template", Template, "--master-flavor", "nowhere"),
        new("Unable to find fixed network nowhere", "coe cluster create", "new", "--cluster-template", Template, "--fixed-network", "nowhere"),
        new("Cluster nowhere could not be found", "coe cluster delete", "nowhere"),
        new("The sort_key value \"nowhere\" is an invalid field for sorting", "coe cluster list", "--sort-key", "nowhere"),
        new("Cluster nowhere could not be found", "coe cluster resize", "nowhere", "2"),
        new("Nodegroup nowhere could not be found", "coe cluster resize", Complete, "2", "--nodegroup", "nowhere"),
        new("Cluster nowhere could not be found", "coe cluster show", "nowhere"),
        new("Unable to find fixed network nowhere", "coe cluster template create", ["new", .. Sound, "--fixed-network", "nowhere"]),
        new("Image nowhere could not be found", "coe cluster template create", "new", "--coe", "kubernetes", "--image", "nowhere", "--external-network", "public"),
        new("Unable to find external network nowhere", "coe cluster template create", ["new", .. Sound[..4], "--external-network", "nowhere"]),
        new("ClusterTemplate nowhere could not be found", "coe cluster template delete", "nowhere"),
        new("The sort_key value \"nowhere\" is an invalid field for sorting", "coe cluster template list", "--sort-key", "nowhere"),
        new("ClusterTemplate nowhere could not be found", "coe cluster template show", "nowhere"),
        new("ClusterTemplate nowhere could not be found", "coe cluster template update", "nowhere", "replace", "name=new"),
        new("Unable to find flavor nowhere", "coe cluster template update", Template, "replace", "flavor_id=nowhere"),
        new("Image nowhere could not be found", "coe cluster template update", Template, "replace", "image_id=nowhere"),
        new("Cluster nowhere could not be found", "coe cluster update", "nowhere", "replace", "node_count=2"),
        new("Cluster nowhere could not be found", "coe cluster upgrade", "nowhere", Template),
        new("ClusterTemplate nowhere could not be found", "coe cluster upgrade", Complete, "nowhere"),
        new("Cluster nowhere could not be found", "coe nodegroup create", "nowhere", "new"),
        new("Cluster nowhere could not be found", "coe nodegroup delete", "nowhere", "new"),
        new("Nodegroup nowhere could not be found", "coe nodegroup delete", Complete, "nowhere"),
        new("Cluster nowhere could not be found", "coe nodegroup list", "nowhere"),
        new("Cluster nowhere could not be found", "coe nodegroup show", "nowhere", "default-worker"),
        new("Nodegroup nowhere could not be found", "coe nodegroup show", Complete, "nowhere"),
        new("Cluster nowhere could not be found", "coe nodegroup update", "nowhere", "default-worker", "replace", "min_node_count=1"),
        new("Nodegroup nowhere could not be found", "coe nodegroup update", Complete, "nowhere", "replace", "min_node_count=1"),
        new("The project_id nowhere could not be found", "coe quotas create", "--project-id", "nowhere", "--resource", "Cluster"),
        new("Quota could not be found: project_id nowhere resource Cluster", "coe quotas delete", "--project-id", "nowhere", "--resource", "Cluster"),
        new("Quota could not be found: project_id nowhere resource Cluster", "coe quotas update", "--project-id", "nowhere", "--resource", "Cluster"),
    ];

    [LaneFact(Lane.Cli)]
    public async Task WhatIsNotThere_IsNamed()
    {
        await RefusedAsync(lane.Demo, [.. Unknown.Where(u => !OfAdministrator(u))]);
        await RefusedAsync(lane.Admin, [.. Unknown.Where(OfAdministrator)]);

        static bool OfAdministrator(Refusal refusal) => refusal.Command.StartsWith("coe quotas", StringComparison.Ordinal);
    }

    [LaneFact(Lane.Cli)]
    public async Task ABadValue_IsRefusedWithTheFieldsName()
    {
        var client = lane.Demo;
        string[] ofTemplate = [Template, "replace"];
        string[] made = ["new", "--cluster-template", Template];
        await RefusedAsync(
            client,
            new("field/attribute coe", "coe cluster template create", ["new", "--coe", "docker", .. Sound[2..]]),
            new("Requested COE type dcos is not supported", "coe cluster template create", ["new", "--coe", "dcos", .. Sound[2..]]),
            new("Image cirros doesn't contain os_distro field", "coe cluster template create", ["new", .. Sound[..2], "--image", "cirros", .. Sound[4..]]),
            new("Network driver type token-ring is not supported", "coe cluster template create", ["new", .. Sound, "--network-driver", "token-ring"]),
            new("Volume driver type tape is not supported", "coe cluster template create", ["new", .. Sound, "--volume-driver", "tape"]),
            new("field/attribute docker_volume_size", "coe cluster template create", ["new", .. Sound, "--docker-volume-size", "0"]),
            new("but received nobody", "coe cluster template create", ["new", .. Sound, "--dns-nameserver", "nobody"]),
            new("Cluster type (bm, ubuntu, kubernetes) not supported", "coe cluster template create", ["new", .. Sound, "--server-type", "bm"]),
            new("field/attribute hidden", "coe cluster template update", [.. ofTemplate, "hidden=maybe"]),
            new("'/uuid' is an internal attribute", "coe cluster template update", [.. ofTemplate, "uuid=mine"]),
            new("'/image_id' is a mandatory attribute", "coe cluster template update", Template, "remove", "image_id"),
            new("Limit must be positive", "coe cluster template list", "--limit", "0"),
            new("field/attribute master_count", "coe cluster create", [.. made, "--master-count", "0"]),
            new("master nodegroup size of 2 is invalid", "coe cluster create", [.. made, "--master-count", "2"]),
            new("master_count must be 1 when master_lb_enabled is False", "coe cluster create", [.. made, "--master-count", "3"]),
            new("field/attribute create_timeout", "coe cluster create", [.. made, "--timeout", "-1"]),
            new("field/attribute node_count", "coe cluster resize", Complete, "--", "-1"),
            new("Resizing the master nodegroup is not supported", "coe cluster resize", Complete, "3", "--nodegroup", "default-master"),
            new("field/attribute node_count", "coe cluster update", Complete, "replace", "node_count=many"),
            new("cannot change cluster property(ies) labels", "coe cluster update", Complete, "add", "labels/team=red"),
            new("Couldn't apply patch", "coe cluster update", Complete, "replace", "colour=red"),
            new("Limit must be positive", "coe cluster list", "--limit", "-1"),
            new("A node group with name default-worker already exists", "coe nodegroup create", Complete, "default-worker"),
            new("Creating master nodegroups is currently not supported", "coe nodegroup create", Complete, "new", "--role", "master"),
            new("min_node_count (3) should be less or equal to max_node_count (2)", "coe nodegroup create", Complete, "new", "--min-nodes", "3", "--max-nodes", "2"),
            new("field/attribute node_count", "coe nodegroup create", Complete, "new", "--node-count", "-1"),
            new("min_node_count (9) should be less or equal to node_count (1)", "coe nodegroup update", Complete, "default-worker", "replace", "min_node_count=9"),
            new("field/attribute max_node_count", "coe nodegroup update", Complete, "default-worker", "replace", "max_node_count=many"),
            new("'/name' is an internal attribute", "coe nodegroup update", Complete, "default-worker", "replace", "name=new"),
            new("Deleting a default nodegroup is not supported", "coe nodegroup delete", Complete, "default-worker"),
            new("The sort_key value \"colour\" is an invalid field", "coe nodegroup list", Complete, "--sort-key", "colour"));

        var project = (string)(await lane.Demo.JsonAsync("token issue"))["project_id"]!;
        await RefusedAsync(
            lane.Admin,
            new("field/attribute resource", "coe quotas create", "--project-id", project, "--resource", "Node"),
            new("field/attribute hard_limit", "coe quotas create", "--project-id", project, "--resource", "Cluster", "--hard-limit", "-1"),
            new("field/attribute hard_limit", "coe quotas update", "--project-id", project, "--resource", "Cluster", "--hard-limit", "-1"),
            new("is an invalid field for sorting", "coe quotas list", "--all-tenants", "--sort-key", "colour"));
    }

    [LaneFact(Lane.Cli)]
    public async Task ARequestForACertificate_ThatIsNotSigned_IsRefusedWithTheReason()
    {
        await RefusedAsync(
            lane.Demo,
            new("Received invalid csr", "coe ca sign", Complete, clusters.Write("Please sign this.")),
            new("its RSA key is shorter than 2048 bits", "coe ca sign", Complete, clusters.Request(keySize: 1024)));
        var authority = new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true);
        await RefusedAsync(lane.Demo, new Refusal("Extension 'basicConstraints' not allowed", "coe ca sign", Complete, clusters.Request(extensions: authority)));
        Assert.Contains("A CSR must be provided", (await lane.Demo.OkAsync("coe ca sign", Complete, "/no/such/file")).Output, StringComparison.Ordinal);
    }

    [LaneFact(Lane.Cli)]
    public async Task AClusterThatIsNotReady_IsNotChanged()
    {
        foreach (var (cluster, status) in new[] { (InProgress, "CREATE_IN_PROGRESS"), (Failed, "CREATE_FAILED") })
        {
            await RefusedAsync(
                lane.Demo,
                new($"Resizing a cluster when status is \"{status}\" is not supported", "coe cluster resize", cluster, "2"),
                new($"Updating a cluster when status is \"{status}\" is not supported", "coe cluster update", cluster, "replace", "node_count=2"),
                new($"Updating a cluster when status is \"{status}\" is not supported", "coe ca rotate", cluster));
        }

        await RefusedAsync(lane.Demo, new Refusal("Upgrading a cluster when status is \"CREATE_IN_PROGRESS\" is not supported", "coe cluster upgrade", InProgress, Template));
        Assert.Contains("No valid host was found", (string?)(await lane.Demo.JsonAsync("coe cluster show", Failed))["status_reason"], StringComparison.Ordinal);
    }

    [LaneFact(Lane.Cli)]
    public async Task ATemplateInUse_StaysAsItIs()
    {
        await RefusedAsync(
            lane.Demo,
            new("is referenced by one or multiple clusters", "coe cluster template update", Template, "replace", "dns_nameserver=9.9.9.9"),
            new("is referenced by one or multiple clusters", "coe cluster template delete", Template),
            new("Not authorized to set public or hidden flag", "coe cluster template update", Template, "replace", "public=true"));
    }

    [LaneFact(Lane.Cli)]
    public async Task AReader_SeesButDoesNothing()
    {
        var reader = lane.Demo.With("OS_USERNAME", "demo_reader").With("OS_PASSWORD", "demo_reader");
        Assert.Equal(Complete, (string?)(await reader.JsonAsync("coe cluster show", Complete))["name"]);
        Assert.Equal(2, (await reader.ListAsync("coe nodegroup list", Complete)).Count);

        await RefusedAsync(
            reader,
            new(Policy("certificate:rotate_ca"), "coe ca rotate", Complete),
            new(Policy("certificate:get"), "coe ca show", Complete),
            new(Policy("certificate:create"), "coe ca sign", Complete, clusters.Request()),
            new(Policy("certificate:get"), "coe cluster config", Complete, "--dir", Path.GetTempPath()),
            new(Policy("cluster:create"), "coe cluster create", "new", "--cluster-template", Template),
            new(Policy("cluster:delete"), "coe cluster delete", Complete),
            new(Policy("cluster:resize"), "coe cluster resize", Complete, "2"),
            new(Policy("cluster:update"), "coe cluster update", Complete, "replace", "node_count=2"),
            new(Policy("cluster:upgrade"), "coe cluster upgrade", Complete, Template),
            new(Policy("clustertemplate:create"), "coe cluster template create", ["new", .. Sound]),
            new(Policy("clustertemplate:update"), "coe cluster template update", Template, "replace", "name=new"),
            new(Policy("clustertemplate:delete"), "coe cluster template delete", Template),
            new(Policy("nodegroup:create"), "coe nodegroup create", Complete, "new"),
            new(Policy("nodegroup:update"), "coe nodegroup update", Complete, "default-worker", "replace", "min_node_count=1"),
            new(Policy("nodegroup:delete"), "coe nodegroup delete", Complete, "default-worker"));
    }

    [LaneFact(Lane.Cli)]
    public async Task WhoIsNoAdministrator_LeavesLimitsAndServicesAlone()
    {
        var project = (string)(await lane.Demo.JsonAsync("token issue"))["project_id"]!;
        string[] whose = ["--project-id", project, "--resource", "Cluster"];

        await RefusedAsync(
            lane.Demo,
            new(Policy("quota:create"), "coe quotas create", whose),
            new(Policy("quota:update"), "coe quotas update", whose),
            new(Policy("quota:delete"), "coe quotas delete", whose),
            new(Policy("quota:get_all"), "coe quotas list"),
            new(Policy("magnum-service:get_all"), "coe service list"));
    }

    [LaneFact(Lane.Cli)]
    public async Task AnotherProject_KnowsNothingOfTheClusters()
    {
        var stranger = lane.Demo.With("OS_USERNAME", "alt_demo").With("OS_PASSWORD", "alt_demo").With("OS_PROJECT_NAME", "alt_demo");
        var project = (string)(await lane.Demo.JsonAsync("token issue"))["project_id"]!;
        var uuid = (string)(await lane.Demo.JsonAsync("coe cluster show", Complete))["uuid"]!;

        Assert.Empty(await stranger.ListAsync("coe cluster list"));
        Assert.Empty(await stranger.ListAsync("coe cluster template list"));
        await RefusedAsync(
            stranger,
            new($"Cluster {uuid} could not be found", "coe cluster show", uuid),
            new($"Cluster {uuid} could not be found", "coe cluster delete", uuid),
            new($"Cluster {uuid} could not be found", "coe nodegroup list", uuid),
            new($"Cluster {uuid} could not be found", "coe ca show", uuid),
            new($"ClusterTemplate {Template} could not be found", "coe cluster create", "new", "--cluster-template", Template),
            new("Not authorized", "coe stats list", project),
            new("Not authorized", "coe quotas show", "--project-id", project, "--resource", "Cluster"));
    }

    [LaneFact(Lane.Cli)]
    public async Task TwoOfOneName_AreToldApartByTheirIds()
    {
        await lane.CreateTemplateAsync("twin");
        await lane.CreateTemplateAsync("twin");

        await RefusedAsync(
            lane.Demo,
            new("Multiple ClusterTemplates exist with same name", "coe cluster template show", "twin"),
            new("Multiple ClusterTemplates exist with same name", "coe cluster create", "new", "--cluster-template", "twin"),
            new("Multiple ClusterTemplates exist with same name", "coe cluster template delete", "twin"));

        var twins = (await lane.Demo.ListAsync("coe cluster template list")).Where(t => (string?)t!["name"] == "twin").Select(t => (string)t!["uuid"]!).ToArray();
        var deleted = await lane.Demo.OkAsync("coe cluster template delete", twins);
        Assert.All(twins, uuid => Assert.Contains($"Request to delete cluster template {uuid} has been accepted", deleted.Output, StringComparison.Ordinal));
    }

    [LaneFact(Lane.Cli)]
    public async Task NoCommandOfTheClient_IsLeftOut()
    {
        // These have nothing to name that might not be there; they are refused above for who asks.
        string[] others = ["coe quotas list", "coe quotas show", "coe service list", "coe stats list"];

        var commands = CoeCommand().Matches((await lane.Demo.OkAsync("--help")).Output).Select(m => m.Value.Trim()).ToList();
        Assert.Contains("coe cluster create", commands);

        // Later clients than Debian 12's have it; it is not of its time here.
        Assert.Empty(commands.Except(Unknown.Select(u => u.Command)).Except(others).Except(["coe credential rotate"]));
    }

    private static string Policy(string rule) => $"Policy doesn't allow {rule} to be performed (HTTP 403)";

    /// <summary>As many at a time as there are processors: the client takes its time to start.</summary>
    private static Task RefusedAsync(OpenStackClient client, params IReadOnlyList<Refusal> refusals) => Parallel.ForEachAsync(
        refusals,
        new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = TestContext.Current.CancellationToken },
        async (refusal, _) =>
        {
            var result = await client.RunAsync(refusal.Command, refusal.Arguments);
            var said = result.ToString();
            Assert.Contains(refusal.Why, said, StringComparison.Ordinal);
            Assert.Matches(@"\(HTTP 4\d\d\) \(Request-ID: req-", said);
            Assert.DoesNotContain("Traceback", said, StringComparison.Ordinal);
            Assert.True(result.ExitCode == 0 == EndWell.Contains(refusal.Command), said);
        });

    [GeneratedRegex(@"^  coe [a-z ]*[a-z](?=  )", RegexOptions.Multiline)]
    private static partial Regex CoeCommand();

    /// <param name="Why">Part of what the client says.</param>
    /// <param name="Command">Words separated by spaces.</param>
    /// <param name="Arguments">Passed as they are.</param>
    private sealed record Refusal(string Why, string Command, params string[] Arguments);
}
