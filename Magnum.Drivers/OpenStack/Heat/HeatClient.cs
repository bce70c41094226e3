using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Transport;

namespace Magnum.Drivers.OpenStack.Heat;

/// <summary>
/// Heat (<c>docs.openstack.org/api-ref/orchestration/v1</c>). All methods throw <see cref="CloudException"/>; a missing stack or resource
/// is null where the return type says so and <see cref="CloudFault.NotFound"/> elsewhere.
/// </summary>
internal sealed class HeatClient(CloudApi api)
{
    private static readonly CloudServiceType Heat = CloudServiceType.Orchestration;

    private volatile bool _globalIndexRefused;

    /// <summary>Has Heat read a template; <see cref="CloudFault.Invalid"/> with Heat's words when it is not valid.</summary>
    public async Task<HeatValidation> ValidateAsync(CloudCredential credential, StackRequest request, CancellationToken cancellationToken)
    {
        // Heat knows no name here, and its schema for this call takes neither tags nor time limits.
        var body = Body(request) with { StackName = null, TimeoutMins = null, DisableRollback = null, Tags = null };
        var answer = await api.SendAsync(
            credential, Heat, HttpMethod.Post, "validate", CloudCall.With(body, HeatJson.Default.StackBody) with { IsRepeatable = true }, cancellationToken);
        var validation = answer.Read(HeatJson.Default.ValidationAnswer);
        return new HeatValidation(validation.Description, [.. (validation.Parameters ?? []).Keys]);
    }

    /// <summary>Begins to create a stack; <see cref="CloudFault.Conflict"/> when the project has one of that name.</summary>
    public async Task<StackRef> CreateStackAsync(CloudCredential credential, StackRequest request, CancellationToken cancellationToken)
    {
        var answer = await api.SendAsync(credential, Heat, HttpMethod.Post, "stacks", Work(Body(request)), cancellationToken);
        return new StackRef(request.Name, answer.Read(HeatJson.Default.CreatedStackAnswer).Stack.Id);
    }

    /// <summary>Begins to make a stack what the request says, template, parameters and all; <see cref="CloudFault.Conflict"/> while Heat is at work on it.</summary>
    public Task UpdateStackAsync(CloudCredential credential, StackRef stack, StackRequest request, CancellationToken cancellationToken) =>
        api.SendAsync(credential, Heat, HttpMethod.Put, HeatAddress.Of(stack), Work(Body(request) with { StackName = null }), cancellationToken);

    /// <summary>Begins a change of what the request gives, and keeps the rest: template, files, and parameters that are not named.</summary>
    public Task PatchStackAsync(CloudCredential credential, StackRef stack, StackRequest request, CancellationToken cancellationToken) =>
        api.SendAsync(credential, Heat, HttpMethod.Patch, HeatAddress.Of(stack), Work(Body(request) with { StackName = null }), cancellationToken);

    /// <summary>What <see cref="UpdateStackAsync"/> would do, without doing it.</summary>
    public async Task<HeatChanges> PreviewUpdateAsync(
        CloudCredential credential, StackRef stack, StackRequest request, CancellationToken cancellationToken)
    {
        var answer = await api.SendAsync(
            credential, Heat, HttpMethod.Put, $"{HeatAddress.Of(stack)}/preview", Work(Body(request) with { StackName = null }), cancellationToken);
        return answer.Read(HeatJson.Default.ChangesAnswer).ResourceChanges.ToChanges();
    }

    /// <summary>Begins to delete a stack, also one that Heat is at work on; one that is gone is no error.</summary>
    public Task DeleteStackAsync(CloudCredential credential, StackRef stack, CancellationToken cancellationToken) =>
        api.DeleteAsync(credential, Heat, HeatAddress.Of(stack), new CloudCall { LongRunning = true }, cancellationToken);

