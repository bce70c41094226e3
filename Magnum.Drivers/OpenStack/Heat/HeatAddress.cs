namespace Magnum.Drivers.OpenStack.Heat;

/// <summary>Paths of stacks and what is in them.</summary>
internal static class HeatAddress
{
    public static string Of(StackRef stack) => $"stacks/{Uri.EscapeDataString(stack.Name)}/{Uri.EscapeDataString(stack.Id)}";

    /// <summary>
    /// The stack that an address of Heat's leads to. Its host is not used: Heat writes what it believes its own address to be, and a
    /// token goes to no address but the catalog's.
    /// </summary>
    public static StackRef? StackIn(Uri? address)
    {
        var path = address is null ? [] : (address.IsAbsoluteUri ? address.AbsolutePath : address.OriginalString.Split('?')[0]).Split('/');
        var stacks = Array.IndexOf(path, "stacks");
        return stacks >= 0 && path.Length > stacks + 2
            ? new StackRef(Uri.UnescapeDataString(path[stacks + 1]), Uri.UnescapeDataString(path[stacks + 2]))
            : null;
    }

    /// <summary>The stack named by a resource's or an event's links.</summary>
    public static StackRef? StackOf(IReadOnlyList<HeatLink>? links)
    {
        var link = links?.FirstOrDefault(l => l.Rel == "stack");
        return link is not null && Uri.TryCreate(link.Href, UriKind.RelativeOrAbsolute, out var address) ? StackIn(address) : null;
    }
}
