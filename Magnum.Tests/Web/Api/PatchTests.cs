using System.Text;
using Magnum.Core.ClusterTemplates;
using Magnum.Web.Api.Input;
using Magnum.Web.Api.Patch;
using Magnum.Web.Features.ClusterTemplates;

namespace Magnum.Tests.Web.Api;

public sealed class PatchTests
{
    private static readonly ClusterTemplateSpec Present = new()
    {
        Uuid = Guid.Parse("0c5f0000-0000-4000-8000-000000000001"),
        Name = "small",
        Coe = "kubernetes",
        ImageId = "ubuntu",
        NetworkDriver = "calico",
        DnsNameserver = "9.9.9.9",
        ServerType = "vm",
        Labels = new Dictionary<string, string> { ["a"] = "1" },
        FloatingIpEnabled = false,
        Driver = "k8s_heat",
    };

    [Theory]
    [InlineData("""[{"op": "replace", "path": "/name", "value": "big"}]""", "big|9.9.9.9||a=1|False")]
    [InlineData("""[{"op": "add", "path": "/docker_volume_size", "value": 5}]""", "small|9.9.9.9|5|a=1|False")]
    [InlineData("""[{"op": "add", "path": "/docker_volume_size", "value": "5"}]""", "small|9.9.9.9|5|a=1|False")]
    [InlineData("""[{"op": "remove", "path": "/dns_nameserver"}]""", "small|||a=1|False")]
    [InlineData("""[{"op": "remove", "path": "/dns_nameserver"}, {"op": "add", "path": "/dns_nameserver", "value": "8.8.8.8"}]""", "small|8.8.8.8||a=1|False")]
    [InlineData("""[{"op": "add", "path": "/labels/b", "value": 2}]""", "small|9.9.9.9||a=1,b=2|False")]
    [InlineData("""[{"op": "add", "path": "/labels/a", "value": true}]""", "small|9.9.9.9||a=True|False")]
    [InlineData("""[{"op": "replace", "path": "/labels/a", "value": "x"}]""", "small|9.9.9.9||a=x|False")]
    [InlineData("""[{"op": "remove", "path": "/labels/a"}]""", "small|9.9.9.9|||False")]
    [InlineData("""[{"op": "remove", "path": "/labels"}]""", "small|9.9.9.9|||False")]
    [InlineData("""[{"op": "replace", "path": "/labels", "value": "{'x': 'y', 'n': 1}"}]""", "small|9.9.9.9||n=1,x=y|False")]
    [InlineData("""[{"op": "replace", "path": "/labels", "value": {"x": "y"}}]""", "small|9.9.9.9||x=y|False")]
    [InlineData("""[{"op": "replace", "path": "/floating_ip_enabled", "value": "True"}]""", "small|9.9.9.9||a=1|True")]
    [InlineData("""[{"op": "replace", "path": "/floating_ip_enabled", "value": true}]""", "small|9.9.9.9||a=1|True")]
    [InlineData("""[{"op": "remove", "path": "/floating_ip_enabled"}]""", "small|9.9.9.9||a=1|True")]
    [InlineData("[]", "small|9.9.9.9||a=1|False")]
    public void APatch_Changes(string body, string expected)
    {
        var operations = PatchOperation.ReadAll(Parse(body), ClusterTemplateInput.Patch);
        Assert.Null(operations.Error);

        var changed = ClusterTemplateInput.Change(Present, operations.Value!);

        Assert.Null(changed.Error);
        var spec = changed.Value!;
        Assert.Equal(
            expected,
            $"{spec.Name}|{spec.DnsNameserver}|{spec.DockerVolumeSize}|{string.Join(',', spec.Labels.OrderBy(l => l.Key).Select(l => $"{l.Key}={l.Value}"))}|{spec.FloatingIpEnabled}");
        Assert.Equal((Present.Uuid, "ubuntu", "k8s_heat"), (spec.Uuid, spec.ImageId, spec.Driver));
    }

