using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;

namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

/// <summary>A resource that is a stack itself.</summary>
internal abstract class StackResource(string name, params Property[] properties) : ResourceType(name, properties)
{
    public override TimeSpan CreateTime => TimeSpan.FromSeconds(0.2);

    public override TimeSpan UpdateTime => TimeSpan.FromSeconds(0.2);

    public override TimeSpan DeleteTime => TimeSpan.FromSeconds(0.2);

    public override bool IsPolled => false;

    public override void Create(ResourceContext c)
    {
        var stack = NewChild(c, Definition(c));
        c.Cloud.Heat.Create(stack);
        c.Row.PhysicalId = stack.Id;
    }

    public override bool IsCreated(ResourceContext c) => IsDone(c);

    public override bool SurvivesFailure(ResourceContext c) => Child(c) is not null;

    public override bool NeedsUpdate(ResourceContext c) =>
        Child(c) is not { Status: "COMPLETE" } child || !Same(child.Definition, Definition(c)) || c.Cloud.Heat.NeedsUpdate(child);

    public override bool CanUpdate(ResourceContext context, IReadOnlyCollection<string> changed) => true;

    public override void Update(ResourceContext c, JsonObject before)
    {
        if (Child(c) is { } child)
        {
            c.Cloud.Heat.Update(child, Definition(c));
        }
        else
        {
            Create(c);
        }
    }

    public override bool IsUpdated(ResourceContext c) => IsDone(c);

    public override void Delete(ResourceContext c)
    {
        if (Child(c) is { } child)
        {
            c.Cloud.Heat.Delete(child);
        }
    }

    public override bool IsDeleted(ResourceContext c) => Child(c) switch
    {
        null => true,
        { Status: "FAILED" } child => throw Failure(child),
        _ => false,
    };

    protected static StackRow? Child(ResourceContext c) => c.Cloud.Heat.Stacks.GetValueOrDefault(c.Row.PhysicalId) is { IsDeleted: false } child ? child : null;

    protected abstract StackDefinition Definition(ResourceContext c);

    /// <summary>A nested stack as it would be made, for checking and for making.</summary>
    protected static StackRow NewChild(ResourceContext c, StackDefinition definition) => new()
    {
        Id = Ids.New(),
        Name = $"{c.Stack.Name}-{c.Row.Name}-{Ids.Short()}",
        ProjectId = c.Project,
        UserId = c.Stack.UserId,
        UserName = c.Stack.UserName,
        ByAdmin = c.Stack.ByAdmin,
        ParentId = c.Stack.Id,
        ParentResource = c.Row.Name,
        Definition = definition,
    };

    protected static JsonObject EnvironmentFor(ResourceContext c) =>
        c.Stack.Definition.Environment.Map("resource_registry") is { } registry ? new JsonObject { ["resource_registry"] = registry.DeepClone() } : [];

    /// <summary>An output of the nested stack; null while it has none.</summary>
    protected static JsonNode? Output(ResourceContext c, string name) => Child(c) is { } child ? c.Cloud.Heat.OutputOf(child, name) : null;

    private static bool IsDone(ResourceContext c)
    {
        var child = Child(c) ?? throw new ResourceFailure("NotFound", "The nested stack is gone");
        return child.Status switch
        {
            "COMPLETE" => true,
            "FAILED" => throw Failure(child),
            _ => false,
        };
    }

    private static ResourceFailure Failure(StackRow child)
    {
        // "Resource CREATE failed: KIND: resources.server: ..." becomes "KIND: resources.<this>.resources.server: ..."
        var at = child.Reason.IndexOf(" failed: ", StringComparison.Ordinal);
        var reason = at < 0 ? child.Reason : child.Reason[(at + 9)..];
        var split = reason.IndexOf(": resources.", StringComparison.Ordinal);
        return split > 0 && !reason[..split].Contains(' ', StringComparison.Ordinal)
            ? new ResourceFailure(reason[..split], reason[(split + 2)..], hasPath: true)
            : new ResourceFailure("StackResourceFailed", reason);
    }

    private static bool Same(StackDefinition a, StackDefinition b) =>
        JsonNode.DeepEquals(a.Template, b.Template) && JsonNode.DeepEquals(a.Parameters, b.Parameters) && JsonNode.DeepEquals(a.Environment, b.Environment);
}