    /// <summary>
    /// A stack. One deleted not long ago is still found by its id, as <c>DELETE_COMPLETE</c>, and by its name for a moment only.
    /// </summary>
    /// <param name="resolveOutputs">Outputs cost Heat a look at the resources: leave them out where only the state is wanted.</param>
    public Task<HeatStack?> FindStackAsync(CloudCredential credential, StackRef stack, bool resolveOutputs, CancellationToken cancellationToken) =>
        FindAsync(credential, HeatAddress.Of(stack), resolveOutputs, cancellationToken);

    /// <inheritdoc cref="FindStackAsync(CloudCredential, StackRef, bool, CancellationToken)"/>
    public async Task<HeatStack?> FindStackAsync(CloudCredential credential, string idOrName, bool resolveOutputs, CancellationToken cancellationToken)
    {
        CloudAnswer answer;
        try
        {
            answer = await api.SendAsync(
                credential, Heat, HttpMethod.Get, $"stacks/{Uri.EscapeDataString(idOrName)}", new CloudCall { TakesRedirect = true }, cancellationToken);
        }
        catch (CloudException e) when (e.Fault is CloudFault.NotFound)
        {
            return null;
        }

        if (answer.Status < 300)
        {
            return answer.Read(HeatJson.Default.StackAnswer).Stack.ToStack();
        }

        var stack = HeatAddress.StackIn(answer.Location)
            ?? throw new CloudException(Heat.Name, CloudFault.Malformed, "Heat's redirect does not lead to a stack.") { StatusCode = answer.Status };
        return await FindAsync(credential, HeatAddress.Of(stack), resolveOutputs, cancellationToken);
    }

    /// <summary>Stacks without parameters and outputs, page by page, the oldest first.</summary>
    public async IAsyncEnumerable<HeatStack> ListStacksAsync(
        CloudCredential credential, StackFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new StringBuilder("stacks?sort_keys=creation_time&sort_dir=asc").Append(CultureInfo.InvariantCulture, $"&limit={filter.PageSize}");
        if (filter.Tag is not null)
        {
            // Not "tags": with that and one status Heat fails (500), because it looks for the status in the table of tags.
            query.Append("&tags_any=").Append(Uri.EscapeDataString(filter.Tag));
        }

        AppendEach(query, "action", filter.Actions);
        AppendEach(query, "status", filter.Statuses);
        string? marker = null;
        while (true)
        {
            var path = marker is null ? query.ToString() : $"{query}&marker={marker}";
            var page = await PageAsync(credential, path, filter.AllProjects, cancellationToken);
            foreach (var stack in page.Stacks)
            {
                yield return stack.ToStack();
            }

            // A server may cut pages shorter than asked and say so by a link; one that ignores the marker must not be asked for ever.
            var last = page.Stacks.Count == 0 ? null : page.Stacks[^1].Id;
            if (last is null || last == marker || (page.Stacks.Count < filter.PageSize && page.Links?.Any(l => l.Rel == "next") is not true))
            {
                yield break;
            }

            marker = last;
        }
    }

    /// <summary>The resources of a stack and of those nested in it, as deep as said.</summary>
    public async Task<IReadOnlyList<HeatResource>> ListResourcesAsync(
        CloudCredential credential, StackRef stack, int nestedDepth, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{HeatAddress.Of(stack)}/resources?nested_depth={nestedDepth}");
        var answer = await api.GetAsync(credential, Heat, path, HeatJson.Default.ResourcesAnswer, cancellationToken);
        return [.. answer.Resources.Select(r => r.ToResource())];
    }

    /// <summary>A resource with its attributes.</summary>
    public async Task<HeatResource?> FindResourceAsync(
        CloudCredential credential, StackRef stack, string name, CancellationToken cancellationToken)
    {
        var answer = await api.FindAsync(
            credential, Heat, $"{HeatAddress.Of(stack)}/resources/{Uri.EscapeDataString(name)}", HeatJson.Default.ResourceAnswer, cancellationToken);
        return answer?.Resource.ToResource();
    }

