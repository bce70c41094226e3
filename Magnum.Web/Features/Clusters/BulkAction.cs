namespace Magnum.Web.Features.Clusters;

/// <summary>What can be done to many clusters at once.</summary>
public enum BulkAction
{
    Retry,
    Delete,
}
