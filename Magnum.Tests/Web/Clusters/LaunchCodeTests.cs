using System.Text.Json;
using Magnum.Core.Clusters;
using Magnum.Web.Features.Clusters.Code;

namespace Magnum.Tests.Web.Clusters;

public sealed class LaunchCodeTests
{
    private const string Uuid = "3f0e6f1c-8c1c-4e0a-9d0e-2f6f3c1b7a55";

    private static readonly string[] Pieces =
    [
        "a", "Z", "7", " ", "'", "\"", "\\", "\n", "\r", "\t", "${", "%{", "$", "%", "{", "}", "$${", "=", ",", ";", ":", "#", "//", "/*", "--", "-", "`", "$(id)", "$HOME", "!", "~", "*", "?",
        "中文", "ü", "😀", "\u0001", "\u007f", "\u0085", "<", ">", "&", "|", "(", ")", "[", "]", "\\n", "\\u0041", "create_cluster(", "resource \"openstack_containerinfra_cluster_v1\" \"x\" {", "curl", "@",
        "true", "None", "EOT", "'''", "\"\"\"",
    ];

    public static TheoryData<CodeLanguage> Languages => [.. Enum.GetValues<CodeLanguage>()];

    [Theory]
    [MemberData(nameof(Languages))]
    public void WhatIsWritten_IsReadBackAsTheSameRequest(CodeLanguage language)
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var request = Generate(new Random(seed));
            var code = new LaunchCode(request, request.ClusterTemplateId, FloatingIps: seed % 2 == 0, "http://magnum:9511");
            if (language is CodeLanguage.Cli && code.LostByCli.Count > 0)
            {
                continue;
            }

            var written = code.Write(language);
            var read = LaunchCodeReader.Read(written);

            // The provider cannot leave this to the template.
            var expected = language is CodeLanguage.Terraform ? request with { FloatingIpEnabled = request.FloatingIpEnabled ?? seed % 2 == 0 } : request;
            Assert.True(read.Problems.Count == 0 && Text(expected) == Text(read.Request), $"seed {seed}\n{written}\n{Text(expected)}\n{Text(read.Request)}\n{string.Join('\n', read.Problems)}");
            Assert.Equal($"Paste.Form.{language}", read.Form);
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void AnythingAtAll_IsReadToTheEnd(CodeLanguage language)
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var code = new LaunchCode(Generate(random), Uuid, true, "$MAGNUM_ENDPOINT").Write(language);
            var at = random.Next(code.Length);
            var broken = string.Concat(code.AsSpan(0, at), Weird(random, 4), code.AsSpan(Math.Min(code.Length, at + random.Next(12))));

            var read = LaunchCodeReader.Read(broken);

