namespace Magnum.Drivers.Heat;

/// <summary>A stack as it is to be: template, the files it refers to, and parameters.</summary>
internal sealed record StackDefinition(
    string Name, string Template, IReadOnlyDictionary<string, string> Files, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>
    /// Parameters that keep the value that the stack has: names given by people are looked up once, when the stack is made. Were they
    /// looked up again, a newer image of the same name would have Heat rebuild the nodes.
    /// </summary>
    public IReadOnlySet<string> Lasting { get; init; } = new HashSet<string>();

    /// <summary>What the stack is made of, for plans and progress.</summary>
    public required IReadOnlyList<StackPart> Parts { get; init; }

    /// <summary>The parameter by which servers are taken out of each group.</summary>
    public required IReadOnlyList<StackNodeGroup> NodeGroups { get; init; }

    /// <summary>Parameters may hold secrets, so they are not printed.</summary>
    public override string ToString() => $"StackDefinition {{ {Name} }}";
}

/// <summary>Resources of one type in a stack.</summary>
/// <param name="Stage">The stage that they count for, as in <see cref="Core.Drivers.ObservedStage"/>.</param>
/// <param name="Name">The resource of the main template.</param>
/// <param name="Resource">The resource's own name, in the template that it stands in.</param>
internal sealed record StackPart(string Stage, string Type, string Name, string Resource, int Count);

/// <summary>Where the nodes of a group are in the stack.</summary>
/// <param name="Name">The node group's name.</param>
/// <param name="Resource">A resource group's name; for nodes that are resources of their own, what their names begin with.</param>
/// <param name="NodeName">What the names of its servers begin with.</param>
/// <param name="NodesOutput">The output that lists the nodes.</param>
/// <param name="RemovalParameter">Null: nodes of this group cannot be chosen.</param>
internal sealed record StackNodeGroup(string Name, string Resource, string NodeName, string NodesOutput, string? CountParameter, string? RemovalParameter)
{
    public bool IsResourceGroup => CountParameter is not null;
}
