using Magnum.Core.Drivers;
using Magnum.Drivers;
using Magnum.Drivers.ClusterApi;
using Magnum.Drivers.ClusterApi.Objects;
using Magnum.Drivers.Heat;
using Magnum.Tests.Drivers.Heat;
using Magnum.Tests.Support.ClusterApi;

namespace Magnum.Tests.Drivers.ClusterApi;

/// <summary>What is said before anything is made, and what the driver's options have to be.</summary>
public sealed class PlanTests
{
    [Fact]
    public async Task ClusterThatFits_CanBeLaunched()
    {
        await using var world = await ClusterApiWorld.StartAsync(adopt: false);

        var plan = await world.Driver.PlanAsync(world.Cluster, world.Credential, ClusterApiWorld.Ct);

        Assert.True(plan.CanLaunch, string.Join('\n', plan.Checks.Where(c => c.Outcome is CheckOutcome.Fail)));
        Assert.Contains(plan.Checks, c => c is { Id: "management.reachable", Outcome: CheckOutcome.Pass, Message: "The management cluster answers, and has Cluster API in v1beta2." });
        Assert.Equal(["OS::Nova::Server 1", "OS::Nova::Server 2"], plan.Resources.Where(r => r.Type == "OS::Nova::Server").Select(r => $"{r.Type} {r.Count}"));
        Assert.Equal(3, plan.Quotas.Single(q => q.Resource == "instances").Adds);
        Assert.DoesNotContain(world.Management.Calls, c => c.Changes);
    }