            Assert.All(read.Problems, p => Assert.InRange(p.Line, 1, broken.Count(c => c is '\n') + 1));
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"labels\":{\"a\":")]
    [InlineData("create_cluster(labels=")]
    [InlineData("resource \"openstack_containerinfra_cluster_v1\" \"x\" {\n labels = ")]
    public void ManyBrackets_DoNotExhaustTheStack(string start)
    {
        var read = LaunchCodeReader.Read(start + string.Concat(Enumerable.Repeat("{\"a\":", 12_000)));

        Assert.NotEmpty(read.Problems);
    }

    [Fact]
    public void Cli_AsPeopleTypeIt()
    {
        var read = LaunchCodeReader.Read("""
            # the blue one
            $ OS_CLOUD=prod openstack --os-region-name 'Region One' coe cluster create blue \
                --cluster-template=k8s --keypair "my key" --node-count 3 \
                --master-count=1 -l 'kube_tag=v1.30.1,team=a b;x=1' \
                --floating-ip-disabled --merge-labels --time 30   # a comment
            """);

        Assert.Empty(read.Problems);
        Assert.Equal(
            Text(new NewCluster
            {
                Name = "blue",
                ClusterTemplateId = "k8s",
                KeyPair = "my key",
                NodeCount = 3,
                MasterCount = 1,
                Labels = new Dictionary<string, string> { ["kube_tag"] = "v1.30.1", ["team"] = "a b", ["x"] = "1" },
                FloatingIpEnabled = false,
                MergeLabels = true,
                CreateTimeout = 30,
            }),
            Text(read.Request));
    }

    [Fact]
    public void Cli_WhatIsNotKnown_IsNamedWithItsLine()
    {
        var read = LaunchCodeReader.Read("""
            openstack coe cluster create \
              --cluster-template k8s --foo bar \
              --node-count many \
              --keypair $KEY \
              --labels novalue \
              --flavor \
              --fixed-network net blue
            """);

        Assert.Equal(
            [(2, "Paste.Unknown", "--foo"), (3, "Paste.NotNumber", "--node-count"), (4, "Paste.Computed", "--keypair"), (5, "Paste.NoLabel", "novalue"), (6, "Paste.NoValue", "--flavor")],
            read.Problems.Select(p => (p.Line, p.TextName, (string)p.Values[0])));
        Assert.Equal(("blue", "net", null), (read.Request.Name, read.Request.FixedNetwork, read.Request.FlavorId));
    }

    [Theory]
    [InlineData("--labels a=b,c=d", "a=b|c=d")]
    [InlineData("--labels 'a=b;c=d'", "a=b|c=d")]
    [InlineData("--labels a=b,c", "a=b,c")]
    [InlineData("--labels a=x,y --labels c=1,d=2", "a=x,y|c=1,d=2")]
    [InlineData("--labels a=1 --labels a=2", "a=1,2")]
    [InlineData("--labels \"a=\\\"b\\\" \\$x\"", "a=\"b\" $x")]
    [InlineData("--labels a=$'x\\ny\\x41'", "a=x\nyA")]
    [InlineData("--labels=a=", "a=")]
    public void Cli_Labels_AreCutAsTheClientCutsThem(string options, string expected)
    {
        var read = LaunchCodeReader.Read($"openstack coe cluster create --cluster-template k8s {options} blue");

        Assert.Empty(read.Problems);
        Assert.Equal(expected, string.Join('|', read.Request.Labels!.Select(l => $"{l.Key}={l.Value}")));
    }

    [Theory]
    [InlineData("curl -X POST https://magnum/v1/clusters -H \"X-Auth-Token: $OS_TOKEN\" -d '{\"name\":\"blue\",\"cluster_template_id\":\"k8s\"}'")]
    [InlineData("curl --json \"{\\\"name\\\":\\\"blue\\\", \\\"cluster_template_id\\\": \\\"k8s\\\"}\" $MAGNUM_ENDPOINT/v1/clusters")]
    [InlineData("OS_TOKEN=$(openstack token issue -f value -c id)\ncurl -sSi --data-raw='{\"name\":\"blue\",\n  \"cluster_template_id\":\"k8s\"}' \\\r\n  --url http://x/v1/clusters/ | jq .")]
    [InlineData("{\"name\": \"blue\", \"cluster_template_id\": \"k8s\", \"keypair\": null}")]
    [InlineData("import openstack\nconn = openstack.connect(cloud='x')\nconn.create_coe_cluster('blue', \"k8s\")")]
    [InlineData("openstack.connect(cloud=\"x\").container_infrastructure_management.create_cluster(**{'name': 'bl' 'ue'}, cluster_template_id=r'k8s')")]
    [InlineData("resource \"openstack_containerinfra_cluster_v1\" \"a\" {\n  name=\"blue\" // x\n  cluster_template_id = \"k8s\" /* y */\n}")]
    public void OtherForms_AsPeopleTypeThem(string code)
    {
        var read = LaunchCodeReader.Read(code);

        Assert.Empty(read.Problems);
        Assert.Equal(Text(new NewCluster { Name = "blue", ClusterTemplateId = "k8s" }), Text(read.Request));
    }

    [Fact]
    public void Json_LabelsOfAnyScalar_AreWhatTheApiMakesOfThem_AndAWholeAnswerMayBePasted()
    {
        var read = LaunchCodeReader.Read("""
            {
              "uuid": "1", "status": "CREATE_COMPLETE", "name": "blue",
              "labels": { "n": 3, "f": 1.5, "yes": true, "no": false, "none": null, "list": [1] },
              "master_count": "3", "floating_ip_enabled": "True",
              "colour": "red"
            }
            """);

        Assert.Equal("n=3|f=1.5|yes=True|no=False", string.Join('|', read.Request.Labels!.Select(l => $"{l.Key}={l.Value}")));
        Assert.Equal((3, true), (read.Request.MasterCount, read.Request.FloatingIpEnabled));
        Assert.Equal([(2, "Paste.LeftOut", "uuid, status"), (3, "Paste.Computed", "list"), (5, "Paste.Unknown", "colour")], read.Problems.Select(p => (p.Line, p.TextName, (string)p.Values[0])));
    }

    [Fact]
    public void Terraform_WithEqualsOrColons_CommentsBlocksAndReferences()
    {
        var read = LaunchCodeReader.Read("""
            terraform {
              required_providers { openstack = { source = "terraform-provider-openstack/openstack" } }
            }
            # resource "openstack_containerinfra_cluster_v1" "old" {
            variable "size" { default = 3 }
            resource "openstack_containerinfra_cluster_v1" "blue" {
              name                = "blue"
              cluster_template_id = data.openstack_containerinfra_clustertemplate_v1.k8s.id
              node_count          = 3 // workers
              flavor              = "m1.${var.size}"
              labels = {
                kube_tag : "v1.30.1", "a b" = "x"
                auto_healing_enabled = true
              }
              timeouts {
                create = "90m"
              }
              lifecycle { ignore_changes = [node_count] }
              master_flavors = "m1.large"
            }
            """);

        Assert.Equal(
            [(8, "Paste.Computed", "cluster_template_id"), (10, "Paste.Computed", "flavor"), (15, "Paste.LeftOut", "timeouts, lifecycle"), (19, "Paste.Unknown", "master_flavors")],
            read.Problems.Select(p => (p.Line, p.TextName, (string)p.Values[0])));
        Assert.Equal(("blue", 3, ""), (read.Request.Name, read.Request.NodeCount, read.Request.ClusterTemplateId));
        Assert.Equal("kube_tag=v1.30.1|a b=x|auto_healing_enabled=true", string.Join('|', read.Request.Labels!.Select(l => $"{l.Key}={l.Value}")));
    }

    [Fact]
    public void Python_WhatOnlyRunningTells_IsNamed()
    {
        var read = LaunchCodeReader.Read("""
            cluster = conn.container_infrastructure_management.create_cluster(
                name=f"blue-{n}",
                node_count=len(nodes) + 1,   # as many
                master_count=1_0,
                keypair=("ops"),
                labels=dict(kube_tag="v1", team=TEAM),
                is_floating_ip_enabled=False,
                **more,
            )
            """);

        Assert.Equal(
            [(2, "Paste.Computed", "name"), (3, "Paste.Computed", "node_count"), (5, "Paste.Computed", "keypair"), (6, "Paste.Computed", "team"), (8, "Paste.Computed", "**")],
            read.Problems.Select(p => (p.Line, p.TextName, (string)p.Values[0])));
        Assert.Equal((10, false), (read.Request.MasterCount, read.Request.FloatingIpEnabled));
    }

    [Theory]
    [InlineData("openstack coe cluster create --cluster-template a x\nopenstack coe cluster create --cluster-template b y")]
    [InlineData("conn.create_coe_cluster('x', 'a')\nconn.create_coe_cluster('y', 'b')")]
    [InlineData("resource \"openstack_containerinfra_cluster_v1\" \"x\" {\n name = \"x\"\n}\nresource \"openstack_containerinfra_cluster_v1\" \"y\" {\n name = \"y\"\n}")]
    public void Several_TheFirstIsTakenAndTheOthersAreTold(string code)
    {
        var read = LaunchCodeReader.Read(code);

        Assert.Equal("x", read.Request.Name);
        Assert.Equal("Paste.Another", Assert.Single(read.Problems).TextName);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("openstack server create --flavor m1 x")]
    [InlineData("curl https://magnum/v1/clusters/1/actions/resize -d '{}'")]
    [InlineData("resource \"openstack_compute_instance_v2\" \"x\" {}")]
    [InlineData("requests.post('/v2/servers', json={})")]
    public void SomethingElse_IsNotRecognised(string code) => Assert.Null(LaunchCodeReader.Read(code).Form);

    [Theory]
    [InlineData("a=b,c", true)]
    [InlineData("a,b", false)]
    [InlineData("a=b", false)]
    public void LostByCli_NamesALabelThatTheClientWouldCut(string value, bool lost)
    {
        var one = new NewCluster { Name = "blue", ClusterTemplateId = Uuid, Labels = new Dictionary<string, string> { ["x"] = value } };
        var two = one with { Labels = new Dictionary<string, string> { ["x"] = value, ["y"] = "" } };

        Assert.Equal(lost ? ["x"] : [], new LaunchCode(one, Uuid, true, "").LostByCli);
        Assert.Empty(new LaunchCode(two, Uuid, true, "").LostByCli);
    }

    [Fact]
    public void Curl_AsksTheConfiguredEndpointInTheNewestVersion()
    {
        var request = new NewCluster { Name = "it's", ClusterTemplateId = Uuid };

        Assert.Equal(
            """
            curl -sS -X POST http://magnum:9511/v1/clusters \
              -H "X-Auth-Token: $OS_TOKEN" \
              -H 'OpenStack-API-Version: container-infra 1.14' \
              -H 'Content-Type: application/json' \
              -d '{
                "name": "it'\''s",
                "cluster_template_id": "3f0e6f1c-8c1c-4e0a-9d0e-2f6f3c1b7a55",
                "master_count": 1,
                "node_count": 1
              }'
            """.ReplaceLineEndings("\n"),
            new LaunchCode(request, "k8s", true, "http://magnum:9511").Write(CodeLanguage.Curl));
        Assert.Contains("POST \"$MAGNUM_ENDPOINT/v1/clusters\"", new LaunchCode(request, "k8s", true, "$MAGNUM_ENDPOINT").Write(CodeLanguage.Curl), StringComparison.Ordinal);
    }

    [Fact]
    public void Terraform_IsAlignedAndSaysWhatTheProviderWouldNotLeaveToTheTemplate()
    {
        var request = new NewCluster { Name = "2nd blue", ClusterTemplateId = Uuid, FlavorId = "m1.small", Labels = new Dictionary<string, string> { ["b-c"] = "${x}", ["a"] = "1", ["for"] = "" }, MergeLabels = true };

        Assert.Equal(
            """
            resource "openstack_containerinfra_cluster_v1" "cluster_2nd_blue" {
              name                = "2nd blue"
              cluster_template_id = "3f0e6f1c-8c1c-4e0a-9d0e-2f6f3c1b7a55"
              master_count        = 1
              node_count          = 1
              flavor              = "m1.small"
              floating_ip_enabled = true
              merge_labels        = true

              labels = {
                a     = "1"
                "b-c" = "$${x}"
                "for" = ""
              }
            }
            """.ReplaceLineEndings("\n"),
            new LaunchCode(request, "k8s", FloatingIps: true, "").Write(CodeLanguage.Terraform));
    }

    [Fact]
    public void Python_CallsTheApiItselfWhereTheSdkKnowsNotAllFields()
    {
        var plain = new NewCluster { Name = "blue", ClusterTemplateId = Uuid, MasterLbEnabled = true };

        Assert.Contains("container_infrastructure_management.create_cluster(\n    name=\"blue\",\n", new LaunchCode(plain, "", true, "").Write(CodeLanguage.Python), StringComparison.Ordinal);
        Assert.Contains("    is_master_lb_enabled=True,\n)", new LaunchCode(plain, "", true, "").Write(CodeLanguage.Python), StringComparison.Ordinal);
        Assert.Contains(".post(\n    \"/clusters\",\n    json={\n", new LaunchCode(plain with { DockerVolumeSize = 5 }, "", true, "").Write(CodeLanguage.Python), StringComparison.Ordinal);
    }

    private static NewCluster Generate(Random random)
    {
        var labels = Enumerable.Range(0, random.Next(5)).Select(i => ($"{(random.Next(3) == 0 ? Weird(random, 2).Replace("=", "", StringComparison.Ordinal) : "label")}{i}", Weird(random, 6))).ToDictionary(l => l.Item1, l => l.Item2);
        return new NewCluster
        {
            Name = $"n{Weird(random, 3)}",
            ClusterTemplateId = random.Next(2) == 0 ? Uuid : $"t{Weird(random, 3)}",
            KeyPair = Maybe(() => $"{Weird(random, 3)}k"),
            MasterCount = random.Next(1, 8),
            NodeCount = random.Next(0, 200),
            Labels = labels.Count > 0 ? labels : null,
            MergeLabels = random.Next(2) == 0,
            MasterFlavorId = Maybe(() => $"m1.{Weird(random, 1)}"),
            FlavorId = Maybe(() => "m1.small"),
            DockerVolumeSize = random.Next(2) == 0 ? null : random.Next(1, 500),
            CreateTimeout = random.Next(2) == 0 ? null : random.Next(0, 500),
            DiscoveryUrl = Maybe(() => "https://discovery.etcd.io/x?size=3&y=1"),
            FixedNetwork = Maybe(() => Weird(random, 2) + "net"),
            FixedSubnet = Maybe(() => "sub-net"),
            FloatingIpEnabled = Flag(),
            MasterLbEnabled = Flag(),
        };

        string? Maybe(Func<string> value) => random.Next(2) == 0 ? null : value();

        bool? Flag() => random.Next(3) switch { 0 => true, 1 => false, _ => null };
    }

    private static string Weird(Random random, int most) => string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    private static string Text(NewCluster request) =>
        JsonSerializer.Serialize(request with { Labels = new SortedDictionary<string, string>((request.Labels ?? new Dictionary<string, string>()).ToDictionary(l => l.Key, l => l.Value), StringComparer.Ordinal) });
}
