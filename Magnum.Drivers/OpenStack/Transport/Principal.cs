using Magnum.Core.OpenStack;

namespace Magnum.Drivers.OpenStack.Transport;

/// <summary>Who a call is made as: Core's credentials, and the domain administrator that only Keystone's client knows.</summary>
internal abstract record Principal
{
    public static implicit operator Principal(CloudCredential credential) => credential switch
    {
        CloudCredential.UserToken user => new Bearer(user.Token, user.ProjectId),
        CloudCredential.Trust trust => new Trustee(trust.TrustId),
        _ => ServiceUser.Instance,
    };

    /// <summary>Whoever a token was given to. It cannot be renewed here.</summary>
    public sealed record Bearer(string Token, string? ProjectId) : Principal
    {
        public override string ToString() => $"Bearer {{ ProjectId = {ProjectId} }}";
    }

    /// <summary>Magnum's service user in its own project.</summary>
    public sealed record ServiceUser : Principal
    {
        public static readonly ServiceUser Instance = new();
    }

    /// <summary>Magnum's service user in a trustor's project.</summary>
    public sealed record Trustee(string TrustId) : Principal
    {
        public override string ToString() => "Trustee";
    }

    /// <summary>The administrator of the trustee domain.</summary>
    public sealed record DomainAdmin : Principal
    {
        public static readonly DomainAdmin Instance = new();
    }
}
