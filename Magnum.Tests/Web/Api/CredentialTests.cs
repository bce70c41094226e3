using System.Net;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Tests.Web.Api;

/// <summary><c>PATCH /v1/credentials/{cluster}</c>: Magnum acts for the caller from then on.</summary>
public sealed class CredentialTests : IDisposable
{
    private readonly ApiWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task AnotherMember_TakesTheClusterOver_AndItsStatusStays()
    {
        var before = await ClusterAsync();
        _world.Callers["demo2"] = TestCaller.Member(user: "second");

        var rotated = await _world.SendAsync("PATCH", "/v1/credentials/blue", token: "demo2");

        Assert.Equal((HttpStatusCode.Accepted, before.Uuid.ToString()), (rotated.Status, rotated.Json.GetProperty("uuid").GetString()));
        var after = await _world.Core.LoadAsync(before.Uuid);
        Assert.Equal(("second", ClusterStatus.CreateComplete, null), (after.UserId, after.Status, after.StatusReason));
        Assert.NotEqual(before.TrustId, after.TrustId);
        Assert.Equal(["trust-2"], _world.Core.Identity.Trusts);   // the former owner's has been ended
        Assert.IsType<CloudCredential.Trust>(Assert.Single(_world.Core.Driver.Observed).Credential);
        Assert.EndsWith(
            "has put the cluster in their own name: Magnum acts for them from now on.",
            (await _world.GetAsync("/v1/clusters/blue/events")).Json.GetProperty("events").EnumerateArray().First().GetProperty("message").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATrustThatDoesNotWork_TakesNothingsPlace()
    {
        var before = await ClusterAsync();
        _world.Core.Driver.Trouble = new CloudException("orchestration", CloudFault.Unreachable, "no route");

        var refused = await _world.SendAsync("PATCH", "/v1/credentials/blue");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        var after = await _world.Core.LoadAsync(before.Uuid);
        Assert.Equal((before.TrustId, before.UserId), (after.TrustId, after.UserId));
        Assert.Equal(["trust-1"], _world.Core.Identity.Trusts);
    }

    [Fact]
    public async Task WhoMayNotHandOverHisRoles_IsToldSo()
    {
        await ClusterAsync();
        _world.Core.Identity.TrustTrouble = new CloudException("identity", CloudFault.Forbidden, "Restricted.") { StatusCode = 403 };

        var refused = await _world.SendAsync("PATCH", "/v1/credentials/blue");

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.StartsWith("Keystone does not let you hand your roles to Magnum by a trust: Restricted.", refused.Detail, StringComparison.Ordinal);
    }

    /// <summary>Every status, and whether the credential may be rotated then.</summary>
    public static TheoryData<ClusterStatus, bool> States =>
        [.. Enum.GetValues<ClusterStatus>().Select(s => (s, s.IsSettled() || s.IsFailed() || s is ClusterStatus.UpdateInProgress))];

    [Theory]
    [MemberData(nameof(States))]
    public async Task TheStateOfTheCluster_Decides(ClusterStatus status, bool may)
    {
        var cluster = await ClusterAsync();
        await _world.Core.FinishAsync(cluster.Uuid, status);

        var answer = await _world.SendAsync("PATCH", "/v1/credentials/blue");

        Assert.Equal(may ? 202 : 400, (int)answer.Status);
    }

    [Fact]
    public async Task WhatTheDriverHasOfTheOwner_IsKeptProtected_AndReplacedWhenItSaysSo()
    {
        _world.Core.Driver.ToKeep = "first";
        var made = await ClusterAsync();
        _world.Core.Driver.ToKeep = null;
        await _world.SendAsync("PATCH", "/v1/credentials/blue");
        var same = await _world.Core.LoadAsync(made.Uuid);
        _world.Core.Driver.ToKeep = "second";
        await _world.SendAsync("PATCH", "/v1/credentials/blue");

        Assert.Equal(("protected:first", "protected:first", "protected:second"), (made.DriverSecret, same.DriverSecret, (await _world.Core.LoadAsync(made.Uuid)).DriverSecret));
        Assert.Equal(["first", "first"], _world.Core.Driver.Adopted.TakeLast(2));
        Assert.DoesNotContain("second", (await _world.GetAsync("/v1/clusters/blue")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADriverThatCannot_IsSaid()
    {
        await ClusterAsync();
        _world.Core.Driver.Description = FakeDriver.Kubernetes();

        var refused = await _world.SendAsync("PATCH", "/v1/credentials/blue");

        Assert.Equal((HttpStatusCode.BadRequest, "Credential rotation is not supported by driver."), (refused.Status, refused.Detail));
        Assert.Equal(["trust-1"], _world.Core.Identity.Trusts);
    }

    private async Task<Cluster> ClusterAsync()
    {
        var driver = _world.Core.Driver;
        driver.Description = driver.Description with { Capabilities = DriverCapabilities.Resize | DriverCapabilities.RotateCredential };
        var cluster = await _world.Core.AddClusterAsync();
        await using var db = _world.Core.Database.CreateDbContext();
        return await db.Clusters.AsNoTracking().SingleAsync(c => c.Uuid == cluster.Uuid, Ct);
    }
}
