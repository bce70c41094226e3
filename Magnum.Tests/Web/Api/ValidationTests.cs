using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Tests.Support;

namespace Magnum.Tests.Web.Api;

/// <summary>Every rule on what may be asked for, as a table: the status, the words, which name the field, and that nothing is left behind.</summary>
public sealed class ValidationTests(RefusalWorld world) : IClassFixture<RefusalWorld>
{
    private const string NewTemplate =
        """{"name": "new", "coe": "kubernetes", "image_id": "ubuntu", "flavor_id": "m1.small", "external_network_id": "public"}""";

    private const string NoDisk = "Flavor with zero root volume size is not supported when boot_volume_size is zero.";

    private static string Long(int length) => new('x', length);

    private static string Input(string field, string value, string why) => $"Invalid input for field/attribute {field}. Value: '{value}'. {why}";

    /// <summary>What is changed of a template that would be taken; the status and the words.</summary>
    public static TheoryData<string, int, string> Templates
    {
        get
        {
            var cases = new TheoryData<string, int, string>
            {
                { """{"nothing": 1}""", 400, "Unknown attribute for argument cluster_template: nothing" },
                { """{"image_id": null}""", 400, Input("image_id", "None", "Mandatory field missing.") },
                { """{"uuid": "no-uuid"}""", 400, Input("uuid", "no-uuid", "Expected a uuid but received no-uuid.") },
                { """{"coe": null}""", 400, "Requested COE type None is not supported." },
                { """{"coe": "mesos"}""", 400, "Requested COE type mesos is not supported." },
                { """{"coe": "nomad"}""", 400, Input("coe", "nomad", "Value should be one of: kubernetes") },
                { """{"coe": 5}""", 400, Input("coe", "5", "Value should be one of: kubernetes") },
                { """{"server_type": "lxc"}""", 400, Input("server_type", "lxc", "Value should be one of: vm, bm") },
                { """{"network_driver": "weave"}""", 400, "Network driver type weave is not supported, expecting a calico/flannel/unspecified network driver." },
                { """{"volume_driver": "rexray"}""", 400, "Volume driver type rexray is not supported, expecting a cinder/unspecified volume driver." },
                { """{"docker_storage_driver": "devicemapper"}""", 400, "docker volume size None GB is not valid, expecting minimum value 3GB for devicemapper storage driver." },
                { """{"docker_storage_driver": "devicemapper", "docker_volume_size": 2}""", 400, "docker volume size 2 GB is not valid, expecting minimum value 3GB" },
                { """{"driver": "nobody"}""", 400, "Cluster driver (nobody) not supported." },
                { """{"image_id": "odd"}""", 400, "Cluster driver (nobody) not supported." },
                { """{"image_id": "windows"}""", 400, "Cluster type (vm, windows, kubernetes) not supported." },
                { """{"server_type": "bm"}""", 400, "Cluster type (bm, ubuntu, kubernetes) not supported." },
                { """{"image_id": "none"}""", 400, "Image none could not be found." },
                { """{"image_id": "plain"}""", 400, "Image plain doesn't contain os_distro field." },
                { """{"image_id": "twin"}""", 409, "Multiple images exist with same name 'twin'. Please use the image ID instead." },
                { """{"flavor_id": "none"}""", 400, "Unable to find flavor none." },
                { """{"master_flavor_id": "none"}""", 400, "Unable to find flavor none." },
                { """{"flavor_id": "diskless"}""", 400, NoDisk },
                { """{"master_flavor_id": "diskless"}""", 400, NoDisk },
                { """{"labels": {"boot_volume_size": "much"}}""", 400, Input("labels.boot_volume_size", "much", "") },
                { """{"external_network_id": "none"}""", 400, "Unable to find external network none." },
                { """{"external_network_id": "private"}""", 400, "Unable to find external network private." },
                { """{"external_network_id": "twin-public"}""", 409, "Multiple networks exist with same name 'twin-public'. Please use the network ID instead." },
                { """{"fixed_network": "none"}""", 400, "Unable to find fixed network none." },
                { """{"fixed_network": "twin"}""", 409, "Multiple networks exist with same name 'twin'. Please use the network ID instead." },
                { """{"fixed_subnet": "none"}""", 400, "Unable to find fixed subnet none." },
                { """{"fixed_subnet": "twin"}""", 409, "Multiple subnets exist with same name 'twin'. Please use the subnet ID instead." },
                { """{"dns_nameserver": "8.8.8"}""", 400, "Expected a single dns address or comma separated dns list, but received 8.8.8." },
                { """{"dns_nameserver": "8.8.8.8,"}""", 400, "Expected a single dns address or comma separated dns list, but received 8.8.8.8,." },
                { """{"dns_nameserver": "8.8.8.8, 256.1.1.1"}""", 400, "Expected a single dns address or comma separated dns list, but received 8.8.8.8, 256.1.1.1." },
                { """{"dns_nameserver": "::1"}""", 400, "Expected a single dns address or comma separated dns list, but received ::1." },
                { """{"apiserver_port": 1023}""", 400, Input("apiserver_port", "1023", "Value should be greater or equal to 1024") },
                { """{"apiserver_port": 65536}""", 400, Input("apiserver_port", "65536", "Value should be lower or equal to 65535") },
                { """{"apiserver_port": "high"}""", 400, Input("apiserver_port", "high", "invalid literal for int() with base 10: 'high'") },
                { """{"docker_volume_size": 0}""", 400, Input("docker_volume_size", "0", "Value should be greater or equal to 1") },
                { """{"docker_volume_size": [1]}""", 400, Input("docker_volume_size", "[1]", "Wrong type. Expected 'int', got 'list'") },
                { """{"labels": "a=b"}""", 400, Input("labels", "a=b", "Value not a valid dict: a=b") },
                { """{"labels": {"a": {}}}""", 400, Input("labels", "{'a': {}}", "Wrong type. Expected 'str, int, bool, float', got 'dict'") },
                { """{"labels": {"a": null}}""", 400, Input("labels", "{'a': None}", "Wrong type.") },
                { """{"labels": {"kube_tag": "newest"}}""", 400, Input("labels.kube_tag", "newest", "Value should be a version such as v1.31.1") },
                { $$"""{"tags": "{{Long(256)}}"}""", 400, Input("tags", Long(256), "Value should have a maximum character requirement of 255") },
                { """{"public": true}""", 403, "Not authorized to set public or hidden flag for cluster template." },
                { """{"hidden": true}""", 403, "Not authorized to set public or hidden flag for cluster template." },
            };
            foreach (var text in new[]
                     {
                         "name", "image_id", "flavor_id", "master_flavor_id", "keypair_id", "external_network_id", "fixed_network", "fixed_subnet", "network_driver",
                         "volume_driver", "docker_storage_driver", "cluster_distro", "http_proxy", "https_proxy", "no_proxy", "insecure_registry", "driver",
                     })
            {
                cases.Add($$"""{"{{text}}": "{{Long(256)}}"}""", 400, Input(text, Long(256), "Value should have a maximum character requirement of 255"));
                cases.Add($$"""{"{{text}}": 5}""", 400, Input(text, "5", "Value should be string"));
                if (text != "keypair_id")   // a form sends an empty one for none
                {
                    cases.Add($$"""{"{{text}}": ""}""", 400, Input(text, "", "Value should have a minimum character requirement of 1"));
                }
            }

            foreach (var flag in new[] { "tls_disabled", "public", "hidden", "registry_enabled", "master_lb_enabled", "floating_ip_enabled" })
            {
                cases.Add($$"""{"{{flag}}": "maybe"}""", 400, Input(flag, "maybe", "Value should be a boolean"));
            }

            foreach (var assigned in new[] { "links", "project_id", "user_id", "created_at", "updated_at" })
            {
                cases.Add($$"""{"{{assigned}}": "x"}""", 400, Input(assigned, "x", "Cannot set read only field."));
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public Task ATemplate_IsRefused(string change, int status, string detail) =>
        world.AssertRefusedAsync("POST", "/v1/clustertemplates", JsonText.Merge(NewTemplate, change), status, detail);

    [Fact]
    public Task ATemplatesUuid_IsTakenOnce() => world.AssertRefusedAsync(
        "POST", "/v1/clustertemplates", JsonText.Merge(NewTemplate, $$"""{"uuid": "{{world.Used}}"}"""), 409, $"A ClusterTemplate with UUID {world.Used} already exists.");

    /// <summary>A patch of a template: of which, the operation and the words.</summary>
    public static TheoryData<string, string, int, string> TemplatePatches
    {
        get
        {
            var cases = new TheoryData<string, string, int, string>
            {
                { "none", "[]", 404, "ClusterTemplate none could not be found." },
                { "theirs", "[]", 404, "ClusterTemplate theirs could not be found." },
                { "twin", "[]", 409, "Multiple ClusterTemplates exist with same name. Please use the ClusterTemplate uuid instead." },
                { "k8s", Replace("network_driver", "weave"), 400, "Network driver type weave is not supported" },
                { "k8s", Replace("volume_driver", "rexray"), 400, "Volume driver type rexray is not supported" },
                { "k8s", Replace("coe", "nomad"), 400, Input("coe", "nomad", "Value should be one of: kubernetes") },
                { "k8s", Replace("server_type", "lxc"), 400, Input("server_type", "lxc", "Value should be one of: vm, bm") },
                { "k8s", Replace("image_id", "none"), 400, "Image none could not be found." },
                { "k8s", Replace("flavor_id", "none"), 400, "Unable to find flavor none." },
                { "k8s", Replace("flavor_id", "diskless"), 400, NoDisk },
                { "k8s", Replace("master_flavor_id", "diskless"), 400, NoDisk },
                { "k8s", Replace("external_network_id", "private"), 400, "Unable to find external network private." },
                { "k8s", Replace("fixed_network", "none"), 400, "Unable to find fixed network none." },
                { "k8s", Replace("fixed_subnet", "none"), 400, "Unable to find fixed subnet none." },
                { "k8s", Replace("dns_nameserver", "dns"), 400, "Expected a single dns address or comma separated dns list, but received dns." },
                { "k8s", Replace("apiserver_port", "80"), 400, Input("apiserver_port", "80", "Value should be greater or equal to 1024") },
                { "k8s", Replace("name", Long(256)), 400, Input("name", Long(256), "Value should have a maximum character requirement of 255") },
                { "k8s", Replace("tls_disabled", "maybe"), 400, Input("tls_disabled", "maybe", "Value should be a boolean") },
                { "k8s", Replace("public", "True"), 403, "Not authorized to set public or hidden flag for cluster template." },
                { "k8s", Replace("hidden", "True"), 403, "Not authorized to set public or hidden flag for cluster template." },
                { "used", Replace("flavor_id", "m1.large"), 400, "ClusterTemplate $used is referenced by one or multiple clusters." },
                { "used", """[{"op": "add", "path": "/labels/a", "value": "b"}]""", 400, "ClusterTemplate $used is referenced by one or multiple clusters." },
                { "used", Replace("image_id", "ubuntu-id"), 400, "ClusterTemplate $used is referenced by one or multiple clusters." },
                { "used", """[{"op": "remove", "path": "/tags"}]""", 400, "ClusterTemplate $used is referenced by one or multiple clusters." },
                {
                    "used", """[{"op": "replace", "path": "/name", "value": "x"}, {"op": "replace", "path": "/tags", "value": "x"}]""", 400,
                    "ClusterTemplate $used is referenced by one or multiple clusters."
                },
            };
            foreach (var path in new[] { "created_at", "updated_at", "id", "uuid", "links", "project_id", "user_id" })
            {
                cases.Add("none", Replace(path, "x"), 400, $"'/{path}' is an internal attribute and can not be updated");
            }

            foreach (var path in new[]
                     {
                         "coe", "image_id", "network_driver", "external_network_id", "tls_disabled", "public", "server_type", "registry_enabled", "cluster_distro", "hidden",
                     })
            {
                cases.Add("none", $$"""[{"op": "remove", "path": "/{{path}}"}]""", 400, $"'/{path}' is a mandatory attribute and can not be removed");
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(TemplatePatches))]
    public Task ATemplatesPatch_IsRefused(string template, string patch, int status, string detail) => world.AssertRefusedAsync(
        "PATCH", $"/v1/clustertemplates/{template}", patch, status, detail.Replace("$used", world.Used.ToString(), StringComparison.Ordinal));

    [Fact]
    public Task ATemplateInUse_IsNotMadePrivate() => world.AssertRefusedAsync(
        "PATCH", "/v1/clustertemplates/used", Replace("public", "False"), 400, $"ClusterTemplate {world.Used} is referenced by one or multiple clusters.", token: "admin");

    [Fact]
    public Task ATemplateInUse_IsNotDeleted() => world.AssertRefusedAsync(
        "DELETE", "/v1/clustertemplates/used", "", 400, $"ClusterTemplate {world.Used} is referenced by one or multiple clusters.");

    /// <summary>What is changed of a cluster that would be taken.</summary>
    public static TheoryData<string, int, string> Clusters
    {
        get
        {
            var cases = new TheoryData<string, int, string>
            {
                { """{"nothing": 1}""", 400, "Unknown attribute for argument cluster: nothing" },
                { """{"cluster_template_id": null}""", 400, Input("cluster_template_id", "None", "Mandatory field missing.") },
                { """{"cluster_template_id": "none"}""", 400, "ClusterTemplate none could not be found." },
                { """{"cluster_template_id": "theirs"}""", 400, "ClusterTemplate theirs could not be found." },
                { """{"cluster_template_id": "twin"}""", 409, "Multiple ClusterTemplates exist with same name. Please use the ClusterTemplate uuid instead." },
                { """{"cluster_template_id": "hidden"}""", 403, "Not authorized." },
                { """{"name": "1blue"}""", 400, Input("name", "1blue", "Value should match the pattern ^[a-zA-Z][a-zA-Z0-9_.-]*$") },
                { """{"name": "blue green"}""", 400, Input("name", "blue green", "Value should match the pattern") },
                { """{"name": "blau_grün"}""", 400, Input("name", "blau_grün", "Value should match the pattern") },
                { """{"name": "blue\n"}""", 400, Input("name", "blue\n", "Value should match the pattern") },
                { $$"""{"name": "{{Long(243)}}"}""", 400, Input("name", Long(243), "Value should have a maximum character requirement of 242") },
                { """{"node_count": -1}""", 400, Input("node_count", "-1", "Value should be greater or equal to 0") },
                { """{"node_count": "many"}""", 400, Input("node_count", "many", "invalid literal for int() with base 10: 'many'") },
                { """{"node_count": 1.5}""", 400, Input("node_count", "1.5", "Wrong type. Expected 'int', got 'float'") },
                { """{"master_count": 0}""", 400, Input("master_count", "0", "Value should be greater or equal to 1") },
                { """{"master_count": 2, "cluster_template_id": "lb"}""", 400, "master nodegroup size of 2 is invalid, size cannot be an even number." },
                { """{"master_count": 3}""", 400, "master_count must be 1 when master_lb_enabled is False" },
                { """{"master_count": 3, "cluster_template_id": "lb", "master_lb_enabled": false}""", 400, "master_count must be 1 when master_lb_enabled is False" },
                { """{"docker_volume_size": 0}""", 400, Input("docker_volume_size", "0", "Value should be greater or equal to 1") },
                { """{"cluster_template_id": "mapper", "docker_volume_size": 2}""", 400, "docker volume size 2 GB is not valid, expecting minimum value 3GB for devicemapper storage driver." },
                { """{"create_timeout": -1}""", 400, Input("create_timeout", "-1", "Value should be greater or equal to 0") },
                { """{"labels": "a=b"}""", 400, Input("labels", "a=b", "Value not a valid dict: a=b") },
                { """{"labels": {"a": []}}""", 400, Input("labels", "{'a': []}", "Wrong type.") },
                { """{"labels": {"a": null}}""", 400, Input("labels", "{'a': None}", "Wrong type.") },
                { """{"labels": {"min_node_count": "some"}}""", 400, Input("labels.min_node_count", "some", "Value should be a whole number") },
                { """{"labels": {"boot_volume_size": "much"}}""", 400, Input("labels.boot_volume_size", "much", "") },
                { """{"labels": {"kube_tag": "newest"}}""", 400, Input("labels.kube_tag", "newest", "Value should be a version such as v1.31.1") },
                { """{"flavor_id": "none"}""", 400, "Unable to find flavor none." },
                { """{"master_flavor_id": "none"}""", 400, "Unable to find flavor none." },
                { """{"flavor_id": "diskless"}""", 400, NoDisk },
                { """{"master_flavor_id": "diskless"}""", 400, NoDisk },
                { """{"cluster_template_id": "flavorless"}""", 400, "Unable to find flavor None." },
                { """{"fixed_network": "none"}""", 400, "Unable to find fixed network none." },
                { """{"fixed_network": "twin"}""", 409, "Multiple networks exist with same name 'twin'. Please use the network ID instead." },
                { """{"fixed_subnet": "none"}""", 400, "Unable to find fixed subnet none." },
                { """{"fixed_subnet": "twin"}""", 409, "Multiple subnets exist with same name 'twin'. Please use the subnet ID instead." },
                { """{"keypair": "none"}""", 404, "Unable to find keypair none." },
                { $$"""{"discovery_url": "{{Long(256)}}"}""", 400, Input("discovery_url", Long(256), "Value should have a maximum character requirement of 255") },
            };
            foreach (var text in new[] { "cluster_template_id", "keypair", "flavor_id", "master_flavor_id", "fixed_network", "fixed_subnet" })
            {
                cases.Add($$"""{"{{text}}": "{{Long(256)}}"}""", 400, Input(text, Long(256), "Value should have a maximum character requirement of 255"));
                cases.Add($$"""{"{{text}}": 5}""", 400, Input(text, "5", "Value should be string"));
            }

            foreach (var text in new[] { "cluster_template_id", "flavor_id", "master_flavor_id" })
            {
                cases.Add($$"""{"{{text}}": ""}""", 400, Input(text, "", "Value should have a minimum character requirement of 1"));
            }

            foreach (var flag in new[] { "merge_labels", "master_lb_enabled", "floating_ip_enabled" })
            {
                cases.Add($$"""{"{{flag}}": "maybe"}""", 400, Input(flag, "maybe", "Value should be a boolean"));
            }

            foreach (var assigned in new[]
                     {
                         "links", "stack_id", "cluster_id", "api_address", "coe_version", "container_version", "project_id", "user_id", "node_addresses", "master_addresses",
                         "created_at", "updated_at",
                     })
            {
                cases.Add($$"""{"{{assigned}}": "x"}""", 400, Input(assigned, "x", "Cannot set read only field."));
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Clusters))]
    public Task ACluster_IsRefused(string change, int status, string detail) =>
        world.AssertRefusedAsync("POST", "/v1/clusters", JsonText.Merge("""{"name": "new", "cluster_template_id": "k8s"}""", change), status, detail);

    [Fact]
    public async Task AProjectAtItsLimit_LaunchesNoMore()
    {
        const string Exceeded = "Resource limit exceeded: You have reached the maximum clusters per project, 0. You may delete a cluster to make room for a new one.";
        var body = $$"""{"cluster_template_id": "{{world.Used}}"}""";

        await world.AssertRefusedAsync("POST", "/v1/clusters", body, 403, Exceeded, token: "full");
    }

    /// <summary>A patch of a cluster.</summary>
    public static TheoryData<string, string, int, string> ClusterPatches
    {
        get
        {
            var cases = new TheoryData<string, string, int, string>
            {
                { "none", "[]", 404, "Cluster none could not be found." },
                { "twin", "[]", 409, "Multiple clusters exist with same name. Please use the cluster uuid instead." },
                { "none?rollback=maybe", "[]", 400, Input("rollback", "maybe", "Value should be a boolean") },
                { "blue", Replace("health_status", "FINE"), 400, Input("health_status", "FINE", "Value should be one of: HEALTHY, UNHEALTHY, UNKNOWN") },
                { "blue", Replace("health_status_reason", "junk"), 400, "Couldn't apply patch" },
                { "blue", Replace("health_status_reason", "{'a': ['b']}"), 400, Input("health_status_reason", "{'a': ['b']}", "Wrong type.") },
                { "blue", Replace("node_count", "-1"), 400, Input("node_count", "-1", "Value should be greater or equal to 0") },
                { "blue", Replace("node_count", "many"), 400, Input("node_count", "many", "invalid literal for int() with base 10: 'many'") },
                { "none", """[{"op": "remove", "path": "/cluster_template_id"}]""", 400, "'/cluster_template_id' is a mandatory attribute and can not be removed" },
                { "blue", """[{"op": "add", "path": "/labels/a", "value": "b"}]""", 400, "cannot change cluster property(ies) labels." },
                { "blue", """[{"op": "replace", "path": "/name", "value": "x"}, {"op": "replace", "path": "/keypair", "value": "x"}]""", 400, "cannot change cluster property(ies) name, keypair." },
                { "busy", Replace("node_count", "3"), 400, "Updating a cluster when status is \"CREATE_IN_PROGRESS\" is not supported." },
            };
            foreach (var path in new[]
                     {
                         "created_at", "updated_at", "id", "uuid", "links", "project_id", "user_id", "api_address", "node_addresses", "master_addresses", "stack_id",
                         "cluster_id", "ca_cert_ref", "magnum_cert_ref", "etcd_ca_cert_ref", "front_proxy_ca_cert_ref",
                     })
            {
                cases.Add("none", Replace(path, "x"), 400, $"'/{path}' is an internal attribute and can not be updated");
            }

            foreach (var (member, value) in new[]
                     {
                         ("name", "other"), ("cluster_template_id", "lb"), ("keypair", "ops"), ("master_count", "3"), ("docker_volume_size", "5"), ("master_flavor_id", "m1.large"),
                         ("flavor_id", "m1.large"), ("create_timeout", "5"), ("discovery_url", "http://x"), ("fixed_network", "private"), ("fixed_subnet", "private-subnet"),
                         ("floating_ip_enabled", "False"), ("master_lb_enabled", "True"), ("labels", "{'a': 'b'}"), ("status", "CREATE_FAILED"), ("status_reason", "x"),
                         ("coe_version", "v1"), ("container_version", "1"),
                     })
            {
                cases.Add("blue", Replace(member, value), 400, $"cannot change cluster property(ies) {member}.");
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(ClusterPatches))]
    public Task AClustersPatch_IsRefused(string cluster, string patch, int status, string detail) =>
        world.AssertRefusedAsync("PATCH", $"/v1/clusters/{cluster}", patch, status, detail);

    /// <summary>Whatever else is asked of what there is: verb, path, body, status, words.</summary>
    public static TheoryData<string, string, string, int, string> Others => new()
    {
        { "GET", "/v1/clusters/none", "", 404, "Cluster none could not be found." },
        { "GET", "/v1/clusters/twin", "", 409, "Multiple clusters exist with same name. Please use the cluster uuid instead." },
        { "DELETE", "/v1/clusters/none", "", 404, "Cluster none could not be found." },
        { "DELETE", "/v1/clusters/twin", "", 409, "Multiple clusters exist with same name. Please use the cluster uuid instead." },
        { "GET", "/v1/clustertemplates/none", "", 404, "ClusterTemplate none could not be found." },
        { "GET", "/v1/clustertemplates/twin", "", 409, "Multiple ClusterTemplates exist with same name. Please use the ClusterTemplate uuid instead." },
        { "DELETE", "/v1/clustertemplates/none", "", 404, "ClusterTemplate none could not be found." },

        { "POST", "/v1/clusters/none/actions/resize", """{"node_count": 1}""", 404, "Cluster none could not be found." },
        { "POST", "/v1/clusters/twin/actions/resize", """{"node_count": 1}""", 409, "Multiple clusters exist with same name." },
        { "POST", "/v1/clusters/blue/actions/resize", "{}", 400, Input("node_count", "None", "Mandatory field missing.") },
        { "POST", "/v1/clusters/blue/actions/resize", """{"node_count": null}""", 400, Input("node_count", "None", "Mandatory field missing.") },
        { "POST", "/v1/clusters/blue/actions/resize", """{"node_count": -1}""", 400, Input("node_count", "-1", "Value should be greater or equal to 0") },
        { "POST", "/v1/clusters/blue/actions/resize", """{"node_count": 2, "x": 1}""", 400, "Unknown attribute for argument cluster_resize_req: x" },
        { "POST", "/v1/clusters/blue/actions/resize", """{"node_count": 2, "nodes_to_remove": "a"}""", 400, Input("nodes_to_remove", "a", "Value not a valid list: a") },
        { "POST", "/v1/clusters/blue/actions/resize", """{"node_count": 2, "nodes_to_remove": [1]}""", 400, Input("nodes_to_remove", "[1]", "Wrong type.") },
        { "POST", "/v1/clusters/blue/actions/resize", """{"node_count": 2, "nodegroup": ""}""", 400, Input("nodegroup", "", "Value should have a minimum character requirement of 1") },
        { "POST", "/v1/clusters/blue/actions/resize", """{"node_count": 2, "nodegroup": "none"}""", 404, "Nodegroup none could not be found." },
        { "POST", "/v1/clusters/blue/actions/resize", """{"node_count": 0}""", 400, "Resizing default-worker outside the allowed range: min_node_count = 1, max_node_count = 5" },
        { "POST", "/v1/clusters/blue/actions/resize", """{"node_count": 6}""", 400, "Resizing default-worker outside the allowed range: min_node_count = 1, max_node_count = 5" },
        { "POST", "/v1/clusters/blue/actions/resize", """{"node_count": 3, "nodegroup": "default-master"}""", 400, "Resizing the master nodegroup is not supported by this driver." },
        { "POST", "/v1/clusters/busy/actions/resize", """{"node_count": 3}""", 400, "Resizing a cluster when status is \"CREATE_IN_PROGRESS\" is not supported." },

        { "POST", "/v1/clusters/none/actions/upgrade", """{"cluster_template": "used"}""", 404, "Cluster none could not be found." },
        { "POST", "/v1/clusters/blue/actions/upgrade", "{}", 400, Input("cluster_template", "None", "Mandatory field missing.") },
        { "POST", "/v1/clusters/blue/actions/upgrade", """{"cluster_template": ""}""", 400, Input("cluster_template", "", "Value should have a minimum character requirement of 1") },
        { "POST", "/v1/clusters/blue/actions/upgrade", """{"cluster_template": "used", "x": 1}""", 400, "Unknown attribute for argument cluster_upgrade_req: x" },
        { "POST", "/v1/clusters/blue/actions/upgrade", """{"cluster_template": "used", "max_batch_size": 0}""", 400, Input("max_batch_size", "0", "Value should be greater or equal to 1") },
        { "POST", "/v1/clusters/blue/actions/upgrade", """{"cluster_template": "none"}""", 404, "ClusterTemplate none could not be found." },
        { "POST", "/v1/clusters/blue/actions/upgrade", """{"cluster_template": "theirs"}""", 404, "ClusterTemplate theirs could not be found." },
        { "POST", "/v1/clusters/blue/actions/upgrade", """{"cluster_template": "twin"}""", 409, "Multiple ClusterTemplates exist with same name." },
        { "POST", "/v1/clusters/blue/actions/upgrade", """{"cluster_template": "used", "nodegroup": "none"}""", 404, "Nodegroup none could not be found." },
        { "POST", "/v1/clusters/busy/actions/upgrade", """{"cluster_template": "used"}""", 400, "Upgrading a cluster when status is \"CREATE_IN_PROGRESS\" is not supported." },

        { "GET", "/v1/certificates/none", "", 404, "Cluster none could not be found." },
        { "GET", "/v1/certificates/twin", "", 409, "Multiple clusters exist with same name." },
        { "POST", "/v1/certificates", """{"csr": "x"}""", 400, Input("cluster_uuid", "None", "Mandatory field missing.") },
        { "POST", "/v1/certificates", """{"cluster_uuid": "blue"}""", 400, Input("csr", "None", "Mandatory field missing.") },
        { "POST", "/v1/certificates", """{"cluster_uuid": "blue", "csr": ""}""", 400, Input("csr", "", "Value should have a minimum character requirement of 1") },
        { "POST", "/v1/certificates", """{"cluster_uuid": "blue", "csr": "junk"}""", 400, "Received invalid csr" },
        { "POST", "/v1/certificates", """{"cluster_uuid": "none", "csr": "junk"}""", 400, "Cluster none could not be found." },
        { "POST", "/v1/certificates", """{"cluster_uuid": "twin", "csr": "junk"}""", 409, "Multiple clusters exist with same name." },
        { "POST", "/v1/certificates", """{"bay_uuid": "blue", "csr": "junk"}""", 400, "Unknown attribute for argument certificate: bay_uuid" },
        { "POST", "/v1/certificates", """{"cluster_uuid": "blue", "csr": "x", "links": []}""", 400, Input("links", "[]", "Cannot set read only field.") },
        { "PATCH", "/v1/certificates/none", "", 404, "Cluster none could not be found." },
        { "PATCH", "/v1/certificates/plain", "", 400, "Rotating the CA certificate on a non-TLS cluster is not supported" },
        { "PATCH", "/v1/certificates/blue", "", 400, "Rotating the CA certificate is not supported by this driver." },
        { "PATCH", "/v1/credentials/none", "", 404, "Cluster none could not be found." },
        { "PATCH", "/v1/credentials/twin", "", 409, "Multiple clusters exist with same name." },

        { "GET", "/v1/stats?type=nodes", "", 400, "Invalid stats type. Allowed values are 'cluster'" },
        { "GET", "/v1/stats?project_id=alt", "", 403, "Not authorized." },
        { "GET", "/v1/stats?x=1", "", 400, "Unknown argument: \"x\"" },
        { "GET", "/v1/quotas/alt/Cluster", "", 403, "Not authorized." },

        { "POST", "/v1/federations", """{"name": "1x", "hostcluster_id": "blue"}""", 400, Input("name", "1x", "Value should match the pattern ^[a-zA-Z][a-zA-Z0-9_.-]*$") },
        { "POST", "/v1/federations", """{"properties": {"dns-zone": 5}}""", 400, Input("properties", "{'dns-zone': 5}", "Wrong type. Expected 'str', got 'int'") },
        { "POST", "/v1/federations", """{"member_ids": "x"}""", 400, Input("member_ids", "x", "Value not a valid list: x") },
        { "POST", "/v1/federations", """{"x": 1}""", 400, "Unknown attribute for argument federation: x" },
        { "POST", "/v1/federations", """{"name": "f"}""", 400, "No hostcluster specified. Please specify a hostcluster_id." },
        { "POST", "/v1/federations", """{"hostcluster_id": "none"}""", 404, "Cluster none could not be found." },
        { "POST", "/v1/federations", """{"hostcluster_id": "blue"}""", 400, "No DNS zone specified." },
        { "POST", "/v1/federations", """{"hostcluster_id": "blue", "properties": {"dns-zone": "x.test."}}""", 400, "Federation is not supported." },
        { "PATCH", "/v1/federations/none?rollback=maybe", "[]", 400, Input("rollback", "maybe", "Value should be a boolean") },
        { "PATCH", "/v1/federations/none", "[]", 404, "Federation none could not be found." },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public Task WhateverElse_IsRefused(string method, string path, string body, int status, string detail) =>
        world.AssertRefusedAsync(method, path, body, status, detail);

    /// <summary>A new node group of <c>blue</c>, besides its name <c>gpu</c>.</summary>
    public static TheoryData<string, int, string> NodeGroups
    {
        get
        {
            var cases = new TheoryData<string, int, string>
            {
                { """{"x": 1}""", 400, "Unknown attribute for argument nodegroup: x" },
                { """{"name": null}""", 400, Input("name", "None", "Mandatory field missing.") },
                { """{"name": ""}""", 400, Input("name", "", "Value should have a minimum character requirement of 1") },
                { $$"""{"name": "{{Long(256)}}"}""", 400, Input("name", Long(256), "Value should have a maximum character requirement of 255") },
                { """{"name": "default-worker"}""", 409, "A node group with name default-worker already exists in the cluster blue." },
                { """{"name": "default-master"}""", 409, "A node group with name default-master already exists in the cluster blue." },
                { """{"role": "master"}""", 400, "Creating master nodegroups is currently not supported." },
                { """{"role": ""}""", 400, Input("role", "", "Value should have a minimum character requirement of 1") },
                { """{"node_count": -1}""", 400, Input("node_count", "-1", "Value should be greater or equal to 0") },
                { """{"min_node_count": -1}""", 400, Input("min_node_count", "-1", "Value should be greater or equal to 0") },
                { """{"max_node_count": -1}""", 400, Input("max_node_count", "-1", "Value should be greater or equal to 0") },
                { """{"docker_volume_size": 0}""", 400, Input("docker_volume_size", "0", "Value should be greater or equal to 1") },
                { """{"merge_labels": "maybe"}""", 400, Input("merge_labels", "maybe", "Value should be a boolean") },
                { """{"labels": "a=b"}""", 400, Input("labels", "a=b", "Value not a valid dict: a=b") },
                { """{"node_count": 2, "min_node_count": 3, "max_node_count": 2}""", 409, "max_node_count for gpu is invalid (min_node_count (3) should be less or equal to max_node_count (2))." },
                { """{"node_count": 5, "max_node_count": 4}""", 409, "max_node_count for gpu is invalid (node_count (5) should be less or equal to max_node_count (4))." },
                { """{"node_count": 1, "min_node_count": 2}""", 409, "min_node_count for gpu is invalid (min_node_count (2) should be less or equal to node_count (1))." },
                { """{"node_labels": "a"}""", 400, Input("node_labels", "a", "Value not a valid dict: a") },
                { """{"node_labels": {"a": 1}}""", 400, Input("node_labels", "{'a': 1}", "Wrong type. Expected 'str', got 'int'") },
                { """{"role": "master", "node_labels": {"a": "b"}}""", 409, "node_labels for gpu is invalid (node_labels may not be set on master nodegroups)." },
                { """{"role": "master", "node_taints": [{"key": "a", "effect": "NoSchedule"}]}""", 409, "node_taints for gpu is invalid (node_taints may not be set on master nodegroups)." },
                { """{"node_taints": "a"}""", 400, Input("node_taints", "a", "Value not a valid list: a") },
                { """{"node_taints": ["a"]}""", 400, Input("node_taints", "['a']", "") },
                { """{"node_taints": [{"key": 5, "effect": "NoSchedule"}]}""", 400, Input("node_taints", "[{'key': 5, 'effect': 'NoSchedule'}]", "") },
                { """{"node_taints": [{"key": "a", "effect": "NoSchedule", "x": "y"}]}""", 409, "node_taints[0] contains unrecognised field(s) x" },
                { """{"node_taints": [{"effect": "NoSchedule"}]}""", 409, "node_taints[0].key is required" },
                { """{"node_taints": [{"key": "a", "effect": "NoSchedule"}, {"key": "", "effect": "NoSchedule"}]}""", 409, "node_taints[1].key is required" },
                { """{"node_taints": [{"key": "a"}]}""", 409, "node_taints[0].effect must be one of NoSchedule, PreferNoSchedule, NoExecute" },
                { """{"node_taints": [{"key": "a", "effect": "Never"}]}""", 409, "node_taints[0].effect must be one of NoSchedule, PreferNoSchedule, NoExecute" },
            };
            foreach (var key in new[] { "kubernetes.io/x", "k8s.io/x", "my.kubernetes.io/x", "a.b.k8s.io/x", "node-role.kubernetes.io/worker", "topology.kubernetes.io/other" })
            {
                cases.Add($$$"""{"node_labels": {"{{{key}}}": "y"}}""", 409, $"node_labels for gpu is invalid (node label '{key}' is in a restricted Kubernetes namespace;");
            }

            foreach (var assigned in new[] { "project_id", "links", "node_addresses", "stack_id", "created_at", "updated_at" })
            {
                cases.Add($$"""{"{{assigned}}": "x"}""", 400, Input(assigned, "x", "Cannot set read only field."));
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(NodeGroups))]
    public Task ANodeGroup_IsRefused(string change, int status, string detail) =>
        world.AssertRefusedAsync("POST", "/v1/clusters/blue/nodegroups", JsonText.Merge("""{"name": "gpu"}""", change), status, detail);

    /// <summary>What is asked of the groups that there are.</summary>
    public static TheoryData<string, string, string, int, string> NodeGroupChanges
    {
        get
        {
            var cases = new TheoryData<string, string, string, int, string>
            {
                { "POST", "/v1/clusters/none/nodegroups", """{"name": "gpu"}""", 404, "Cluster none could not be found." },
                { "POST", "/v1/clusters/busy/nodegroups", """{"name": "gpu"}""", 409, "Cluster API address is not available yet" },
                { "GET", "/v1/clusters/none/nodegroups", "", 404, "Cluster none could not be found." },
                { "GET", "/v1/clusters/blue/nodegroups/none", "", 404, "Nodegroup none could not be found." },
                { "PATCH", "/v1/clusters/none/nodegroups/default-worker", "[]", 404, "Cluster none could not be found." },
                { "PATCH", "/v1/clusters/blue/nodegroups/none", "[]", 404, "Nodegroup none could not be found." },
                { "PATCH", "/v1/clusters/blue/nodegroups/none", "{}", 400, "Invalid input for field/attribute patch." },
                { "PATCH", "/v1/clusters/blue/nodegroups/default-worker", Replace("min_node_count", "3"), 409, "min_node_count for default-worker is invalid (min_node_count (3) should be less or equal to node_count (2))." },
                { "PATCH", "/v1/clusters/blue/nodegroups/default-worker", Replace("max_node_count", "1"), 409, "max_node_count for default-worker is invalid (node_count (2) should be less or equal to max_node_count (1))." },
                { "PATCH", "/v1/clusters/blue/nodegroups/default-worker", Replace("max_node_count", "many"), 400, Input("max_node_count", "many", "invalid literal for int() with base 10: 'many'") },
                { "PATCH", "/v1/clusters/blue/nodegroups/default-worker", Replace("node_labels", "{'k8s.io/x': 'y'}"), 409, "node_labels for default-worker is invalid (node label 'k8s.io/x' is in a restricted" },
                { "PATCH", "/v1/clusters/blue/nodegroups/default-worker", Replace("node_labels", "{'a': 1}"), 400, Input("node_labels", "{'a': 1}", "Wrong type. Expected 'str', got 'int'") },
                { "PATCH", "/v1/clusters/blue/nodegroups/default-worker", Replace("node_labels", "junk"), 400, "Couldn't apply patch" },
                { "PATCH", "/v1/clusters/blue/nodegroups/default-worker", Replace("node_taints", "[{'key': 'a', 'effect': 'Never'}]"), 409, "node_taints[0].effect must be one of" },
                { "PATCH", "/v1/clusters/blue/nodegroups/default-worker", Replace("node_taints", "[{'key': 'a', 'value': 1, 'effect': 'NoSchedule'}]"), 400, "Invalid input for field/attribute node_taints." },
                { "PATCH", "/v1/clusters/blue/nodegroups/default-master", Replace("node_labels", "{'a': 'b'}"), 409, "node_labels for default-master is invalid (node_labels may not be set on master nodegroups)." },
                { "PATCH", "/v1/clusters/blue/nodegroups/default-master", Replace("node_taints", "[{'key': 'a', 'effect': 'NoSchedule'}]"), 409, "node_taints for default-master is invalid" },
                { "DELETE", "/v1/clusters/none/nodegroups/default-worker", "", 404, "Cluster none could not be found." },
                { "DELETE", "/v1/clusters/blue/nodegroups/none", "", 404, "Nodegroup none could not be found." },
                { "DELETE", "/v1/clusters/blue/nodegroups/default-worker", "", 400, "Deleting a default nodegroup is not supported." },
                { "DELETE", "/v1/clusters/blue/nodegroups/default-master", "", 400, "Deleting a default nodegroup is not supported." },
            };
            foreach (var path in new[]
                     {
                         "created_at", "updated_at", "id", "uuid", "links", "project_id", "user_id", "name", "cluster_id", "docker_volume_size", "labels", "flavor_id", "image_id",
                         "node_addresses", "node_count", "role", "is_default", "stack_id", "status", "status_reason", "version", "merge_labels",
                     })
            {
                cases.Add("PATCH", "/v1/clusters/none/nodegroups/none", Replace(path, "x"), 400, $"'/{path}' is an internal attribute and can not be updated");
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(NodeGroupChanges))]
    public Task ANodeGroupsChange_IsRefused(string method, string path, string body, int status, string detail) =>
        world.AssertRefusedAsync(method, path, body, status, detail);

    /// <summary>Quotas, which administrators set.</summary>
    public static TheoryData<string, string, string, int, string> Quotas => new()
    {
        { "POST", "", "{}", 400, "Must provide a valid project ID." },
        { "POST", "", """{"project_id": null, "hard_limit": 5}""", 400, "Must provide a valid project ID." },
        { "POST", "", """{"project_id": 5}""", 400, Input("project_id", "5", "Value should be string") },
        { "POST", "", """{"project_id": "none"}""", 404, "The project_id none could not be found." },
        { "POST", "", """{"project_id": "alt", "resource": "Cluster"}""", 409, "Quota for project alt already exists for resource Cluster." },
        { "POST", "", """{"project_id": "demo", "resource": "cluster"}""", 400, Input("resource", "cluster", "Value should be one of: Cluster") },
        { "POST", "", """{"project_id": "demo", "hard_limit": -1}""", 400, Input("hard_limit", "-1", "Value should be greater or equal to 0") },
        { "POST", "", """{"project_id": "demo", "hard_limit": "many"}""", 400, Input("hard_limit", "many", "invalid literal for int() with base 10: 'many'") },
        { "POST", "", """{"project_id": "demo", "x": 1}""", 400, "Unknown attribute for argument quota: x" },
        { "POST", "", """{"project_id": "demo", "created_at": "x"}""", 400, Input("created_at", "x", "Cannot set read only field.") },
        { "PATCH", "/demo/Cluster", """{"hard_limit": 5}""", 404, "Quota could not be found:" },
        { "PATCH", "/alt/Cluster", """{"hard_limit": -1}""", 400, Input("hard_limit", "-1", "Value should be greater or equal to 0") },
        { "PATCH", "/alt/Cluster", """[{"op": "replace", "path": "/hard_limit", "value": 6}]""", 400, "Invalid input for field/attribute quota." },
        { "DELETE", "/demo/Cluster", "", 404, "Quota could not be found:" },
        { "GET", "?all_tenants=maybe", "", 400, Input("all_tenants", "maybe", "Value should be a boolean") },
    };

    [Theory]
    [MemberData(nameof(Quotas))]
    public Task AQuota_IsRefused(string method, string path, string body, int status, string detail) =>
        world.AssertRefusedAsync(method, $"/v1/quotas{path}", body, status, detail, token: "admin");

    /// <summary>Where lists are, and how what a marker names is called when it is not there.</summary>
    public static TheoryData<string, string> Lists => new()
    {
        { "/v1/clusters", "Cluster" },
        { "/v1/clusters/detail", "Cluster" },
        { "/v1/clustertemplates", "ClusterTemplate" },
        { "/v1/clustertemplates/detail", "ClusterTemplate" },
        { "/v1/clusters/blue/nodegroups", "Nodegroup" },
        { "/v1/federations", "Federation" },
        { "/v1/federations/detail", "Federation" },
        { "/v1/quotas", "Quota" },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task APage_IsRefused(string path, string what)
    {
        var uuids = what != "Quota";
        var unknown = uuids ? "00000000-0000-4000-8000-000000000000" : "4711";
        foreach (var (query, status, detail) in new[]
                 {
                     ("limit=0", 400, "Limit must be positive"),
                     ("limit=-1", 400, "Limit must be positive"),
                     ("limit=some", 400, Input("limit", "some", "unable to convert to int. Error: invalid literal for int() with base 10: 'some'")),
                     ("limit=", 400, Input("limit", "", "unable to convert to int.")),
                     ("marker=", 400, Input("marker", "", uuids ? "unable to convert to uuid." : "unable to convert to int.")),
                     ("marker=some", 400, Input("marker", "some", uuids ? "unable to convert to uuid." : "unable to convert to int.")),
                     ($"marker={unknown}", 404, $"{what} {unknown} could not be found."),
                     ("sort_key=nothing", 400, "The sort_key value \"nothing\" is an invalid field for sorting"),
                     ("sort_key=", 400, "The sort_key value \"\" is an invalid field for sorting"),
                     ("sort_dir=up", 400, "Invalid sort direction: up. Acceptable values are 'asc' or 'desc'"),
                     ("detail=true", 400, "Unknown argument: \"detail\""),
                     ("project_id=demo", 400, "Unknown argument: \"project_id\""),
                 })
        {
            await world.AssertRefusedAsync("GET", $"{path}?{query}", "", status, detail, token: uuids ? "demo" : "admin");
        }

        if (uuids)
        {
            await world.AssertRefusedAsync("GET", $"{path}?all_tenants=True", "", 400, "Unknown argument: \"all_tenants\"", token: "admin");
        }
    }

    [Theory]
    [InlineData("node_count")]
    [InlineData("master_count")]
    public Task AClustersSums_AreNoColumns(string key) =>
        world.AssertRefusedAsync("GET", $"/v1/clusters?sort_key={key}", "", 400, $"The sort_key value \"{key}\" is an invalid field for sorting");

    /// <summary>Which of several faults is told: the first of this order.</summary>
    public static TheoryData<string, string, string, string, string, int, string> Order => new()
    {
        { "the version before the route", "container-infra 1.99", "GET", "/v1/nothing", "", 406, "" },
        { "the route before the body", "1.14", "POST", "/v1/nothing", "{", 404, "" },
        { "the body before what it is for", "1.14", "PATCH", "/v1/clusters/none", "{", 400, "Request is not in valid JSON format" },
        { "types before what it is for", "1.14", "PATCH", "/v1/clustertemplates/none", "{}", 400, "Invalid input for field/attribute patch." },
        { "rules of patches before what it is for", "1.14", "PATCH", "/v1/clusters/none", Replace("uuid", "x"), 400, "'/uuid' is an internal attribute and can not be updated" },
        { "types before policy", "1.14", "POST", "/v1/quotas", """{"hard_limit": -1}""", 400, "Invalid input for field/attribute hard_limit." },
        { "the driver before the cloud", "1.14", "POST", "/v1/clusters", """{"cluster_template_id": "k8s", "master_count": 2, "keypair": "none"}""", 400, "master nodegroup size of 2" },
        { "the flavor before the network", "1.14", "POST", "/v1/clusters", """{"cluster_template_id": "k8s", "flavor_id": "none", "fixed_network": "none"}""", 400, "Unable to find flavor none." },
        { "the network before the key pair", "1.14", "POST", "/v1/clusters", """{"cluster_template_id": "k8s", "keypair": "none", "fixed_network": "none"}""", 400, "Unable to find fixed network none." },
        { "the key pair before the load balancer", "1.14", "POST", "/v1/clusters", """{"cluster_template_id": "k8s", "keypair": "none", "master_count": 3}""", 404, "Unable to find keypair none." },
        { "hidden before the cloud", "1.14", "POST", "/v1/clusters", """{"cluster_template_id": "hidden", "flavor_id": "none"}""", 403, "Not authorized." },
        { "the engine before the image", "1.14", "POST", "/v1/clustertemplates", """{"image_id": "none", "coe": "mesos"}""", 400, "Requested COE type mesos is not supported." },
        { "networks before publishing", "1.14", "POST", "/v1/clustertemplates", """{"image_id": "ubuntu", "coe": "kubernetes", "public": true, "external_network_id": "none"}""", 400, "Unable to find external network none." },
        { "publishing before root disks", "1.14", "POST", "/v1/clustertemplates", """{"image_id": "ubuntu", "coe": "kubernetes", "public": true, "flavor_id": "diskless"}""", 403, "Not authorized to set public" },
        { "the API's address before the name", "1.14", "POST", "/v1/clusters/busy/nodegroups", """{"name": "default-worker"}""", 409, "Cluster API address is not available yet" },
        { "counts before marks", "1.14", "POST", "/v1/clusters/blue/nodegroups", """{"name": "g", "min_node_count": 9, "node_labels": {"k8s.io/x": "y"}}""", 409, "min_node_count for g is invalid" },
        { "marks before the role", "1.14", "POST", "/v1/clusters/blue/nodegroups", """{"name": "g", "role": "master", "node_labels": {"a": "b"}}""", 409, "node_labels for g is invalid" },
    };

    [Theory]
    [MemberData(nameof(Order))]
    public async Task OfSeveralFaults_TheFirstIsTold(string what, string version, string method, string path, string body, int status, string detail)
    {
        var answer = await world.Api.SendAsync(method, path, body.Length == 0 ? null : body, version: version);

        Assert.Equal((what, status), (what, (int)answer.Status));
        if (status != 406)
        {
            Assert.StartsWith(detail, answer.Detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("key usage")]
    [InlineData("authority")]
    [InlineData("other")]
    public async Task ASigningRequestForMore_IsRefusedWhereItInsists(string what)
    {
        X509Extension Asked(bool critical) => what switch
        {
            "key usage" => new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical),
            "authority" => new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical),
            _ => new X509Extension(new Oid("1.2.3.4"), [5, 0], critical),
        };

        await world.AssertRefusedAsync(
            "POST", "/v1/certificates", JsonSerializer.Serialize(new { cluster_uuid = "blue", csr = RefusalWorld.Csr(extensions: Asked(critical: true)) }), 400, "Extension '");
        var dropped = await world.Api.SendAsync("POST", "/v1/certificates", new { cluster_uuid = "blue", csr = RefusalWorld.Csr(extensions: Asked(critical: false)) });

        Assert.Equal(201, (int)dropped.Status);
        using var signed = X509Certificate2.CreateFromPem(dropped.Json.GetProperty("pem").GetString());
        Assert.DoesNotContain(signed.Extensions, e => e is X509BasicConstraintsExtension { CertificateAuthority: true } || e.Oid?.Value == "1.2.3.4");
        Assert.DoesNotContain(signed.Extensions, e => e is X509KeyUsageExtension usage && usage.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign));
    }

    [Fact]
    public async Task WhatTheCloudOrTheDriverHasNoMore_IsRefused()
    {
        using var api = new ApiWorld();
        await api.Core.AddTemplateAsync(spec: RequestWorld.Spec() with { KeyPairId = "ops" });
        const string Cluster = """{"name": "new", "cluster_template_id": "k8s"}""";

        api.Core.Images.Trouble = new CloudException("image", CloudFault.Forbidden, "no");
        Assert.Equal((403, "Not authorized for image ubuntu."), await AskAsync("/v1/clustertemplates", NewTemplate));
        api.Core.Images.Trouble = null;

        api.Core.Compute.KeyPairs.Clear();
        Assert.Equal((404, "Unable to find keypair ops."), await AskAsync("/v1/clusters", Cluster));   // the template's

        api.Core.Driver.Description = FakeDriver.Kubernetes() with { ClusterTypes = [new("bm", "fedora", "kubernetes")] };
        Assert.Equal((400, "Cluster type (vm, ubuntu, kubernetes) not supported."), await AskAsync("/v1/clusters", Cluster));

        api.Core.Driver.Description = FakeDriver.Kubernetes("another");
        Assert.Equal((400, "Cluster driver (k8s_heat) not supported."), await AskAsync("/v1/clusters", Cluster));

        async Task<(int, string)> AskAsync(string path, string body)
        {
            var answer = await api.SendAsync("POST", path, body);
            return ((int)answer.Status, answer.Detail);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(0)]
    public async Task MastersThatTheDriverResizes_AreOdd(int count)
    {
        using var api = new ApiWorld();
        await api.Core.AddClusterAsync();
        api.Core.Driver.Description = FakeDriver.Kubernetes() with { Capabilities = DriverCapabilities.Resize | DriverCapabilities.ResizeMasters };

        var answer = await api.SendAsync("POST", "/v1/clusters/blue/actions/resize", new { node_count = count, nodegroup = "default-master" });

        Assert.Equal((400, $"master nodegroup size of {count} is invalid, size cannot be an even number."), ((int)answer.Status, answer.Detail));
    }

    private static string Replace(string field, string value) => JsonSerializer.Serialize(new object[] { new { op = "replace", path = $"/{field}", value } });
}