    [Theory]
    [InlineData("""{"op": "replace"}""", "Invalid input for field/attribute patch. Value: '{'op': 'replace'}'. Value not a valid list: {'op': 'replace'}")]
    [InlineData("""[5]""", "Invalid input for field/attribute patch.")]
    [InlineData("""[{"path": "/name", "value": "x"}]""", "Invalid input for field/attribute op. Value: 'None'. Mandatory field missing.")]
    [InlineData("""[{"op": "move", "path": "/name", "value": "x"}]""", "Invalid input for field/attribute op. Value: 'move'. Value should be one of: add, replace, remove")]
    [InlineData("""[{"op": "replace", "value": "x"}]""", "Invalid input for field/attribute path. Value: 'None'. Mandatory field missing.")]
    [InlineData("""[{"op": "replace", "path": "name", "value": "x"}]""", "Invalid input for field/attribute path. Value: 'name'. Value should match the pattern ^(/[\\w-]+)+$")]
    [InlineData("""[{"op": "add", "path": "/labels/a.b", "value": "x"}]""", "Invalid input for field/attribute path.")]
    [InlineData("""[{"op": "add", "path": "/labels/a~1b", "value": "x"}]""", "Invalid input for field/attribute path.")]
    [InlineData("""[{"op": "replace", "path": "/name\n", "value": "x"}]""", "Invalid input for field/attribute path.")]
    [InlineData("""[{"op": "replace", "path": "/name"}]""", "'add' and 'replace' operations needs value")]
    [InlineData("""[{"op": "replace", "path": "/name", "value": null}]""", "Invalid input for field/attribute value.")]
    [InlineData("""[{"op": "replace", "path": "/name", "value": 1.5}]""", "Invalid input for field/attribute value.")]
    [InlineData("""[{"op": "replace", "path": "/name", "value": {"a": "b"}}]""", "Invalid input for field/attribute value. Value: '{'a': 'b'}'. Wrong type.")]
    [InlineData("""[{"op": "replace", "path": "/uuid", "value": "x"}]""", "'/uuid' is an internal attribute and can not be updated")]
    [InlineData("""[{"op": "add", "path": "/links/0", "value": "x"}]""", "'/links/0' is an internal attribute and can not be updated")]
    [InlineData("""[{"op": "remove", "path": "/image_id"}]""", "'/image_id' is a mandatory attribute and can not be removed")]
    [InlineData("""[{"op": "add", "path": "/nothing", "value": 1}]""", "Adding a new attribute /nothing to the root of the resource is not allowed.")]
    [InlineData("""[{"op": "add", "path": "/name", "value": "x"}]""", "The attribute /name has existed, please use 'replace' operation instead.")]
    [InlineData("""[{"op": "replace", "path": "/nothing", "value": 1}]""", "Couldn't apply patch '[{'path': '/nothing', 'op': 'replace', 'value': 1}]'. Reason: can't replace a non-existent object 'nothing'")]
    [InlineData("""[{"op": "remove", "path": "/nothing"}]""", "Couldn't apply patch '[{'path': '/nothing', 'op': 'remove'}]'. Reason: can't remove a non-existent object 'nothing'")]
    [InlineData("""[{"op": "remove", "path": "/labels/none"}]""", "Couldn't apply patch")]
    [InlineData("""[{"op": "replace", "path": "/labels/none", "value": "x"}]""", "Couldn't apply patch")]
    [InlineData("""[{"op": "add", "path": "/name/x", "value": "x"}]""", "Couldn't apply patch")]
    [InlineData("""[{"op": "remove", "path": "/dns_nameserver"}, {"op": "remove", "path": "/dns_nameserver"}]""", "Couldn't apply patch")]
    [InlineData("""[{"op": "replace", "path": "/labels", "value": "junk"}]""", "Couldn't apply patch")]
    [InlineData("""[{"op": "replace", "path": "/labels", "value": "[1]"}]""", "Invalid input for field/attribute labels.")]
    [InlineData("""[{"op": "replace", "path": "/coe", "value": "nomad"}]""", "Invalid input for field/attribute coe. Value: 'nomad'.")]
    [InlineData("""[{"op": "replace", "path": "/apiserver_port", "value": "abc"}]""", "Invalid input for field/attribute apiserver_port.")]
    [InlineData("""[{"op": "replace", "path": "/apiserver_port", "value": 80}]""", "Invalid input for field/attribute apiserver_port. Value: '80'. Value should be greater or equal to 1024")]
    public void APatch_IsRefused(string body, string detail)
    {
        var operations = PatchOperation.ReadAll(Parse(body), ClusterTemplateInput.Patch);
        var error = operations.Error ?? ClusterTemplateInput.Change(Present, operations.Value!).Error;

        Assert.StartsWith(detail, error?.Detail, StringComparison.Ordinal);
    }

    private static object? Parse(string json)
    {
        Assert.True(JsonValues.TryParse(Encoding.UTF8.GetBytes(json), 32, out var value));
        return value;
    }
}
