using System.Globalization;
using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;

namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

/// <summary>So many of one resource: a nested stack whose resources are called 0, 1, 2 and so on, less those that were taken out for good.</summary>
internal sealed class ResourceGroupResource() : StackResource(
    "OS::Heat::ResourceGroup",
    Property.Number("count").Updatable().Or(1), Property.Text("index_var").Updatable().Or("%index%"), Property.Map("resource_def").Needed().Updatable(),
    Property.List("removal_policies").Updatable(), Property.Text("removal_policies_mode").Updatable().OneOf("append", "update").Or("append"))
{
    public override IReadOnlyList<string> Attributes => ["refs", "refs_map", "attributes", "removed_rsrc_list"];

    /// <summary>Any attribute of the members is one of the group: the list of their values.</summary>
    public override bool HasAttribute(string attribute) => true;

    /// <summary>The definition's functions are resolved for the group as a whole, but <c>depends_on</c> and the like of members are not looked into.</summary>
    public override void Validate(ResourceContext context, JsonObject given)
    {
        if (given["count"].Whole() is < 0)
        {
            throw HeatFault.Property($"resources.{context.Row.Name}.properties.count", $"{given["count"].Text()} is out of range (min: 0, max: None)");
        }

        var type = given.Map("resource_def").Text("type") ?? throw HeatFault.Property($"resources.{context.Row.Name}.properties.resource_def", "Property type not assigned");
        TypeRegistry.Resolve(type, context.Row.Name, context.Stack.Definition.Environment, context.Model.File);
    }

    public override void Create(ResourceContext c)
    {
        Strike(c);
        base.Create(c);
    }

    public override void Update(ResourceContext c, JsonObject before)
    {
        Strike(c);
        base.Update(c, before);
    }

    public override bool NeedsUpdate(ResourceContext c)
    {
        Strike(c);
        return base.NeedsUpdate(c);
    }

    public override JsonNode? Reference(ResourceContext context) => Child(context)?.Name;

    protected override StackDefinition Definition(ResourceContext c)
    {
        var resources = new JsonObject();
        foreach (var name in Names(c))
        {
            var resource = (JsonObject)Put(c.Properties["resource_def"], c.Properties.Text("index_var")!, name)!;
            if (resource["properties"] is JsonObject properties)
            {
                foreach (var empty in properties.Where(p => p.Value is null).Select(p => p.Key).ToList())
                {
                    properties.Remove(empty);
                }
            }

            resources[name] = resource;
        }

        return new StackDefinition(new JsonObject { ["heat_template_version"] = "2021-04-16", ["resources"] = resources }, [], EnvironmentFor(c), []);
    }

    protected override JsonNode? Attribute(ResourceContext c, string attribute)
    {
        if (Child(c) is not { } child)
        {
            return new JsonArray();
        }

        var model = c.Cloud.Heat.ModelOf(child);
        var members = Names(c).Where(model.Types.ContainsKey).ToList();
        switch (attribute)
        {
            case "refs":
                return members.Select(m => model.Reference(m)?.DeepClone()).ToJson();
            case "refs_map":
                return new JsonObject(members.Select(m => KeyValuePair.Create(m, model.Reference(m)?.DeepClone())));
            case "removed_rsrc_list":
                return Struck(c).ToJson();
            case "attributes":
                return new JsonObject();
        }

        if (attribute.StartsWith("resource.", StringComparison.Ordinal))
        {
            var parts = attribute.Split('.', 3);
            return !model.Types.ContainsKey(parts[1]) ? null
                : parts.Length == 3 ? model.Attribute(parts[1], parts[2], [])?.DeepClone()
                : model.Reference(parts[1])?.DeepClone();
        }

        return members.Select(m => model.Types[m].HasAttribute(attribute) ? model.Attribute(m, attribute, [])?.DeepClone() : throw HeatFault.Attribute(c.Row.Name, attribute)).ToJson();
    }

    /// <summary>Takes the members that the removal policies name - by name, index or what they refer to - off the list of names for good.</summary>
    private static void Strike(ResourceContext c)
    {
        var struck = c.Properties.Text("removal_policies_mode") is "update" ? [] : Struck(c).ToHashSet();
        var child = Child(c);
        var model = child is null ? null : c.Cloud.Heat.ModelOf(child);
        foreach (var wanted in c.Properties["removal_policies"].Items().OfType<JsonObject>().SelectMany(p => Flatten(p["resource_list"])))
        {
            if (model is null)
            {
                continue;
            }

            if (model.Types.ContainsKey(wanted))
            {
                struck.Add(wanted);
            }
            else if (model.Types.Keys.FirstOrDefault(m => model.Reference(m).Text() == wanted || child!.Live(m)?.PhysicalId == wanted) is { } member)
            {
                struck.Add(member);
            }
        }

        c.Row.Data["struck"] = struck.ToJson();
    }

    private static IEnumerable<string> Flatten(JsonNode? node) => node switch
    {
        JsonArray list => list.SelectMany(Flatten),
        JsonValue value when value.IsString() && value.Text()!.Contains(',', StringComparison.Ordinal) => value.Text()!.Split(',').Select(s => s.Trim()),
        _ => node.Text() is { Length: > 0 } text ? [text] : [],
    };

    private static IEnumerable<string> Struck(ResourceContext c) => c.Row.Data["struck"].Texts();

    private static List<string> Names(ResourceContext c)
    {
        var struck = Struck(c).ToHashSet();
        var count = c.Properties.Whole("count", 1);
        var names = new List<string>();
        for (var i = 0; names.Count < count; i++)
        {
            var name = i.ToString(CultureInfo.InvariantCulture);
            if (!struck.Contains(name))
            {
                names.Add(name);
            }
        }

        return names;
    }

    private static JsonNode? Put(JsonNode? node, string variable, string index) => node switch
    {
        JsonObject map => new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, Put(p.Value, variable, index)))),
        JsonArray list => new JsonArray([.. list.Select(i => Put(i, variable, index))]),
        JsonValue value when value.IsString() => value.Text()!.Replace(variable, index, StringComparison.Ordinal),
        _ => node?.DeepClone(),
    };
}
