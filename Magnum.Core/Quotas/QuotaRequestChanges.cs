namespace Magnum.Core.Quotas;

/// <summary>Tells the pages of this process that a request was made or answered; those of other processes see it when they next read.</summary>
public sealed class QuotaRequestChanges
{
    /// <summary>Called on the thread of whoever made the change.</summary>
    public event Action<QuotaRequest>? Changed;

    internal void Tell(QuotaRequest request) => Changed?.Invoke(request);
}
