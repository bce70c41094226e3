using Magnum.Core.Diagnosis;
using Magnum.Drivers.ClusterApi.Contract;
using Magnum.Drivers.ClusterApi.Management;

namespace Magnum.Drivers.ClusterApi.Observing;

/// <summary>Something that an object is in error about.</summary>
/// <param name="Since">When it began; null: its controller has given up for good.</param>
internal sealed record Failure(ApiObject Of, string Text, DateTimeOffset? Since);

/// <summary>Finds why a cluster does not come about: what is nearest to the cloud says most, and what stands above it only repeats it.</summary>
internal static class Failures
{
    private const int LongestText = 1000;

    /// <summary>All errors within a part of the cluster, those nearest to the cloud first.</summary>
    /// <param name="machines">The part's.</param>
    /// <param name="above">What the part stands under, such as a machine deployment; the Cluster last.</param>
    public static IReadOnlyList<Failure> In(ClusterObjects objects, IEnumerable<ApiObject> machines, IEnumerable<ApiObject?> above)
    {
        var own = machines.ToList();
        return [.. own.Select(objects.ServerOf).Concat(own).Concat(above).OfType<ApiObject>().SelectMany(Of)];
    }

    /// <summary>The one that tells most.</summary>
    public static string? Reason(IReadOnlyList<Failure> failures)
    {
        if (FailureCatalogue.MostTelling(failures, f => f.Text) is not { Item: var most })
        {
            return null;
        }

        var others = failures.Where(f => f.Of.Kind == most.Of.Kind && f.Of.Name != most.Of.Name).Select(f => f.Of.Name).Distinct(StringComparer.Ordinal).Count();
        return others == 0 ? most.Text : $"{most.Text} ({others} more in error.)";
    }

    /// <summary>Whether nothing can be hoped for any more: a controller has given up, or goes on in vain for so long.</summary>
    /// <param name="asked">When that was asked for which fails: what was in vain before may not be now.</param>
    public static bool AreFinal(IReadOnlyList<Failure> failures, DateTimeOffset? asked, DateTimeOffset now, TimeSpan after) =>
        failures.Any(f => f.Since is not { } since || now - (asked > since ? asked.Value : since) >= after);

    private static IEnumerable<Failure> Of(ApiObject o)
    {
        if (o.FinalFailure() is { } final)
        {
            // A machine that has failed for good is replaced; what there is one of is not.
            yield return new Failure(o, Sentence(o, final), IsOneOfMany(o) ? o.CreatedAt ?? DateTimeOffset.MaxValue : null);
        }

        foreach (var condition in o.Conditions().Where(c => c.IsError))
        {
            // Where a controller tries again, the moment of the last try is no beginning: a machine has been in trouble since it is there.
            var since = IsOneOfMany(o) ? Earlier(o.CreatedAt, condition.ChangedAt) : condition.ChangedAt;
            yield return new Failure(o, Sentence(o, condition.Message ?? condition.Reason ?? $"{condition.Type} is not so"), since ?? DateTimeOffset.MaxValue);
        }
    }

    private static bool IsOneOfMany(ApiObject o) => o.Kind is "Machine" or "OpenStackMachine" or "MachineDeployment";

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null ? b : b is null ? a : a < b ? a : b;

    private static string Sentence(ApiObject o, string said)
    {
        var text = said.ReplaceLineEndings(" ").Trim().TrimEnd('.');
        text = text.Length > LongestText ? $"{text[..LongestText]}…" : text;
        return o.Kind switch
        {
            "OpenStackMachine" => $"The server of machine {o.Name} could not be made: {text}.",
            "Machine" => $"Machine {o.Name} is in error: {text}.",
            "OpenStackCluster" => $"The cluster's network or load balancer could not be made: {text}.",
            "KubeadmControlPlane" => $"The control plane is in error: {text}.",
            "MachineDeployment" => $"Node group {o.Label(ClusterApiNames.DeploymentNameLabel) ?? o.Name} is in error: {text}.",
            _ => $"Cluster API is in error: {text}.",
        };
    }
}
