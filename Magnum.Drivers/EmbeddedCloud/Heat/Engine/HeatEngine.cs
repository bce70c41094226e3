using Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;
using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Engine;

/// <summary>
/// Heat without its HTTP. Every stack moves by itself towards what it shall be: whenever something of it is due, what can be done is begun,
/// so resources without a dependency between them come up side by side.
/// </summary>
internal sealed partial class HeatEngine(Cloud cloud)
{
    private const int EventsKept = 1000;

    /// <summary>Minutes: a year. A longer timeout is taken as that.</summary>
    private const int LongestTimeout = 525_600;

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan DeletedKept = TimeSpan.FromHours(1);

    private readonly Dictionary<string, (StackDefinition Definition, StackModel Model)> _models = [];
    private readonly HashSet<string> _ready = [.. cloud.State.Stacks.Values.Where(s => s.InProgress || s.VanishAt is not null).Select(s => s.Id)];
    private readonly Dictionary<string, DateTimeOffset> _due = [];

    public Dictionary<string, StackRow> Stacks => cloud.State.Stacks;

    /// <summary>The model of what the stack is (or is becoming).</summary>
    public StackModel ModelOf(StackRow stack)
    {
        if (!_models.TryGetValue(stack.Id, out var known) || !ReferenceEquals(known.Definition, stack.Definition))
        {
            known = (stack.Definition, new StackModel(cloud, stack, stack.Definition));
            _models[stack.Id] = known;
        }

        return known.Model;
    }

    /// <summary>Files are sent once with the root stack; nested ones look there.</summary>
    public Dictionary<string, string> FilesOf(StackRow stack, StackDefinition definition)
    {
        while (stack.ParentId is { } parent && Stacks.GetValueOrDefault(parent) is { } next)
        {
            (stack, definition) = (next, next.Definition);
        }

        return definition.Files;
    }

    /// <summary>Accepts a new stack; 400 when the template is not right, 409 when the name is taken.</summary>
    public StackRow Create(StackRow stack)
    {
        if (stack.ParentId is null && Stacks.Values.Any(s => s.ParentId is null && s.ProjectId == stack.ProjectId && s.Name == stack.Name && !s.IsDeleted))
        {
            throw ApiFault.Conflict($"The Stack ({stack.Name}) already exists.", "StackExists");
        }

        if (stack.Scenario is "stack-refused")
        {
            throw HeatFault.Validation("The stack is refused (scenario stack-refused of the embedded cloud).");
        }

        Validate(stack, stack.Definition);
        stack.CreatedAt = cloud.Clock.Now;
        Stacks[stack.Id] = stack;
        Begin(stack, "CREATE");
        return stack;
    }

    /// <summary>Accepts a new definition for a stack.</summary>
    public void Update(StackRow stack, StackDefinition definition)
    {
        if (stack.Scenario is "stack-refused")
        {
            throw HeatFault.Validation("The stack is refused (scenario stack-refused of the embedded cloud).");
        }

        Validate(stack, definition);
        stack.Previous = stack.Definition;
        stack.Definition = definition;
        stack.UpdatedAt = cloud.Clock.Now;
        Begin(stack, "UPDATE");
    }

    /// <summary>Begins the deletion, whatever else is going on.</summary>
    public void Delete(StackRow stack)
    {
        if (stack.IsDeleted || (stack.Action is "DELETE" && stack.InProgress))
        {
            return;
        }

        Begin(stack, "DELETE");
    }

    /// <summary>Looks whether everything is still there; ends in CHECK_COMPLETE or CHECK_FAILED at once.</summary>
    public void Check(StackRow stack)
    {
        Begin(stack, "CHECK");
        var model = ModelOf(stack);
        var gone = model.Order.FirstOrDefault(name => stack.Live(name) is not { } row || model.Types[name].IsGone(model.Context(row)));
        Finish(stack, gone is null ? "COMPLETE" : "FAILED", gone is null ? "Stack CHECK completed successfully" : $"Resource CHECK failed: resources.{gone}: the resource is gone");
    }

    /// <summary>Stops an update where it is; with a rollback it goes back to what was.</summary>
    public void CancelUpdate(StackRow stack, bool rollback)
    {
        stack.DisableRollback = !rollback;
        Fail(stack, "User cancelled update");
    }

    /// <summary>Removes a stack from sight at once, and what it made as soon as that can be.</summary>
    public void Vanish(StackRow stack)
    {
        stack.VanishAt = null;
        stack.Vanished = true;
        Begin(stack, "DELETE");
    }

    /// <summary>The stack and all below it.</summary>
    public IEnumerable<StackRow> Family(StackRow stack) =>
        Stacks.Values.Where(s => s.ParentId == stack.Id && !s.IsDeleted).ToList().SelectMany(Family).Prepend(stack);

    public StackRow RootOf(StackRow stack) => stack.ParentId is { } id && Stacks.GetValueOrDefault(id) is { } parent ? RootOf(parent) : stack;

