using System.Globalization;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Heat;

namespace Magnum.Drivers.Heat;

/// <summary>Makes, changes and removes the stack of a cluster or of an added group, whatever engine is in it.</summary>
internal sealed class HeatStacks(HeatClient heat)
{
    private const string Generation = "magnum_generation";

    private const string Service = "orchestration";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    /// <summary>The stack of what the request is about, by what is stored, else by its name; null when there is none (any more).</summary>
    public async Task<HeatStack?> FindAsync(DriverRequest request, bool resolveOutputs, CancellationToken cancellationToken)
    {
        var (cluster, group) = (request.Cluster, request.NodeGroup);
        var name = group is null ? StackNames.For(cluster.Name, cluster.Uuid) : StackNames.For(cluster.Name, group.Name, group.Uuid);
        var stored = group is null ? cluster.StackId : group.StackId;
        var stack = stored is null
            ? null
            : await heat.FindStackAsync(request.Credential, new StackRef(name, stored), resolveOutputs, cancellationToken)
                ?? await heat.FindStackAsync(request.Credential, stored, resolveOutputs, cancellationToken);
        if (stack is null or { Status: "DELETE_COMPLETE" })
        {
            // The conductor may have been stopped between Heat's answer and its own note of it. The name alone is no proof: the tag is.
            var named = await heat.FindStackAsync(request.Credential, name, resolveOutputs, cancellationToken);
            stack = named is not null && IsOf(named, group?.Uuid ?? cluster.Uuid) ? named : stack;
        }

        return stack;
    }

    /// <summary>Whether the stack is what this operation asked for, or on the way to it.</summary>
    public static bool IsCurrent(HeatStack stack, string generation) =>
        stack.Status.StartsWith("DELETE_", StringComparison.Ordinal) || stack.Status.StartsWith("ROLLBACK_", StringComparison.Ordinal)
        || HasGeneration(stack, generation);

    /// <summary>Whether the stack shows this very operation, or a part of it.</summary>
    public static bool HasGeneration(HeatStack stack, string generation) =>
        stack.Parameters.TryGetValue(Generation, out var value) && (value == generation || value.StartsWith($"{generation}.", StringComparison.Ordinal));

    /// <summary>What the next part of an operation is called that goes on in several.</summary>
    public static string NextPart(HeatStack stack, string generation)
    {
        var last = HasGeneration(stack, generation) && int.TryParse(stack.Parameters[Generation].Split('.')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var part) ? part : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{generation}.{last + 1}");
    }

    public async Task<string> CreateAsync(DriverRequest request, StackDefinition definition, CancellationToken cancellationToken)
    {
        try
        {
            var made = await heat.CreateStackAsync(request.Credential, Request(request, definition, definition.Parameters), cancellationToken);
            return made.Id;
        }
        catch (CloudException e) when (e.Fault is CloudFault.Conflict)
        {
            // Made in the meantime, or the answer to an earlier attempt was lost: look again.
            throw Later(e.Message, e);
        }
        catch (CloudException e) when (IsRefusal(e))
        {
            throw Refused(e);
        }
    }

    public async Task UpdateAsync(DriverRequest request, HeatStack stack, StackDefinition definition, CancellationToken cancellationToken)
    {
        var parameters = definition.Parameters
            .Select(p => definition.Lasting.Contains(p.Key) && stack.Parameters.TryGetValue(p.Key, out var present) && present.Length > 0
                ? KeyValuePair.Create(p.Key, present)
                : p)
            .ToDictionary(StringComparer.Ordinal);
        try
        {
            await heat.UpdateStackAsync(request.Credential, stack.Ref, Request(request, definition, parameters), cancellationToken);
        }
        catch (CloudException e) when (e.Fault is CloudFault.Conflict)
        {
            throw Later("The stack is being changed by something else.", e);
        }
        catch (CloudException e) when (IsRefusal(e))
        {
            throw Refused(e);
        }
    }

    public async Task DeleteAsync(DriverRequest request, CancellationToken cancellationToken)
    {
        var stack = await FindAsync(request, resolveOutputs: false, cancellationToken);
        if (stack is null or { Status: "DELETE_COMPLETE" or "DELETE_IN_PROGRESS" })
        {
            return;
        }

        try
        {
            await heat.DeleteStackAsync(request.Credential, stack.Ref, cancellationToken);
        }
        catch (CloudException e) when (e.Fault is CloudFault.Conflict)
        {
            throw Later("The stack is being changed by something else.", e);
        }
    }

    /// <summary>Takes a stack away that cannot be mended, to be made anew by the next attempt.</summary>
    public async Task<CloudException> RemoveFailedAsync(DriverRequest request, HeatStack stack, CancellationToken cancellationToken)
    {
        await heat.DeleteStackAsync(request.Credential, stack.Ref, cancellationToken);
        return Later("What a failed attempt left behind is being removed first.");
    }

    public async Task<IReadOnlySet<string>> ListInProgressAsync(CancellationToken cancellationToken)
    {
        var filter = new StackFilter { Tag = StackNames.Tag, Statuses = ["IN_PROGRESS"], AllProjects = true };
        var ids = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var stack in heat.ListStacksAsync(new CloudCredential.Service(), filter, cancellationToken))
        {
            ids.Add(stack.Id);
        }

        return ids;
    }

    /// <summary>Not now: the same call may succeed in a moment.</summary>
    public static CloudException Later(string message, Exception? inner = null) =>
        new(Service, CloudFault.Conflict, message, inner) { StatusCode = 409, RetryAfter = Soon };

    private static StackRequest Request(DriverRequest request, StackDefinition definition, IReadOnlyDictionary<string, string> parameters) =>
        new(definition.Name, definition.Template)
        {
            Files = definition.Files,
            Parameters = parameters,
            TimeoutMins = request.Timeout is { } timeout ? Math.Max(1, (int)Math.Ceiling(timeout.TotalMinutes)) : null,
            DisableRollback = !request.Rollback,
            Tags = StackNames.TagsFor(request.Cluster.Uuid, request.NodeGroup?.Uuid),
        };

    private static bool IsOf(HeatStack stack, Guid uuid) => stack.Tags.Contains(uuid.ToString(), StringComparer.Ordinal);

    private static bool IsRefusal(CloudException e) => e.Fault is CloudFault.Invalid or CloudFault.Forbidden or CloudFault.OverLimit && e.StatusCode is not 429;

    private static DriverRefusedException Refused(CloudException e) => new(HeatSentence.Clean(e.Message), nothingChanged: true, e);
}
