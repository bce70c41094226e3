namespace Magnum.Drivers.OpenStack.Transport;

/// <summary>A token with what is needed to use it.</summary>
internal sealed record CloudSession(
    string Token, string? UserId, string? ProjectId, string? DomainId, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, ServiceEndpoints Endpoints)
{
    /// <summary>Whether the token will outlive the calls that are about to be made with it.</summary>
    public bool IsUsable(DateTimeOffset now) => now < ExpiresAt - Margin;

    /// <summary>Whether nearly all of the token's life is left: Heat works with the token it was called with for as long as the stack takes.</summary>
    public bool IsYoung(DateTimeOffset now) => now < IssuedAt + ((ExpiresAt - IssuedAt) / 8);

    // Five minutes of an hour; short-lived tokens keep most of their life.
    private TimeSpan Margin => (ExpiresAt - IssuedAt) / 12 is var part && part < TimeSpan.FromMinutes(5) ? part : TimeSpan.FromMinutes(5);

    public override string ToString() => $"CloudSession {{ ProjectId = {ProjectId}, ExpiresAt = {ExpiresAt:O} }}";
}
