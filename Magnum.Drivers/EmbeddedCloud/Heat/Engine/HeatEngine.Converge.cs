using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;
using Magnum.Drivers.EmbeddedCloud.Heat.Template;
using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Engine;

/// <summary>How a stack moves.</summary>
internal sealed partial class HeatEngine
{
    private void AdvanceStack(StackRow stack, DateTimeOffset now)
    {
        if (stack.VanishAt <= now)
        {
            Vanish(stack);
        }

        if (!stack.InProgress)
        {
            if (stack.VanishAt is null)
            {
                _due.Remove(stack.Id);
            }

            return;
        }

        if (stack.DeadlineAt <= now)
        {
            Fail(stack, $"{char.ToUpperInvariant(stack.Action[0])}{stack.Action[1..].ToLowerInvariant()} timed out");
            return;
        }

        var removing = stack.Action is "DELETE" || (stack.Action is "ROLLBACK" && stack.Previous is null);
        var model = removing ? null : ModelOf(stack);
        var generation = stack.Generation;
        while (!IsOver(stack, generation) && Step(stack, model, now))
        {
        }

        if (stack.Generation != generation)
        {
            // It turned round: what is to be done now is for the next look.
            _ready.Add(stack.Id);
            return;
        }

        if (stack.InProgress)
        {
            var next = stack.Resources.Where(r => r.InProgress).Min(r => r.DueAt ?? r.DeadlineAt);
            next = stack.DeadlineAt < next || next is null ? stack.DeadlineAt : next;
            if (next is { } moment)
            {
                _due[stack.Id] = moment;
            }
            else
            {
                _due.Remove(stack.Id);
            }
        }
    }

    /// <summary>One round over the stack; false when nothing moved.</summary>
    private bool Step(StackRow stack, StackModel? model, DateTimeOffset now)
    {
        var moved = false;
        var generation = stack.Generation;
        foreach (var row in stack.Resources.Where(r => r.InProgress && r.Generation == generation && !(r.DueAt > now)).ToList())
        {
            moved |= Look(stack, row);
            if (IsOver(stack, generation))
            {
                return true;
            }
        }

        var ready = true;
        foreach (var name in model?.Order ?? [])
        {
            if (IsReached(stack, name))
            {
                ready &= !stack.Live(name)!.InProgress;
                continue;
            }

            ready = false;
            if (model!.Requires[name].All(r => IsReached(stack, r) && !stack.Live(r)!.InProgress))
            {
                Reach(stack, model, model.Template.Resources[name]);
                moved = true;
                if (IsOver(stack, generation))
                {
                    return true;
                }
            }
        }

        return ready ? moved | CleanUp(stack, model) : moved;
    }

    /// <summary>Whether the operation of this number has ended, or was turned into another.</summary>
    private static bool IsOver(StackRow stack, int generation) => !stack.InProgress || stack.Generation != generation;

    private static bool IsReached(StackRow stack, string name) => stack.Live(name) is { } row && row.Generation == stack.Generation && row.Action is not "DELETE";

    /// <summary>Does for one resource what the operation asks: make it, change it, replace it or leave it.</summary>
    private void Reach(StackRow stack, StackModel model, ResourceDefinition definition)
    {
        var row = stack.Live(definition.Name);
        var type = model.Types[definition.Name];
        var probe = row ?? new ResourceRow { Name = definition.Name, Type = definition.Type };
        JsonObject wanted;
        try
        {
            wanted = model.Properties(definition, out _);
            type.Check(model.Context(probe), wanted, new HashSet<string>());
        }
        catch (ApiFault fault)
        {
            if (row is null)
            {
                row = Insert(stack, model, definition);
            }

            row.Generation = stack.Generation;
            SetState(stack, row, row.Action is "INIT" ? "CREATE" : "UPDATE", "IN_PROGRESS", "state changed");
            FailResource(stack, row, new ResourceFailure("StackValidationFailed", fault.Message));
            return;
        }

        if (row is not null && MustReplace(model, row, type, definition, wanted))
        {
            type.PrepareReplacement(model.Context(row));
            row.Obsolete = true;
            row = null;
        }

        if (row is null)
        {
            row = Insert(stack, model, definition);
            row.Properties = wanted;
            Start(stack, model, row, "CREATE", type.CreateTime, context => type.Create(context));
            return;
        }

        row.Requires = model.Requires[definition.Name];
        row.Retained = definition.Retained;
        row.Metadata = new Resolver(model).Resolve(definition.Body["metadata"]) as JsonObject ?? row.Metadata;
        var before = row.Properties;
        var same = JsonNode.DeepEquals(before, wanted) && row.Status is "COMPLETE";
        row.Properties = wanted;
        if (same && !type.NeedsUpdate(model.Context(row)))
        {
            row.Generation = stack.Generation;
            return;
        }

        Start(stack, model, row, "UPDATE", type.UpdateTime, context => type.Update(context, before));
    }

