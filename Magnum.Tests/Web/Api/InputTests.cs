using System.Text;
using Magnum.Web.Api.Input;
using Magnum.Web.Features.Clusters;
using Magnum.Web.Features.ClusterTemplates;

namespace Magnum.Tests.Web.Api;

public sealed class InputTests
{
    [Theory]
    [InlineData("""{"node_count": 5}""", "node_count", 5)]
    [InlineData("""{"node_count": "5"}""", "node_count", 5)]
    [InlineData("""{"node_count": null}""", "node_count", 1)]
    [InlineData("""{"create_timeout": null}""", "create_timeout", null)]
    [InlineData("""{"master_lb_enabled": "True"}""", "master_lb_enabled", true)]
    [InlineData("""{"master_lb_enabled": "off"}""", "master_lb_enabled", false)]
    [InlineData("""{"master_lb_enabled": null}""", "master_lb_enabled", null)]
    [InlineData("""{"keypair": ""}""", "keypair", null)]
    [InlineData("""{"discovery_url": ""}""", "discovery_url", null)]
    [InlineData("""{"status": "whatever", "faults": 5}""", "node_count", 1)]
    public void Read_TakesWhatClientsSend(string body, string field, object? expected)
    {
        var read = ClusterInput.Schema.Read(Parse(body.Replace("{", "{\"cluster_template_id\": \"t\", ", StringComparison.Ordinal)));

        Assert.Null(read.Error);
        Assert.Equal(expected, read.Value![field]);
    }

    [Theory]
    [InlineData("""{"node_count": "two"}""", "Invalid input for field/attribute node_count. Value: 'two'. invalid literal for int() with base 10: 'two'")]
    [InlineData("""{"node_count": -1}""", "Invalid input for field/attribute node_count. Value: '-1'. Value should be greater or equal to 0")]
    [InlineData("""{"node_count": 99999999999999999999999}""", "Invalid input for field/attribute node_count. Value: '99999999999999999999999'. Value should be lower or equal to 2147483647")]
    [InlineData("""{"node_count": 1.5}""", "Invalid input for field/attribute node_count. Value: '1.5'. Wrong type. Expected 'int', got 'float'")]
    [InlineData("""{"master_count": 0}""", "Invalid input for field/attribute master_count. Value: '0'. Value should be greater or equal to 1")]
    [InlineData("""{"name": 5}""", "Invalid input for field/attribute name. Value: '5'. Value should be string")]
    [InlineData("""{"name": "1x"}""", "Invalid input for field/attribute name. Value: '1x'. Value should match the pattern ^[a-zA-Z][a-zA-Z0-9_.-]*$")]
    [InlineData("""{"flavor_id": ""}""", "Invalid input for field/attribute flavor_id. Value: ''. Value should have a minimum character requirement of 1")]
    [InlineData("""{"labels": "a=b"}""", "Invalid input for field/attribute labels. Value: 'a=b'. Value not a valid dict: a=b")]
    [InlineData("""{"labels": {"a": {"b": "c"}}}""", "Invalid input for field/attribute labels. Value: '{'a': {'b': 'c'}}'. Wrong type. Expected 'str, int, bool, float', got 'dict'")]
    [InlineData("""{"labels": {"a": null}}""", "Invalid input for field/attribute labels. Value: '{'a': None}'. Wrong type. Expected 'str, int, bool, float', got 'NoneType'")]
    [InlineData("""{"merge_labels": "maybe"}""", "Invalid input for field/attribute merge_labels.")]
    [InlineData("""{"nothing": 1}""", "Unknown attribute for argument cluster: nothing")]
    [InlineData("""{"stack_id": "x"}""", "Invalid input for field/attribute stack_id. Value: 'x'. Cannot set read only field.")]
    public void Read_NamesWhatItRefuses(string body, string detail)
    {
        var read = ClusterInput.Schema.Read(Parse(body.Insert(1, "\"cluster_template_id\": \"t\", ")));

        Assert.StartsWith(detail, read.Error?.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    [InlineData("{}")]
    public void Read_NoClusterAtAll_IsRefused(string body) => Assert.NotNull(ClusterInput.Schema.Read(Parse(body)).Error);

    [Fact]
    public void Labels_BecomeTextAsPythonWritesIt()
    {
        var read = ClusterTemplateInput.Schema.Read(Parse("""{"image_id": "i", "labels": {"a": true, "b": 1.5, "c": 3, "d": "x", "e": 2.0}}"""));

        Assert.Equal(
            new Dictionary<string, string> { ["a"] = "True", ["b"] = "1.5", ["c"] = "3", ["d"] = "x", ["e"] = "2.0" },
            read.Value!.Map("labels"));
    }

    [Theory]
    [InlineData("{'a': 'b'}", "{'a': 'b'}")]
    [InlineData("{\"a\": \"b\"}", "{'a': 'b'}")]
    [InlineData("[{'key': 'k', 'effect': 'NoSchedule'},]", "[{'key': 'k', 'effect': 'NoSchedule'}]")]
    [InlineData(" { } ", "{}")]
    [InlineData("(1, -2, True, None, 1.5, false)", "[1, -2, True, None, 1.5, False]")]
    [InlineData(@"{'it\'s': 'a\n\u00e9\\'}", "{\"it's\": 'a\\né\\\\'}")]
    public void PythonLiteral_ReadsWhatClientsWrite(string text, string expected)
    {
        Assert.True(PythonLiteral.TryParse(text, out var value));
        Assert.Equal(expected, PythonText.Repr(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{'a': 'b'")]
    [InlineData("{'a' 'b'}")]
    [InlineData("{1: 'b'}")]
    [InlineData("__import__('os')")]
    [InlineData("{'a': 'b'} x")]
    [InlineData("'open")]
    [InlineData("{'a': [}")]
    public void PythonLiteral_RefusesTheRest(string text) => Assert.False(PythonLiteral.TryParse(text, out _));

    [Fact]
    public void PythonLiteral_TooDeep_IsRefused() => Assert.False(PythonLiteral.TryParse(new string('[', 10_000), out _));

    private static object? Parse(string json)
    {
        Assert.True(JsonValues.TryParse(Encoding.UTF8.GetBytes(json), 32, out var value));
        return value;
    }
}