    [Theory]
    [InlineData("down", "management.reachable", "could not be reached")]
    [InlineData("no class", "management.class", "no cluster class magnum-openstack in namespace magnum-system")]
    [InlineData("other class", "management.variables", "has no variable enableEtcdVolume, which labels needs")]
    [InlineData("no version", "image.kube_version", "does not say which Kubernetes it has")]
    [InlineData("no balancer", "unsupported.master_lb_enabled", "More than one master needs a load balancer")]
    [InlineData("even", "masters.count", "has to be odd")]
    [InlineData("cni", "network.driver", "flannel is not one of calico, cilium")]
    [InlineData("share", "label.max_unhealthy", "count or a percentage")]
    [InlineData("timeout", "label.health_check_timeout", "greater or equal to 60")]
    [InlineData("registry", "unsupported.insecure_registry", "TLS only")]
    public async Task WhatSpeaksAgainstIt_IsNamed(string what, string id, string why)
    {
        await using var world = await ClusterApiWorld.StartAsync(adopt: false);
        var cluster = world.Cluster;
        switch (what)
        {
            case "down":
                world.Management.Before = _ => new ManagementFault(0);
                break;
            case "no class":
                world.Management.Remove("clusterclasses", "magnum-openstack");
                break;
            case "other class":
                world.Management.Put("cluster.x-k8s.io", "clusterclasses", "magnum-system", ClusterApiWorld.Class("enableEtcdVolume"));
                cluster.Labels["etcd_volume_size"] = "5";
                break;
            case "no version":
                await world.NameImageAsync("ubuntu-24.04");
                break;
            case "no balancer":
                (cluster.MasterLbEnabled, cluster.DefaultMaster.NodeCount) = (false, 3);
                break;
            case "even":
                cluster.DefaultMaster.NodeCount = 2;
                break;
            case "cni":
                cluster.Template = cluster.Template with { NetworkDriver = "flannel" };
                break;
            case "share":
                cluster.Labels["max_unhealthy"] = "most";
                break;
            case "timeout":
                cluster.Labels["health_check_timeout"] = "5";
                break;
            default:
                cluster.Template = cluster.Template with { InsecureRegistry = "registry:5000" };
                break;
        }

        var plan = await world.Driver.PlanAsync(cluster, world.Credential, ClusterApiWorld.Ct);

        Assert.False(plan.CanLaunch);
        Assert.Contains(plan.Checks, c => c.Id == id && c.Outcome is CheckOutcome.Fail && c.Message.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenToSomeNetworksOnly_TheManagementClusterIsThoughtOf()
    {
        await using var world = await ClusterApiWorld.StartAsync(adopt: false);
        world.Cluster.Labels["master_lb_allowed_cidrs"] = "198.51.100.0/24";

        var plan = await world.Driver.PlanAsync(world.Cluster, world.Credential, ClusterApiWorld.Ct);

        Assert.True(plan.CanLaunch);
        Assert.Equal(CheckOutcome.Warning, plan.Checks.Single(c => c.Id == "management.access").Outcome);
    }

    /// <summary>The class that is shipped and the driver speak of the same variables.</summary>
    [Fact]
    public void ShippedClass_KnowsEveryVariableThatTheDriverSets()
    {
        var cluster = KubernetesClusters.New(masters: 3, loadBalancer: true, dockerVolume: 20, networkDriver: "calico", labels: new()
        {
            ["boot_volume_size"] = "20",
            ["boot_volume_type"] = "fast",
            ["docker_volume_type"] = "fast",
            ["etcd_volume_size"] = "5",
            ["etcd_volume_type"] = "fast",
            ["availability_zone"] = "nova",
            ["admission_control_list"] = "AlwaysPullImages",
        });
        cluster.Template = cluster.Template with { HttpProxy = "http://proxy", HttpsProxy = "http://proxy", NoProxy = "10.0.0.0/8" };
        cluster.DefaultWorker.NodeLabels["a"] = "b";
        cluster.DefaultWorker.NodeTaints.Add(new("a", "b", "NoSchedule"));
        var design = new ClusterApiDesign(cluster);
        var flavors = new NodeFlavors("a", "b");
        var set = new[] { new CloudFacts("m", "w", "v1.31.1", "external", null, null, "10.0.0.0/24"), new CloudFacts("m", "w", "v1.31.1", "external", "net", "subnet", "10.0.0.0/24") }
            .SelectMany(f => ClusterVariables.Of(design, f, flavors, new ClusterApiOptions(), "name"))
            .Concat(ClusterVariables.Of(design, design.Workers, "w", "b"))
            .Select(v => v.Name).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(ShippedClass.Variables.Order(StringComparer.Ordinal), set);
    }

    [Fact]
    public async Task Options_ThatCannotBeUsed_AreToldByTheirKeys()
    {
        var time = TimeProvider.System;
        await using var management = await PlayedManagement.StartAsync("v1beta2", time, ClusterApiWorld.Ct);
        ClusterApiConfiguration.Check(new ClusterApiOptions { Kubeconfig = management.Kubeconfig });
        foreach (var (key, options) in new (string, ClusterApiOptions)[]
                 {
                     ("Kubeconfig names /nowhere", new() { Kubeconfig = "/nowhere" }),
                     ("is no kubeconfig with a context other", new() { Kubeconfig = management.Kubeconfig, Context = "other" }),
                     ("Kubeconfig and Drivers:ClusterApi:InCluster exclude", new() { Kubeconfig = management.Kubeconfig, InCluster = true }),
                     ("InCluster is set, and this is no pod", new() { InCluster = true }),
                     ("NamespacePattern must contain {project_id}", new() { Kubeconfig = management.Kubeconfig, NamespacePattern = "magnum" }),
                     ("NamespacePattern must make names", new() { Kubeconfig = management.Kubeconfig, NamespacePattern = "Magnum_{project_id}" }),
                     ("ClusterClass", new() { Kubeconfig = management.Kubeconfig, ClusterClass = "" }),
                     ("CloudAuthUrl", new() { Kubeconfig = management.Kubeconfig, CloudAuthUrl = "keystone" }),
                     ("CloudInterface", new() { Kubeconfig = management.Kubeconfig, CloudInterface = "secret" }),
                     ("CloudCaFile names /nowhere", new() { Kubeconfig = management.Kubeconfig, CloudCaFile = "/nowhere" }),
                     ("CredentialRoles must not contain admin", new() { Kubeconfig = management.Kubeconfig, CredentialRoles = { "Admin" } }),
                     ("ManagementCidrs: 10.0.0.1/8", new() { Kubeconfig = management.Kubeconfig, ManagementCidrs = { "10.0.0.1/8" } }),
                     ("FailAfter", new() { Kubeconfig = management.Kubeconfig, FailAfter = TimeSpan.Zero }),
                 })
        {
            Assert.Contains(key, Assert.Throws<DriverConfigurationException>(() => ClusterApiConfiguration.Check(options)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Kubeconfig_ThatIsRenewed_TakesEffect()
    {
        await using var world = await ClusterApiWorld.StartAsync(adopt: false);
        await using var other = await PlayedManagement.StartAsync("v1beta1", world.Time, ClusterApiWorld.Ct);
        Assert.Equal("v1beta2", (await world.Server.ContractAsync(ClusterApiWorld.Ct)).Format.Name);

        File.Copy(other.Kubeconfig, world.Management.Kubeconfig, overwrite: true);
        File.SetLastWriteTimeUtc(world.Management.Kubeconfig, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        world.Time.Advance(TimeSpan.FromMinutes(11));

        Assert.Equal("v1beta1", (await world.Server.ContractAsync(ClusterApiWorld.Ct)).Format.Name);
    }
}