    private static bool MustReplace(StackModel model, ResourceRow row, ResourceType type, ResourceDefinition definition, JsonObject wanted)
    {
        var context = model.Context(row);
        if (row.Type != definition.Type || row.Implementation != type.Name || row.Action is "DELETE")
        {
            return true;
        }

        if ((row.Action is "CREATE" or "INIT") && row.Status is not "COMPLETE" && !type.SurvivesFailure(context))
        {
            return true;
        }

        var changed = wanted.Select(w => w.Key).Union(row.Properties.Select(p => p.Key)).Where(k => !JsonNode.DeepEquals(wanted[k], row.Properties[k])).ToList();
        return changed.Count > 0 && !type.CanUpdate(context, changed);
    }

    private ResourceRow Insert(StackRow stack, StackModel model, ResourceDefinition definition)
    {
        var row = new ResourceRow
        {
            Name = definition.Name,
            Type = definition.Type,
            Implementation = model.Types[definition.Name].Name,
            CreatedAt = cloud.Clock.Now,
            Requires = model.Requires[definition.Name],
            Retained = definition.Retained,
        };
        row.Metadata = new Resolver(model).Resolve(definition.Body["metadata"]) as JsonObject ?? [];
        stack.Resources.Add(row);
        return row;
    }

    private void Start(StackRow stack, StackModel model, ResourceRow row, string action, TimeSpan time, Action<ResourceContext> begin)
    {
        row.Generation = stack.Generation;
        SetState(stack, row, action, "IN_PROGRESS", "state changed");
        Guard(stack, row, () => begin(model.Context(row)));
        row.DueAt = row.InProgress ? cloud.Clock.After(time * (0.9 + (0.2 * Ids.Spread(row.Uuid + action)))) : null;
    }

    /// <summary>Looks whether a resource in progress is done.</summary>
    private bool Look(StackRow stack, ResourceRow row)
    {
        var done = false;
        var context = ContextOf(stack, row, out var type);
        Guard(stack, row, () => done = row.Action switch
        {
            "CREATE" => type.IsCreated(context),
            "UPDATE" => type.IsUpdated(context),
            _ => type.IsDeleted(context),
        });
        if (!row.InProgress)
        {
            return true;
        }

        if (!done)
        {
            // Nested stacks and wait conditions wake their stack themselves; anything else is asked again.
            row.DueAt = type.IsPolled ? cloud.Clock.After(PollInterval) : null;
            return false;
        }

        (row.DueAt, row.DeadlineAt) = (null, null);
        SetState(stack, row, row.Action, "COMPLETE", "state changed");
        if (row.Action is "DELETE")
        {
            stack.Resources.Remove(row);
        }

        return true;
    }

    /// <summary>Removes what the definition does not have (any more), last made first; ends the operation when nothing is left to do.</summary>
    private bool CleanUp(StackRow stack, StackModel? model)
    {
        var generation = stack.Generation;
        var leaving = stack.Resources.Where(r => r.Obsolete || model is null || !model.Types.ContainsKey(r.Name)).ToList();
        var moved = false;
        foreach (var row in leaving.Where(r => !(r.Generation == stack.Generation && r.Action is "DELETE")))
        {
            if (leaving.Any(other => other != row && other.Name != row.Name && other.Requires.Contains(row.Name)))
            {
                continue;
            }

            moved = true;
            BeginRemoval(stack, row);
            if (IsOver(stack, generation))
            {
                return true;
            }
        }

        if (leaving.Count > 0)
        {
            return moved;
        }

        Finish(stack, "COMPLETE", $"Stack {stack.Action} completed successfully");
        return true;
    }

    private void BeginRemoval(StackRow stack, ResourceRow row)
    {
        row.Generation = stack.Generation;
        SetState(stack, row, "DELETE", "IN_PROGRESS", "state changed");
        if (row.Retained)
        {
            SetState(stack, row, "DELETE", "COMPLETE", "state changed");
            stack.Resources.Remove(row);
            return;
        }

        if (stack is { Scenario: "delete-fails-once", Action: "DELETE", DeleteHasFailed: false, ParentId: null })
        {
            stack.DeleteHasFailed = true;
            FailResource(stack, row, new ResourceFailure("Conflict", "The resource cannot be removed now (scenario delete-fails-once of the embedded cloud)."));
            return;
        }

        var context = ContextOf(stack, row, out var type);
        Guard(stack, row, () => type.Delete(context));
        row.DueAt = row.InProgress ? cloud.Clock.After(type.DeleteTime) : null;
    }

    /// <summary>A resource with its type as it was made, which the present definition may not know any more.</summary>
    private ResourceContext ContextOf(StackRow stack, ResourceRow row, out ResourceType type)
    {
        var model = ModelOf(stack);
        type = model.Types.GetValueOrDefault(row.Name) is { } known && known.Name == row.Implementation
            ? known
            : TypeRegistry.Types.GetValueOrDefault(row.Implementation) ?? new TemplateResource(row.Implementation, "");
        return model.Context(row);
    }
}
