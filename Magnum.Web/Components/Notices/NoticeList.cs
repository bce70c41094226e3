namespace Magnum.Web.Components.Notices;

/// <summary>The latest notices of a circuit, newest first.</summary>
public sealed class NoticeList
{
    /// <summary>As many are kept.</summary>
    public const int Most = 50;

    private List<Notice> _items = [];

    /// <summary>Called on whatever thread a notice came from.</summary>
    public event Action? Changed;

    /// <summary>Never changes under its reader.</summary>
    public IReadOnlyList<Notice> Items => _items;

    /// <summary>How many came since the list was last looked at.</summary>
    public int Unread { get; private set; }

    public void Add(Notice notice)
    {
        _items = [notice, .. _items.Take(Most - 1)];
        Unread = Math.Min(Unread + 1, Most);
        Changed?.Invoke();
    }

    /// <summary>Puts what was kept from earlier behind what has come since.</summary>
    public void Restore(IEnumerable<Notice> earlier)
    {
        _items = [.. _items.Concat(earlier).Take(Most)];
        Changed?.Invoke();
    }

    public void MarkRead()
    {
        Unread = 0;
        Changed?.Invoke();
    }

    public void Clear()
    {
        (_items, Unread) = ([], 0);
        Changed?.Invoke();
    }
}