    /// <summary>Checks a definition as far as that goes without making anything.</summary>
    public StackModel Validate(StackRow stack, StackDefinition definition)
    {
        var model = new StackModel(cloud, stack, definition);
        foreach (var schema in model.Template.Parameters.Values)
        {
            foreach (var constraint in schema.CustomConstraints)
            {
                if (model.Parameters.Text(schema.Name) is { Length: > 0 } value && CustomConstraints.WhyNot(constraint, value, cloud, ResourceContext.SessionFor(cloud, stack)) is { } why)
                {
                    throw HeatFault.ParameterInvalid(schema.Name, $"Error validating value '{value}': {why}");
                }
            }
        }

        foreach (var name in model.Order)
        {
            var resource = model.Template.Resources[name];
            var row = stack.Live(name) ?? new ResourceRow { Name = name, Type = resource.Type };
            var given = model.Properties(resource, out var deferred);
            model.Types[name].Check(model.Context(row), given, deferred);
        }

        CheckOutputs(model);
        return model;
    }

    /// <summary>Brings all stacks up to the present.</summary>
    public bool Advance(DateTimeOffset now)
    {
        _ready.UnionWith(_due.Where(d => d.Value <= now).Select(d => d.Key));
        var changed = _ready.Count > 0;
        while (_ready.Count > 0)
        {
            var id = _ready.First();
            _ready.Remove(id);
            if (Stacks.GetValueOrDefault(id) is { } stack)
            {
                AdvanceStack(stack, now);
            }
            else
            {
                _due.Remove(id);
            }
        }

        return changed;
    }

    public DateTimeOffset? NextDue() => _ready.Count > 0 ? cloud.Clock.Now : _due.Count > 0 ? _due.Values.Min() : null;

    public void Shift(Func<DateTimeOffset, DateTimeOffset> move)
    {
        foreach (var stack in Stacks.Values.Where(s => s.InProgress || s.VanishAt is not null))
        {
            stack.DeadlineAt = Cloud.Shifted(stack.DeadlineAt, move);
            stack.VanishAt = Cloud.Shifted(stack.VanishAt, move);
            foreach (var row in stack.Resources)
            {
                row.DueAt = Cloud.Shifted(row.DueAt, move);
                row.DeadlineAt = Cloud.Shifted(row.DeadlineAt, move);
            }

            _ready.Add(stack.Id);
        }
    }

    /// <summary>Something outside happened that the stack may have waited for.</summary>
    public void WakeStack(StackRow stack) => _ready.Add(stack.Id);

    private static void CheckOutputs(StackModel model)
    {
        foreach (var (name, output) in model.Template.Outputs)
        {
            foreach (var (resource, attribute, where) in Template.References.In(output!["value"], $"outputs.{name}.value"))
            {
                if (!model.Template.Resources.ContainsKey(resource))
                {
                    throw HeatFault.Reference(resource, where);
                }

                if (attribute is not null && model.Types.TryGetValue(resource, out var type) && !type.HasAttribute(attribute))
                {
                    throw HeatFault.Attribute(resource, attribute);
                }
            }
        }
    }

    private void Begin(StackRow stack, string action)
    {
        stack.Action = action;
        stack.Status = "IN_PROGRESS";
        stack.Reason = $"Stack {action} started";
        stack.Generation++;
        stack.DeadlineAt = stack.ParentId is null ? cloud.Clock.After(TimeSpan.FromMinutes(Math.Min(stack.TimeoutMins ?? 60, LongestTimeout))) : null;
        if (action is "DELETE" || (action is "ROLLBACK" && stack.Previous is null))
        {
            foreach (var row in stack.Resources.Where(r => r.InProgress))
            {
                row.DueAt = null;
            }
        }

        Record(stack, null);
        _ready.Add(stack.Id);
    }

    private void Finish(StackRow stack, string status, string reason)
    {
        stack.Status = status;
        stack.Reason = reason;
        stack.DeadlineAt = null;
        _due.Remove(stack.Id);
        Record(stack, null);
        if (stack.ParentId is { } parent)
        {
            _ready.Add(parent);
        }

        if (stack.Action is "DELETE" && status is "COMPLETE")
        {
            Bury(stack);
        }
        else if (stack.Action is "CREATE" && status is "COMPLETE" && stack.Scenario is "vanish" && stack.ParentId is null)
        {
            stack.VanishAt = cloud.Clock.After(TimeSpan.FromSeconds(30));
            _due[stack.Id] = stack.VanishAt.Value;
        }
    }

    private void Bury(StackRow stack)
    {
        stack.DeletedAt = cloud.Clock.Now;
        _models.Remove(stack.Id);
        _due.Remove(stack.Id);
        if (stack.Vanished || stack.ParentId is not null)
        {
            Stacks.Remove(stack.Id);
        }

        foreach (var old in Stacks.Values.Where(s => s.DeletedAt < cloud.Clock.Now - DeletedKept).ToList())
        {
            Stacks.Remove(old.Id);
        }
    }

    private void Record(StackRow stack, ResourceRow? row)
    {
        stack.Events.Add(row is null
            ? new EventRow(Ids.New(), cloud.Clock.Now, stack.Name, "OS::Heat::Stack", stack.Id, stack.Action, stack.Status, stack.Reason)
            : new EventRow(Ids.New(), cloud.Clock.Now, row.Name, row.Type, row.PhysicalId, row.Action, row.Status, row.Reason));
        if (stack.Events.Count > EventsKept)
        {
            stack.Events.RemoveRange(0, stack.Events.Count - EventsKept);
        }
    }
}
