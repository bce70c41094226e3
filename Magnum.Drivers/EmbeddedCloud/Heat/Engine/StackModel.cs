using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;
using Magnum.Drivers.EmbeddedCloud.Heat.Template;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Engine;

/// <summary>A stack's definition thought through: parameters typed, conditions decided, resource types found, dependencies in order.</summary>
internal sealed class StackModel : IResolverScope
{
    private readonly Cloud _cloud;
    private readonly StackRow _stack;
    private readonly StackDefinition _definition;
    private readonly Dictionary<string, bool?> _conditions = [];

    public StackModel(Cloud cloud, StackRow stack, StackDefinition definition)
    {
        _cloud = cloud;
        _stack = stack;
        _definition = definition;
        Template = HotTemplate.Read(definition.Template);
        Parameters = ReadParameters();
        foreach (var resource in Template.Resources.Values)
        {
            if (resource.Condition is null || new Resolver(this).Test(resource.Condition))
            {
                Types[resource.Name] = TypeRegistry.Resolve(resource.Type, resource.Name, definition.Environment, File);
            }
        }

        foreach (var name in Types.Keys)
        {
            Requires[name] = RequirementsOf(Template.Resources[name]);
        }

        Order = Sort();
    }

    public HotTemplate Template { get; }

    public JsonObject Parameters { get; }

    /// <summary>The resources that exist under the present conditions.</summary>
    public Dictionary<string, ResourceType> Types { get; } = [];

    /// <summary>For each resource the names of those it needs.</summary>
    public Dictionary<string, List<string>> Requires { get; } = [];

    /// <summary>Names, each after all that it needs.</summary>
    public IReadOnlyList<string> Order { get; }

    public JsonNode? Reference(string resource) => Require(resource, "get_resource") && _stack.Live(resource) is { } row && row.Action is not "INIT"
        ? Types[resource].Reference(Context(row))
        : null;

    public JsonNode? Attribute(string resource, string attribute, IReadOnlyList<string> path)
    {
        if (!Require(resource, "get_attr") || _stack.Live(resource) is not { } row || row.Action is "INIT" || (row.Action is "CREATE" && row.Status is not "COMPLETE" && row.PhysicalId.Length == 0))
        {
            return null;
        }

        return Types[resource].ReadAttribute(Context(row), attribute, path);
    }

    public bool Condition(string name)
    {
        if (!Template.Conditions.TryGetPropertyValue(name, out var node))
        {
            throw HeatFault.Validation($"Invalid condition \"{name}\"");
        }

        if (_conditions.TryGetValue(name, out var known))
        {
            return known ?? throw HeatFault.Validation($"Circular definition for condition \"{name}\"");
        }

        _conditions[name] = null;
        var value = new Resolver(this).Test(node);
        _conditions[name] = value;
        return value;
    }

    public string? File(string name) => _cloud.Heat.FilesOf(_stack, _definition).GetValueOrDefault(name);

    public ResourceContext Context(ResourceRow row) => new(_cloud, _stack, row, this);

    /// <summary>A resource's properties now: functions resolved, nulls dropped, values in the types of the schema.</summary>
    public JsonObject Properties(ResourceDefinition resource, out IReadOnlySet<string> deferred)
    {
        var result = new JsonObject();
        var open = new HashSet<string>();
        foreach (var (name, node) in resource.Properties)
        {
            var resolver = new Resolver(this);
            if (resolver.Resolve(node) is { } value)
            {
                result[name] = value;
            }

            if (resolver.Deferred)
            {
                open.Add(name);
            }
        }

        deferred = open;
        return Types[resource.Name].Coerce(result);
    }

    private bool Require(string resource, string function) => Types.ContainsKey(resource)
        || (Template.Resources.ContainsKey(resource) ? false : throw HeatFault.Reference(resource, function));

    private JsonObject ReadParameters()
    {
        var given = _definition.Parameters;
        var defaults = _definition.Environment.Map("parameter_defaults") ?? [];
        foreach (var (name, _) in given)
        {
            if (!Template.Parameters.ContainsKey(name) && _stack.ParentId is null)
            {
                throw HeatFault.ParameterUnknown(name);
            }
        }

        var values = new JsonObject
        {
            ["OS::stack_name"] = _stack.Name,
            ["OS::stack_id"] = _stack.Id,
            ["OS::project_id"] = _stack.ProjectId,
        };
        foreach (var schema in Template.Parameters.Values)
        {
            var value = given.ContainsKey(schema.Name) && given[schema.Name] is { } own ? own
                : defaults.ContainsKey(schema.Name) ? defaults[schema.Name]
                : schema.HasDefault ? schema.Body["default"]
                : throw HeatFault.ParameterMissing(schema.Name);
            values[schema.Name] = schema.Convert(value);
        }

        return values;
    }

    private List<string> RequirementsOf(ResourceDefinition resource)
    {
        var names = new HashSet<string>();
        foreach (var name in resource.DependsOn)
        {
            names.Add(Template.Resources.ContainsKey(name) ? name : throw HeatFault.Reference(name, $"{resource.Name}.depends_on"));
        }

        foreach (var (name, attribute, where) in References.In(resource.Properties, $"{resource.Name}.Properties").Concat(References.In(resource.Body["metadata"], $"{resource.Name}.Metadata")))
        {
            if (!Template.Resources.ContainsKey(name))
            {
                throw HeatFault.Reference(name, where);
            }

            if (attribute is not null && Types.TryGetValue(name, out var type) && !type.HasAttribute(attribute))
            {
                throw HeatFault.Attribute(name, attribute);
            }

            names.Add(name);
        }

        names.UnionWith(Types[resource.Name].ImplicitRequirements(resource, this));
        names.Remove(resource.Name);
        return [.. names.Where(Types.ContainsKey)];
    }

    private List<string> Sort()
    {
        var order = new List<string>();
        var state = new Dictionary<string, bool>();
        foreach (var name in Types.Keys)
        {
            Visit(name, []);
        }

        return order;

        void Visit(string name, List<string> way)
        {
            if (state.TryGetValue(name, out var done))
            {
                if (!done)
                {
                    throw Http.ApiFault.BadRequest($"Circular Dependency Found: {string.Join(" -> ", way.SkipWhile(n => n != name).Append(name))}", "CircularDependencyException");
                }

                return;
            }

            state[name] = false;
            foreach (var next in Requires[name])
            {
                Visit(next, [.. way, name]);
            }

            state[name] = true;
            order.Add(name);
        }
    }
}
