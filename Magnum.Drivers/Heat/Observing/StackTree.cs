using Magnum.Drivers.OpenStack.Heat;

namespace Magnum.Drivers.Heat.Observing;

/// <summary>A node as its resources show it.</summary>
/// <param name="Member">What tells it from the others of its group.</param>
/// <param name="Status">Of the resource that stands for the node.</param>
internal sealed record TreeNode(StackNodeGroup Group, string Member, string? ServerId, string Status)
{
    public string Name => Group.NodeName + Member;
}

/// <summary>The resources of a stack with those nested in it: which one belongs to which node.</summary>
internal sealed class StackTree
{
    private const string ServerType = "OS::Nova::Server";

    private readonly HeatStack _root;
    private readonly IReadOnlyList<StackNodeGroup> _groups;
    private readonly Dictionary<string, HeatResource> _owners;
    private readonly Dictionary<(string StackId, string Name), HeatResource> _byPlace;

    public StackTree(HeatStack root, IReadOnlyList<HeatResource> resources, IReadOnlyList<StackNodeGroup> groups)
    {
        _root = root;
        _groups = groups;
        var inner = resources.Select(r => r.Stack?.Id).OfType<string>().Where(id => id != root.Id).ToHashSet(StringComparer.Ordinal);
        _owners = resources.Where(r => inner.Contains(r.PhysicalId)).GroupBy(r => r.PhysicalId, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        _byPlace = resources.GroupBy(r => (r.Stack?.Id ?? root.Id, r.Name)).ToDictionary(g => g.Key, g => g.First());
        Resources = resources;
        Leaves = [.. resources.Where(r => r.Type.StartsWith("OS::", StringComparison.Ordinal) && r.Type is not "OS::Heat::ResourceGroup")];
        Nodes = [.. FindNodes()];
    }

    public IReadOnlyList<HeatResource> Resources { get; }

    /// <summary>Resources that hold no others.</summary>
    public IReadOnlyList<HeatResource> Leaves { get; }

    public IReadOnlyList<TreeNode> Nodes { get; }

    /// <summary>The resource by the stack that it is in and its name there.</summary>
    public HeatResource? Find(string? stackId, string name) => _byPlace.GetValueOrDefault((stackId ?? _root.Id, name));

    /// <summary>The resource of the main template in which this one is.</summary>
    public HeatResource TopOf(HeatResource resource) => PathOf(resource)[0];

    /// <summary>The name of the node that a resource belongs to; null for what is not part of a node.</summary>
    public string? NodeOf(HeatResource resource) => NodeOfPath(PathOf(resource));

    /// <summary>The name of the node whose own stack this is.</summary>
    public string? NodeOfStack(string? stackId) => stackId is not null && _owners.TryGetValue(stackId, out var owner) ? NodeOf(owner) : null;

    /// <summary>The members that the servers are; servers that are not there any more are left out.</summary>
    public IEnumerable<string> MembersOf(IEnumerable<string> serverIds) =>
        serverIds.Select(id => Nodes.FirstOrDefault(n => n.ServerId == id && n.Group.IsResourceGroup)?.Member).OfType<string>();

    /// <summary>Members of a group of which something could not be made. A change that was broken off does not make a node broken.</summary>
    public IEnumerable<string> BrokenMembers(string group) =>
        Leaves.Where(r => r.Status is "CREATE_FAILED").Select(NodeOf).OfType<string>()
            .Join(Nodes.Where(n => n.Group.Name == group), name => name, node => node.Name, (_, node) => node.Member).Distinct(StringComparer.Ordinal);

    public bool HasBrokenNode(string group) => BrokenMembers(group).Any();

    private IEnumerable<TreeNode> FindNodes()
    {
        var servers = Leaves.Where(r => r.Type == ServerType && r.PhysicalId.Length > 0)
            .Select(r => (Node: NodeOf(r), r.PhysicalId)).Where(s => s.Node is not null)
            .GroupBy(s => s.Node!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().PhysicalId, StringComparer.Ordinal);
        foreach (var resource in Resources.Except(Leaves))
        {
            var path = PathOf(resource);
            if (MemberOf(path) is var (group, member) && ReferenceEquals(path[group.IsResourceGroup ? 1 : 0], resource))
            {
                yield return new TreeNode(group, member, servers.GetValueOrDefault(group.NodeName + member), resource.Status);
            }
        }
    }

    private string? NodeOfPath(IReadOnlyList<HeatResource> path) => MemberOf(path) is var (group, member) ? group.NodeName + member : null;

    private (StackNodeGroup Group, string Member)? MemberOf(IReadOnlyList<HeatResource> path)
    {
        foreach (var group in _groups)
        {
            if (group.IsResourceGroup && path.Count > 1 && path[0].Name == group.Resource)
            {
                return (group, path[1].Name);
            }

            // Masters are kube_master_0 ...; kube_master_port_0 and others of the main template belong to no nested stack.
            if (!group.IsResourceGroup && path[0].Name.StartsWith(group.Resource, StringComparison.Ordinal)
                && path[0].Name[group.Resource.Length..] is { Length: > 0 } number && number.All(char.IsAsciiDigit))
            {
                return (group, number);
            }
        }

        return null;
    }

    private List<HeatResource> PathOf(HeatResource resource)
    {
        var path = new List<HeatResource> { resource };
        while (path.Count < 8 && path[0].Stack is { } stack && stack.Id != _root.Id && _owners.TryGetValue(stack.Id, out var owner))
        {
            path.Insert(0, owner);
        }

        return path;
    }

    public override string ToString() => $"StackTree {{ {_root.Name}, {Resources.Count} }}";
}