    /// <summary>What happened, oldest first, after the event <paramref name="since"/>; from the beginning when it is null or Heat has dropped that event, so the caller must know what it has seen.</summary>
    public async Task<IReadOnlyList<HeatEvent>> ListEventsAsync(
        CloudCredential credential, StackRef stack, int nestedDepth, string? since, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{HeatAddress.Of(stack)}/events?sort_dir=asc&nested_depth={nestedDepth}");
        if (since is not null)
        {
            var rest = await api.FindAsync(
                credential, Heat, $"{path}&marker={Uri.EscapeDataString(since)}", HeatJson.Default.EventsAnswer, cancellationToken);
            if (rest is not null)
            {
                return Ordered(rest, since);
            }
        }

        return Ordered(await api.GetAsync(credential, Heat, path, HeatJson.Default.EventsAnswer, cancellationToken), null);
    }

    /// <summary>Tells a resource that waits what it waits for.</summary>
    public Task SignalAsync(CloudCredential credential, StackRef stack, string resource, JsonElement body, CancellationToken cancellationToken) =>
        api.SendAsync(
            credential, Heat, HttpMethod.Post, $"{HeatAddress.Of(stack)}/resources/{Uri.EscapeDataString(resource)}/signal",
            CloudCall.With(body, HeatJson.Default.JsonElement), cancellationToken);

    /// <summary>The template that the stack was last given.</summary>
    public Task<JsonElement> GetTemplateAsync(CloudCredential credential, StackRef stack, CancellationToken cancellationToken) =>
        api.GetAsync(credential, Heat, $"{HeatAddress.Of(stack)}/template", HeatJson.Default.JsonElement, cancellationToken);

    // Heat's policy shuts the list of all projects to everybody unless it is changed, but shows administrators all projects in the
    // ordinary list: so the second is asked where the first is refused.
    private async Task<StacksAnswer> PageAsync(CloudCredential credential, string path, bool allProjects, CancellationToken cancellationToken)
    {
        if (allProjects && !_globalIndexRefused)
        {
            try
            {
                return await api.GetAsync(credential, Heat, $"{path}&global_tenant=true", HeatJson.Default.StacksAnswer, cancellationToken);
            }
            catch (CloudException e) when (e.Fault is CloudFault.Forbidden)
            {
                _globalIndexRefused = true;
            }
        }

        return await api.GetAsync(credential, Heat, path, HeatJson.Default.StacksAnswer, cancellationToken);
    }

    private static void AppendEach(StringBuilder query, string name, IReadOnlyList<string> values)
    {
        foreach (var value in values)
        {
            query.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }

    private async Task<HeatStack?> FindAsync(CloudCredential credential, string path, bool resolveOutputs, CancellationToken cancellationToken)
    {
        var answer = await api.FindAsync(
            credential, Heat, $"{path}?resolve_outputs={(resolveOutputs ? "true" : "false")}", HeatJson.Default.StackAnswer, cancellationToken);
        return answer?.Stack.ToStack();
    }

    private static IReadOnlyList<HeatEvent> Ordered(EventsAnswer answer, string? since) =>
        [.. answer.Events.Where(e => e.Id != since).Select(e => e.ToEvent()).OrderBy(e => e.Time)];

    private static CloudCall Work(StackBody body) => CloudCall.With(body, HeatJson.Default.StackBody) with { LongRunning = true };

    private static StackBody Body(StackRequest request) => new()
    {
        StackName = request.Name,
        Template = request.Template,
        Files = request.Files.Count == 0 ? null : request.Files,
        Environment = request.Environment,
        Parameters = request.Parameters.Count == 0 ? null : request.Parameters,
        TimeoutMins = request.TimeoutMins,
        DisableRollback = request.DisableRollback,
        Tags = request.Tags.Count == 0 ? null : string.Join(',', request.Tags),
    };
}
