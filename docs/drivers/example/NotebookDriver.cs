using System.Globalization;
using System.Text.Json;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Microsoft.Extensions.Configuration;

namespace Example.Driver;

/// <summary>
/// The smallest driver that keeps the whole contract. Its clusters are pages of a notebook: a file for each in a folder, in which nodes are names.
/// Constructor arguments come from Magnum's services.
/// </summary>
public sealed class NotebookDriver(IConfiguration configuration) : IClusterDriver
{
    private readonly string _folder = configuration["Drivers:Notebook:Folder"] ?? throw new InvalidOperationException("Drivers:Notebook:Folder is missing.");

    /// <inheritdoc />
    public DriverDescription Description { get; } = new()
    {
        Name = "notebook",
        Title = "Notebook",
        ClusterTypes = [new ClusterType("vm", "paper", "kubernetes")],
        NetworkDrivers = ["flannel"],
        Capabilities = DriverCapabilities.Resize | DriverCapabilities.RemoveChosenNodes,
        Labels = [new LabelDefinition("ink", LabelType.Choice, "features", "blue", "The colour that is written in") { Choices = ["blue", "black", "blot"] }],
    };

    /// <inheritdoc />
    public Task<ClusterPlan> PlanAsync(Cluster proposed, CloudCredential credential, CancellationToken cancellationToken) => Task.FromResult(new ClusterPlan(
        [new PlannedResource("Example::Page", proposed.Name, 1, "one page")],
        [
            Directory.Exists(_folder)
                ? new PreflightCheck("notebook.open", CheckOutcome.Pass, "The notebook is open.")
                : new PreflightCheck("notebook.open", CheckOutcome.Fail, "The notebook is closed."),
        ],
        []));

    /// <inheritdoc />
    public async Task<string> ConvergeAsync(DriverRequest request, CancellationToken cancellationToken)
    {
        ThrowForGroup(request);
        var page = await ReadAsync(request.Cluster, cancellationToken);
        if (page is null && !request.MayCreate)
        {
            throw new DriverRefusedException($"The page of {request.Cluster.Name} was torn out. Delete the cluster to clean up.", nothingChanged: true);
        }

        // The same request may come again at any time: what was asked for is told by the generation.
        if (page?.Generation != request.Generation)
        {
            var ink = request.Cluster.Labels.GetValueOrDefault("ink", "blue");
            var nodes = request.Cluster.NodeGroups.ToDictionary(g => g.Name, g => Nodes(request, g, page));
            await WriteAsync(request.Cluster, new Page(request.Generation, false, ink == "blot", page?.Written ?? 0, nodes), cancellationToken);
        }

        return PathOf(request.Cluster);
    }

    /// <inheritdoc />
    public async Task<ObservedCluster> ObserveAsync(DriverRequest request, ObserveOptions options, CancellationToken cancellationToken)
    {
        ThrowForGroup(request);
        if (await ReadAsync(request.Cluster, cancellationToken) is not { } page)
        {
            return new ObservedCluster(ObservedState.Absent);
        }

        if (page.IsTorn)
        {
            File.Delete(PathOf(request.Cluster));
            return new ObservedCluster(ObservedState.InProgress) { IsDeleting = true, BackendId = PathOf(request.Cluster) };
        }

        // Each look writes a node more, as if it took time.
        var total = page.Nodes.Sum(g => g.Value.Count);
        var state = page.IsBlotted ? ObservedState.Failed : page.Written < total ? ObservedState.InProgress : ObservedState.Ready;
        if (state is ObservedState.InProgress)
        {
            await WriteAsync(request.Cluster, page with { Written = page.Written + 1 }, cancellationToken);
        }

        return new ObservedCluster(state)
        {
            BackendId = PathOf(request.Cluster),
            IsCurrent = page.Generation == request.Generation,
            Reason = page.IsBlotted ? "There is a blot on the page." : null,
            ApiAddress = state is ObservedState.Ready ? "https://192.0.2.1:6443" : null,
            CoeVersion = state is ObservedState.Ready ? "v1.0.0" : null,
            NodeGroups = [.. page.Nodes.Select(g => new ObservedNodeGroup(g.Key, g.Value.Count, [.. g.Value.Select(n => new ObservedNode(n, n, null, null, null))]))],
            Stages = options.WithEvents ? [new ObservedStage("workers", Math.Min(page.Written, total), total, page.IsBlotted)] : [],
        };
    }

    /// <inheritdoc />
    public async Task DeleteAsync(DriverRequest request, CancellationToken cancellationToken)
    {
        ThrowForGroup(request);
        if (await ReadAsync(request.Cluster, cancellationToken) is { } page)
        {
            await WriteAsync(request.Cluster, page with { IsTorn = true }, cancellationToken);
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlySet<string>?> ListInProgressAsync(CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        var busy = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(_folder, "*.json"))
        {
            var page = JsonSerializer.Deserialize<Page>(await File.ReadAllTextAsync(file, cancellationToken))!;
            if (page.IsTorn || (!page.IsBlotted && page.Written < page.Nodes.Sum(g => g.Value.Count)))
            {
                busy.Add(file);
            }
        }

        return busy;
    }

    private static List<string> Nodes(DriverRequest request, NodeGroup group, Page? page)
    {
        var kept = page?.Nodes.GetValueOrDefault(group.Name)?.Except(request.NodesToRemove).Take(group.NodeCount).ToList() ?? [];
        for (var number = 0; kept.Count < group.NodeCount; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{request.Cluster.Name}-{group.Name}-{number}");
            if (!kept.Contains(name) && !request.NodesToRemove.Contains(name))
            {
                kept.Add(name);
            }
        }

        return kept;
    }

    /// <summary>The description does not list node groups, so that Magnum asks for none.</summary>
    private static void ThrowForGroup(DriverRequest request)
    {
        if (request.NodeGroup is not null)
        {
            throw new DriverRefusedException("A notebook has no node groups of their own.", nothingChanged: true);
        }
    }

    private void ThrowIfClosed()
    {
        if (!Directory.Exists(_folder))
        {
            throw new CloudException("notebook", CloudFault.Unreachable, "The notebook is closed.");
        }
    }

    private string PathOf(Cluster cluster) => Path.Combine(_folder, $"{cluster.Uuid:N}.json");

    private async Task<Page?> ReadAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        return File.Exists(PathOf(cluster)) ? JsonSerializer.Deserialize<Page>(await File.ReadAllTextAsync(PathOf(cluster), cancellationToken)) : null;
    }

    /// <summary>Whoever is cut off in the middle leaves the page as it was.</summary>
    private async Task WriteAsync(Cluster cluster, Page page, CancellationToken cancellationToken)
    {
        var draft = $"{PathOf(cluster)}.draft";
        await File.WriteAllTextAsync(draft, JsonSerializer.Serialize(page), cancellationToken);
        File.Move(draft, PathOf(cluster), overwrite: true);
    }

    private sealed record Page(string Generation, bool IsTorn, bool IsBlotted, int Written, Dictionary<string, List<string>> Nodes);
}
