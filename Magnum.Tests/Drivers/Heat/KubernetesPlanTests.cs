using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Drivers;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Kubernetes;
using Magnum.Drivers.Heat.Kubernetes.Addons;
using Magnum.Drivers.Heat.Preflight;
using Magnum.Tests.Support;

namespace Magnum.Tests.Drivers.Heat;

public sealed class KubernetesPlanTests
{
    private readonly PlanCloud _cloud = new();
    private readonly FakeIdentity _identity = new() { Validate = _ => Task.FromResult<TokenInfo?>(TestCaller.Member().Token) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ClusterThatFits_PassesEveryCheckAndListsWhatIsMade()
    {
        var plan = await PlanAsync(KubernetesClusters.New(masters: 1, workers: 2));

        Assert.True(plan.CanLaunch);
        Assert.All(plan.Checks, c => Assert.Equal(CheckOutcome.Pass, c.Outcome));
        var servers = plan.Resources.Where(r => r.Type == "OS::Nova::Server").ToList();
        Assert.Equal(["blue-one-111111112222-master-* 1", "blue-one-111111112222-worker-* 2"], servers.Select(r => $"{r.Name} {r.Count}"));
        Assert.Equal("m1.large: 4 vCPU, 8192 MiB, 80 GiB; ubuntu", servers[0].Detail);
        Assert.DoesNotContain(plan.Resources, r => r.Type.StartsWith("OS::Heat::", StringComparison.Ordinal));
        Assert.Equal(
            ["cores +12", "floating_ips +3", "instances +3", "networks +1", "ports +4", "ram +24576", "routers +1", "security_group_rules +16", "security_groups +3", "server_groups +2", "subnets +1"],
            plan.Quotas.Select(q => $"{q.Resource} +{q.Adds}").Order());
        Assert.Equal(
            ["instances 3", "cores 12", "ram 24576", "floating_ips 3", "networks 1", "subnets 1", "routers 1", "ports 4", "security_groups 3"],
            plan.Needs.Select(n => $"{n.Resource} {n.Amount}"));
    }

    [Fact]
    public async Task CloudThatTellsNoLimits_WhatIsTakenIsAddedUpAllTheSame()
    {
        var plan = (await PlanAsync(KubernetesClusters.New(masters: 1, workers: 2, dockerVolume: 50))) with { Quotas = [] };

        Assert.Equal(
            ["instances 3", "cores 12", "ram 24576", "volumes 3", "gigabytes 150"],
            plan.Needs.Take(5).Select(n => $"{n.Resource} {n.Amount}"));
        Assert.All(plan.Resources, r => Assert.Equal((r.Type == "OS::Nova::Server", r.Type == "OS::Cinder::Volume"), (r.Flavor is not null, r.Gigabytes > 0)));
    }

    [Theory]
    [InlineData("image gone", "image.exists", "image_id")]
    [InlineData("image twice", "image.exists", "image_id")]
    [InlineData("image queued", "image.status", "image_id")]
    [InlineData("image without distro", "image.os_distro", "image_id")]
    [InlineData("image of another distro", "image.os_distro", "image_id")]
    [InlineData("image needs memory", "flavor.master.ram", "master_flavor_id")]
    [InlineData("image needs disk", "flavor.master.disk", "master_flavor_id")]
    [InlineData("other version", "image.kube_version", "labels")]
    [InlineData("flavor gone", "flavor.master", "master_flavor_id")]
    [InlineData("flavor tiny", "flavor.master.ram", "master_flavor_id")]
    [InlineData("flavor diskless", "flavor.worker.disk", "flavor_id")]
    [InlineData("key gone", "keypair", "keypair")]
    [InlineData("no external network", "network.external", "external_network_id")]
    [InlineData("external network is not", "network.external", "external_network_id")]
    [InlineData("fixed network gone", "network.fixed", "fixed_network")]
    [InlineData("fixed network external", "network.fixed", "fixed_network")]
    [InlineData("subnet elsewhere", "network.subnet", "fixed_subnet")]
    [InlineData("subnet v6", "network.subnet", "fixed_subnet")]
    [InlineData("subnet alone", "network.subnet", "fixed_network")]
    [InlineData("pods over nodes", "network.overlap", "labels")]
    [InlineData("dns", "network.dns", "dns_nameserver")]
    [InlineData("zone", "availability_zone", "labels")]
    [InlineData("no volumes", "volume.service", "docker_volume_size")]
    [InlineData("volume type", "volume.type", "labels")]
    [InlineData("no balancers", "load_balancer.service", "master_lb_enabled")]
    [InlineData("label type", "label.boot_volume_size", "labels")]
    [InlineData("label options", "label.kubelet_options", "labels")]
    [InlineData("label cidrs", "label.ssh_allowed_cidrs", "labels")]
    [InlineData("the cloud inside by a trust", "credential.cloud", "labels")]
    [InlineData("even masters", "masters.count", "master_count")]
    [InlineData("cni", "network.driver", "network_driver")]
    [InlineData("no tls", "unsupported.tls_disabled", "tls_disabled")]
    [InlineData("quota instances", "quota.instances", "node_count")]
    [InlineData("quota cores", "quota.cores", "flavor_id")]
    [InlineData("quota floating ips", "quota.floating_ips", "floating_ip_enabled")]
    [InlineData("quota rules", "quota.security_group_rules", null)]
    [InlineData("quota gigabytes", "quota.gigabytes", "docker_volume_size")]
    [InlineData("images down", "image.exists", "image_id")]
    [InlineData("networks down", "network.service", null)]
    public async Task OneFault_FailsItsCheckAndNoOther(string fault, string id, string? field)
    {
        var plan = await PlanAsync(With(fault));

        Assert.False(plan.CanLaunch);
        var failed = Assert.Single(plan.Checks, c => c.Outcome is CheckOutcome.Fail);
        Assert.Equal(id, failed.Id);
        Assert.Equal(field, failed.Field);
        Assert.EndsWith(".", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one cpu", "flavor.master.vcpus")]
    [InlineData("unknown label", "label.flanel_backend")]
    [InlineData("ignored label", "label.tiller_enabled")]
    [InlineData("no key", "keypair")]
    [InlineData("no version", "image.kube_version")]
    [InlineData("limits down", "quota.compute")]
    [InlineData("zones down", "availability_zone")]
    [InlineData("cinder for pods", "volume.driver")]
    [InlineData("a trust", "credential.cloud")]
    [InlineData("a restricted credential", "credential.cloud")]
    [InlineData("no role", "credential.cloud")]
    [InlineData("three masters", "load_balancer.none")]
    public async Task Doubt_WarnsAndLetsLaunch(string doubt, string id)
    {
        var plan = await PlanAsync(With(doubt));

        Assert.True(plan.CanLaunch);
        Assert.Equal(id, Assert.Single(plan.Checks, c => c.Outcome is CheckOutcome.Warning).Id);
    }

    [Fact]
    public async Task MistypedLabel_NamesTheOneThatIsMeant()
    {
        var plan = await PlanAsync(With("unknown label"));

        Assert.Contains("is flannel_backend meant?", Assert.Single(plan.Checks, c => c.Outcome is CheckOutcome.Warning).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task QuotaTooSmall_NamesTheShortfall()
    {
        _cloud.Compute = _cloud.Compute with { Instances = new(10, 9) };

        var plan = await PlanAsync(KubernetesClusters.New(masters: 1, workers: 2));

        var check = Assert.Single(plan.Checks, c => c.Outcome is CheckOutcome.Fail);
        Assert.Equal("The project's limit of servers is 10, 9 are used and 3 more are needed: 2 too many.", check.Message);
        Assert.False(plan.Quotas.Single(q => q.Resource == "instances").Fits);
    }

    [Fact]
    public async Task AbsurdVolumes_AreTooManyAndNotFew()
    {
        var plan = await PlanAsync(KubernetesClusters.New(workers: 7, dockerVolume: int.MaxValue));

        Assert.Contains(plan.Checks, c => c is { Id: "quota.gigabytes", Outcome: CheckOutcome.Fail, Field: "docker_volume_size" });
        Assert.All(plan.Quotas, q => Assert.True(q.Adds >= 0));
    }

    [Fact]
    public async Task CredentialThatIsNoGood_EndsThePlan()
    {
        _cloud.Trouble["flavors"] = new CloudException("compute", CloudFault.Unauthorized, "Expired.");

        await Assert.ThrowsAsync<CloudException>(() => PlanAsync(KubernetesClusters.New()));
    }

    [Fact]
    public async Task ClusterThatIsThere_PlansTheNewNodesOnly()
    {
        var cluster = KubernetesClusters.New(masters: 1, workers: 3);
        cluster.StackId = "stack";
        cluster.DefaultMaster.Nodes = [new("m", "1", null, null, null)];
        cluster.DefaultWorker.Nodes = [new("w", "2", null, null, null)];

        var plan = await PlanAsync(cluster);

        Assert.Equal(2, Assert.Single(plan.Resources, r => r.Type == "OS::Nova::Server").Count);
        Assert.DoesNotContain(plan.Resources, r => r.Type is "OS::Neutron::Net" or "OS::Nova::ServerGroup");
        Assert.Equal(8, plan.Quotas.Single(q => q.Resource == "cores").Adds);
    }

    [Fact]
    public async Task MoreNodesOfAnAddedGroup_AreAllThatIsPlanned()
    {
        var cluster = KubernetesClusters.New(masters: 1, workers: 3);
        cluster.StackId = "stack";
        cluster.DefaultMaster.Nodes = [new("m", "1", null, null, null)];
        var group = new NodeGroup { Name = "big", Role = "worker", NodeCount = 3, FlavorId = "m1.large", Nodes = [new("b", "2", null, null, null)] };
        cluster.NodeGroups.Add(group);

        var plan = await Driver().PlanAsync(cluster, group, new CloudCredential.UserToken("token", "demo"), Ct);

        Assert.Equal(2, Assert.Single(plan.Resources, r => r.Type == "OS::Nova::Server").Count);
        Assert.Equal((2, 8), (plan.Quotas.Single(q => q.Resource == "instances").Adds, plan.Quotas.Single(q => q.Resource == "cores").Adds));
    }

    [Fact]
    public async Task WithVolumesAndBalancer_CountsThem()
    {
        _cloud.Compute = _cloud.Compute with { Cores = new(-1, 0) };
        _cloud.Volume = _cloud.Volume with { Volumes = new(-1, 0) };
        var plan = await PlanAsync(KubernetesClusters.New(
            masters: 3, workers: 2, loadBalancer: true, floatingIps: false, dockerVolume: 10, labels: new() { ["boot_volume_size"] = "20", ["etcd_volume_size"] = "2" }));

        Assert.True(plan.CanLaunch, string.Join('\n', plan.Checks.Where(c => c.Outcome is CheckOutcome.Fail)));
        Assert.Equal((13, 156), (plan.Quotas.Single(q => q.Resource == "volumes").Adds, plan.Quotas.Single(q => q.Resource == "gigabytes").Adds));
        Assert.Equal(7, plan.Quotas.Single(q => q.Resource == "ports").Adds);
        Assert.Equal(0, plan.Quotas.Single(q => q.Resource == "floating_ips").Adds);
        Assert.Contains(plan.Resources, r => r is { Type: "OS::Octavia::PoolMember", Count: 3 });
    }

    private Task<ClusterPlan> PlanAsync(Cluster cluster) => Driver().PlanAsync(cluster, new CloudCredential.UserToken("token", "demo"), Ct);

    private KubernetesHeatDriver Driver() =>
        new(new HeatTools(null!, null!, null!, new StackPlanner(_cloud, _cloud, _cloud, _cloud)), new CloudAccess(null!, _identity, new DriverOptions()), null!);

    private void Bearer(TokenInfo token) => _identity.Validate = _ => Task.FromResult<TokenInfo?>(token);

    /// <summary>A cluster, and a cloud, with one thing wrong.</summary>
    private Cluster With(string fault)
    {
        var down = new CloudException("service", CloudFault.Unreachable, "It did not answer.");
        switch (fault)
        {
            case "image gone": _cloud.Images.Clear(); break;
            case "image twice": _cloud.Images.Add(_cloud.Images[0] with { Id = "again" }); break;
            case "image queued": _cloud.Images[0] = PlanCloud.NewImage("ubuntu", "ubuntu", "v1.31.1", status: "queued"); break;
            case "image without distro": _cloud.Images[0] = PlanCloud.NewImage("ubuntu", null, "v1.31.1"); break;
            case "image of another distro": _cloud.Images[0] = PlanCloud.NewImage("ubuntu", "windows", "v1.31.1"); break;
            case "image needs memory": _cloud.Images[0] = PlanCloud.NewImage("ubuntu", "ubuntu", "v1.31.1", minRam: 4096); return Mixed("m1.small", "m1.large", cpus: 2);
            case "image needs disk": _cloud.Images[0] = PlanCloud.NewImage("ubuntu", "ubuntu", "v1.31.1", minDisk: 40); return Mixed("m1.small", "m1.large", cpus: 2);
            case "other version": return KubernetesClusters.New(labels: new() { ["kube_tag"] = "v1.30.0" });
            case "flavor gone": return Mixed("m1.gone", "m1.large");
            case "flavor tiny": _cloud.Flavors.Add(new("9", "m1.low", 2, 1024, 20)); return Mixed("m1.low", "m1.large");
            case "flavor diskless": return Mixed("m1.large", "diskless");
            case "key gone": return KubernetesClusters.New(keyPair: "lost");
            case "no external network": return Templated(t => t with { ExternalNetworkId = "lost" });
            case "external network is not": return Templated(t => t with { ExternalNetworkId = "net" });
            case "fixed network gone": return KubernetesClusters.New(fixedNetwork: "lost");
            case "fixed network external": _cloud.Subnets.Add(new("ps", "ps", "public-id", "172.24.4.0/24", 4, "172.24.4.1")); return KubernetesClusters.New(fixedNetwork: "public");
            case "subnet elsewhere": return Subnet("net", "other");
            case "subnet v6": _cloud.Subnets[0] = _cloud.Subnets[0] with { IpVersion = 6 }; return Subnet("net", "subnet");
            case "subnet alone": return Subnet(null, "subnet");
            case "pods over nodes": return KubernetesClusters.New(labels: new() { ["pod_cidr"] = "10.0.0.0/16" });
            case "dns": return Templated(t => t with { DnsNameserver = "8.8.8.8,dns.test" });
            case "zone": return KubernetesClusters.New(labels: new() { ["availability_zone"] = "mars" });
            case "no volumes": _cloud.HasVolumes = false; return KubernetesClusters.New(dockerVolume: 5);
            case "volume type": return KubernetesClusters.New(dockerVolume: 5, labels: new() { ["docker_volume_type"] = "slow" });
            case "no balancers": _cloud.HasLoadBalancers = false; return KubernetesClusters.New(loadBalancer: true);
            case "label type": return KubernetesClusters.New(labels: new() { ["boot_volume_size"] = "big" });
            case "label options": return KubernetesClusters.New(labels: new() { ["kubelet_options"] = "--v=4 --x=$(reboot)" });
            case "label cidrs": return KubernetesClusters.New(labels: new() { ["ssh_allowed_cidrs"] = "10.0.0.0/8,home" });
            case "even masters": return KubernetesClusters.New(masters: 2, loadBalancer: true);
            case "cni": return KubernetesClusters.New(networkDriver: "weave");
            case "no tls": return Templated(t => t with { TlsDisabled = true });
            case "quota instances": _cloud.Compute = _cloud.Compute with { Instances = new(1, 0) }; break;
            case "quota cores": _cloud.Compute = _cloud.Compute with { Cores = new(20, 13) }; break;
            case "quota floating ips": _cloud.Network = _cloud.Network with { FloatingIps = new(2, 1) }; break;
            case "quota rules": _cloud.Network = _cloud.Network with { SecurityGroupRules = new(19, 4) }; break;
            case "quota gigabytes": _cloud.Volume = _cloud.Volume with { Gigabytes = new(9, 0) }; return KubernetesClusters.New(dockerVolume: 5);
            case "images down": _cloud.Trouble["images"] = down; break;
            case "networks down": _cloud.Trouble["networks"] = down; break;
            case "one cpu": return Mixed("m1.small", "m1.large");
            case "unknown label": return KubernetesClusters.New(labels: new() { ["flanel_backend"] = "vxlan" });
            case "ignored label": return KubernetesClusters.New(labels: new() { ["tiller_enabled"] = "true" });
            case "no key": return KubernetesClusters.New(keyPair: null);
            case "no version": _cloud.Images[0] = PlanCloud.NewImage("ubuntu", "ubuntu", null); break;
            case "limits down": _cloud.Trouble["compute limits"] = down; break;
            case "zones down": _cloud.Trouble["zones"] = down; return KubernetesClusters.New(labels: new() { ["availability_zone"] = "nova" });
            case "cinder for pods": return KubernetesClusters.New(labels: new() { ["cinder_csi_enabled"] = "true", ["cloud_provider_enabled"] = "false" });
            case "a trust": Bearer(TestCaller.Member().Token with { TrustId = "trust" }); break;
            case "a restricted credential": Bearer(TestCaller.Member().Token with { IsRestricted = true }); break;
            case "no role": Bearer(TestCaller.Reader().Token); break;
            case "the cloud inside by a trust": Bearer(TestCaller.Member().Token with { TrustId = "trust" }); return KubernetesClusters.New(labels: new() { ["cloud_provider_enabled"] = "true" });
            case "three masters": return KubernetesClusters.New(masters: 3);
            default: throw new ArgumentOutOfRangeException(nameof(fault));
        }

        return KubernetesClusters.New();
    }

    private Cluster Mixed(string master, string worker, int cpus = 1)
    {
        _cloud.Flavors[1] = _cloud.Flavors[1] with { Vcpus = cpus };
        var cluster = KubernetesClusters.New(flavor: worker);
        cluster.MasterFlavorId = master;
        return cluster;
    }

    private static Cluster Templated(Func<Magnum.Core.ClusterTemplates.ClusterTemplateSnapshot, Magnum.Core.ClusterTemplates.ClusterTemplateSnapshot> change)
    {
        var cluster = KubernetesClusters.New();
        cluster.Template = change(cluster.Template);
        return cluster;
    }

    private static Cluster Subnet(string? network, string subnet)
    {
        var cluster = KubernetesClusters.New(fixedNetwork: network);
        cluster.FixedSubnet = subnet;
        return cluster;
    }
}
