namespace Magnum.Core.OpenStack;

/// <summary>In whose name a call to the cloud is made.</summary>
public abstract record CloudCredential
{
    private CloudCredential()
    {
    }

    /// <summary>A token that the caller brought: used only while the request of that caller lasts, never stored with the work.</summary>
    public sealed record UserToken(string Token, string? ProjectId) : CloudCredential
    {
        /// <inheritdoc />
        public override string ToString() => $"UserToken {{ ProjectId = {ProjectId} }}";
    }

    /// <summary>Magnum's own service user, in its own project.</summary>
    public sealed record Service : CloudCredential;

    /// <summary>Magnum's service user acting for a cluster's owner through a Keystone trust.</summary>
    public sealed record Trust(string TrustId, string ProjectId) : CloudCredential
    {
        /// <inheritdoc />
        public override string ToString() => $"Trust {{ ProjectId = {ProjectId} }}";
    }
}
