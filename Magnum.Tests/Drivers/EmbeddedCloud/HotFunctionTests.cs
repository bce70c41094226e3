using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud;
using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Tests.Drivers.EmbeddedCloud;

public sealed class HotFunctionTests : IDisposable
{
    private const string Rest = """
        parameters:
          text: {type: string, default: abc}
          many: {type: comma_delimited_list, default: 'a,b,c'}
          json: {type: json, default: {k: [1, 2], m: {x: y}}}
          yes: {type: boolean, default: true}
        conditions:
          on: {get_param: yes}
          off: {not: on}
          both: {and: [on, {equals: [{get_param: text}, abc]}]}
          either: {or: [off, off]}
        resources:
          v: {type: OS::Heat::Value, properties: {value: {a: [{b: deep}]}}}
          absent: {type: OS::Heat::Value, condition: off, properties: {value: 1}}
        """;

    private readonly CloudBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("{get_param: text}", "\"abc\"")]
    [InlineData("{get_param: [json, k, 1]}", "2")]
    [InlineData("{get_param: [json, m, x]}", "\"y\"")]
    [InlineData("{get_param: [many, -1]}", "\"c\"")]
    [InlineData("{get_attr: [v, value, a, 0, b]}", "\"deep\"")]
    [InlineData("{get_attr: [absent, value]}", "null")]
    [InlineData("{str_replace: {template: 'ab$a', params: {a: b, $a: c}}}", "\"bbc\"")]
    [InlineData("{str_replace: {template: 'x M', params: {M: {a: [1, é]}}}}", """ "x {\"a\": [1, \"\\u00e9\"]}" """)]
    [InlineData("{str_replace_strict: {template: 'x', params: {x: 1}}}", "\"1\"")]
    [InlineData("{list_join: ['-', [a, 1, true], [b]]}", "\"a-1-True-b\"")]
    [InlineData("{list_concat: [[a], {get_param: many}]}", """["a","a","b","c"]""")]
    [InlineData("{list_concat_unique: [[a], {get_param: many}]}", """["a","b","c"]""")]
    [InlineData("{repeat: {for_each: {'%x%': {get_param: many}}, template: {n: 'p-%x%', v: '%x%'}}}", """[{"n":"p-a","v":"a"},{"n":"p-b","v":"b"},{"n":"p-c","v":"c"}]""")]
    [InlineData("{repeat: {for_each: {X: [1, 2], Y: [a, b]}, template: 'X-Y'}}", """["1-a","1-b","2-a","2-b"]""")]
    [InlineData("{repeat: {for_each: {X: [1, 2], Y: [a, b]}, permutations: false, template: 'X-Y'}}", """["1-a","2-b"]""")]
    [InlineData("{if: [on, 1, 2]}", "1")]
    [InlineData("{if: [{not: both}, 1, 2]}", "2")]
    [InlineData("{if: [either, 1, {get_param: text}]}", "\"abc\"")]
    [InlineData("{map_merge: [{a: 1, b: 1}, {b: 2}]}", """{"a":1,"b":2}""")]
    [InlineData("{map_replace: [{a: x}, {keys: {a: b}, values: {x: y}}]}", """{"b":"y"}""")]
    [InlineData("{digest: [sha256, abc]}", "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"")]
    [InlineData("{str_split: [',', 'a,b', 1]}", "\"b\"")]
    [InlineData("{make_url: {scheme: https, host: '::1', port: 80, path: a, query: {q: 'x y'}}}", "\"https://[::1]:80/a?q=x%20y\"")]
    [InlineData("{contains: [b, {get_param: many}]}", "true")]
    [InlineData("{filter: [[b], {get_param: many}]}", """["a","c"]""")]
    [InlineData("{get_file: motd}", "\"hello\"")]
    [InlineData("{unknown_function: {get_param: text}}", """{"unknown_function":"abc"}""")]
    [InlineData("0644", "420")]
    [InlineData("'0644'", "\"0644\"")]
    [InlineData("2021-04-16", "\"2021-04-16\"")]
    [InlineData("on", "true")]
    public void Function_GivesWhatHeatGives(string expression, string expected)
    {
        var value = _bench.Evaluate(expression, Rest, new JsonObject { ["files"] = new JsonObject { ["motd"] = "hello" } });

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), value), $"{value.Write()} is not {expected}");
    }

    [Theory]
    [InlineData("heat_template_version: 2021-04-16\nresources: {a: {type: OS::Nope::X}}", "StackValidationFailed", "The Resource Type (OS::Nope::X) could not be found.")]
    [InlineData("heat_template_version: 2021-04-16\nresources: {a: {type: OS::Neutron::Net, properties: {colour: red}}}", "StackValidationFailed", "Property error: : resources.a.properties: : Unknown Property colour")]
    [InlineData("heat_template_version: 2021-04-16\nresources: {a: {type: OS::Nova::KeyPair}}", "StackValidationFailed", "Property error: : resources.a.properties: : Property name not assigned")]
    [InlineData("heat_template_version: 2021-04-16\nresources: {a: {type: OS::Nova::Server, properties: {image: cirros, flavor: huge}}}", "StackValidationFailed", "Property error: : resources.a.properties.flavor: : Error validating value 'huge': The Flavor (huge) could not be found.")]
    [InlineData("heat_template_version: 2021-04-16\nresources: {a: {type: OS::Nova::Server, properties: {image: none, flavor: m1.tiny}}}", "StackValidationFailed", "Property error: : resources.a.properties.image: : Error validating value 'none': The Image (none) could not be found.")]
    [InlineData("heat_template_version: 2021-04-16\nresources: {a: {type: OS::Neutron::Port, properties: {network: nowhere}}}", "StackValidationFailed", "Property error: : resources.a.properties.network: : Error validating value 'nowhere': Unable to find network with name or id 'nowhere'")]
    [InlineData("heat_template_version: 2021-04-16\nparameters: {p: {type: string}}", "UserParameterMissing", "The Parameter (p) was not provided.")]
    [InlineData("heat_template_version: 2021-04-16\nparameters: {p: {type: number, default: 0, constraints: [{range: {min: 1}}]}}", "StackValidationFailed", "Parameter 'p' is invalid: 0 is out of range (min: 1, max: None)")]
    [InlineData("heat_template_version: 2021-04-16\nparameters: {p: {type: string, default: x, constraints: [{allowed_values: [a, b]}]}}", "StackValidationFailed", "Parameter 'p' is invalid: \"x\" is not an allowed value [a, b]")]
    [InlineData("heat_template_version: 2021-04-16\nparameters: {p: {type: string, default: x, constraints: [{custom_constraint: nova.flavor}]}}", "StackValidationFailed", "Parameter 'p' is invalid: Error validating value 'x': The Flavor (x) could not be found.")]
    [InlineData("heat_template_version: 2021-04-16\nresources: {a: {type: OS::Neutron::Subnet, properties: {network: {get_resource: b}, cidr: 10.0.0.0/24}}}", "InvalidTemplateReference", "The specified reference \"b\" (in a.Properties.network) is incorrect.")]
    [InlineData("heat_template_version: 2021-04-16\nresources: {a: {type: OS::Heat::Value, properties: {value: {get_attr: [b, x]}}}, b: {type: OS::Neutron::Net}}", "InvalidTemplateAttribute", "The Referenced Attribute (b x) is incorrect.")]
    [InlineData("heat_template_version: 2021-04-16\nresources: {a: {type: OS::Heat::Value, properties: {value: {get_attr: [b, value]}}}, b: {type: OS::Heat::Value, properties: {value: {get_attr: [a, value]}}}}", "CircularDependencyException", "Circular Dependency Found: a -> b -> a")]
    [InlineData("heat_template_version: 2021-04-16\nresource: {}", "InvalidTemplateSection", "The template section is invalid: resource")]
    [InlineData("heat_template_version: 2021-04-16\nparameters: {a: {type: string, default: x}}\nresources: {a: {type: OS::Neutron::Net}}", "StackValidationFailed", "Duplicate names {'a'}")]
    [InlineData("heat_template_version: 1999-01-01", "InvalidTemplateVersion", null)]
    [InlineData("a: [", "TemplateFormatError", null)]
    public void WrongTemplate_IsRefusedAsHeatDoes(string template, string kind, string? message)
    {
        var refusal = Assert.Throws<ApiFault>(() => _bench.Create(template));

        Assert.Equal((400, kind), (refusal.Status, refusal.Kind));
        Assert.Equal(message ?? refusal.Message, refusal.Message);
        Assert.Empty(_bench.Cloud.State.Stacks);
    }

    [Fact]
    public void Registry_MapsTypesToNothingAndToTemplates()
    {
        var more = Templates.WithNode();
        more["environment"] = "resource_registry: {'My::Volume': 'OS::Heat::None', 'My::Net': 'net.yaml'}\nparameters: {text: fromenv}";
        more["files"]!["net.yaml"] = "heat_template_version: 2021-04-16\nresources: {n: {type: OS::Neutron::Net}}\noutputs: {id: {value: {get_resource: n}}}";
        var stack = _bench.Made(
            "heat_template_version: 2021-04-16\nparameters: {text: {type: string}}\nresources: {a: {type: My::Volume, properties: {size: 1}}, b: {type: My::Net}}\noutputs: {net: {value: {get_attr: [b, id]}}, text: {value: {get_param: text}}}",
            more);

        Assert.Contains((string?)_bench.Output(stack, "net"), _bench.Cloud.State.Network.Networks.Keys);
        Assert.Equal("fromenv", (string?)_bench.Output(stack, "text"));
        Assert.Empty(_bench.Cloud.State.Volumes.Volumes);
    }
}
