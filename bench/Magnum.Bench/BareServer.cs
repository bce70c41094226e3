using System.Net;
using Magnum.Core.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Magnum.Bench;

/// <summary>What the machine gives at most: the same rows read by EF Core and written as JSON, with nothing of Magnum around them, and a constant.</summary>
internal sealed class BareServer : IAsyncDisposable
{
    private readonly WebApplication _host;

    private BareServer(WebApplication host) => _host = host;

    public Uri Url => new(_host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<BareServer> StartAsync(Func<MagnumDbContext> open, Guid cluster)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var host = builder.Build();
        host.MapGet("/constant", () => Results.Json(new { id = "v1", status = "CURRENT" }));
        host.MapGet("/clusters", async () =>
        {
            await using var db = open();
            return Results.Json(await db.Clusters.AsNoTracking().OrderBy(c => c.Id).Take(20).Select(c => new
            {
                c.Uuid,
                c.Name,
                c.KeyPair,
                c.DockerVolumeSize,
                c.Labels,
                c.MasterFlavorId,
                c.FlavorId,
                c.Status,
                c.HealthStatus,
                c.CreateTimeout,
                c.ClusterTemplateId,
                Masters = c.NodeGroups.Where(g => g.Role == "master").Sum(g => g.NodeCount),
                Nodes = c.NodeGroups.Where(g => g.Role != "master").Sum(g => g.NodeCount),
            }).ToListAsync());
        });
        host.MapGet("/cluster", async () =>
        {
            await using var db = open();
            var row = await db.Clusters.AsNoTracking().Include(c => c.NodeGroups).SingleAsync(c => c.Uuid == cluster);
            return Results.Json(new { row.Uuid, row.Name, Status = row.Status.ToString(), row.Labels, row.ApiAddress, Groups = row.NodeGroups.Select(g => new { g.Name, g.NodeCount, g.NodeAddresses }) });
        });
        await host.StartAsync();
        return new BareServer(host);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
