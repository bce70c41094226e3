using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Drivers.EmbeddedCloud.Cinder;

/// <summary>Cinder's tables.</summary>
internal sealed class VolumeState
{
    public Dictionary<string, VolumeRow> Volumes { get; set; } = [];

    public Dictionary<string, Dictionary<string, int>> Quotas { get; set; } = [];
}

/// <summary>A volume; sizes are GiB.</summary>
internal sealed class VolumeRow
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public required string ProjectId { get; set; }

    public required string UserId { get; set; }

    public int Size { get; set; }

    public string VolumeType { get; set; } = VolumeService.Types[0];

    public string? Description { get; set; }

    public string? AvailabilityZone { get; set; }

    public string? ImageId { get; set; }

    public string Status { get; set; } = "creating";

    public string? ServerId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? DueAt { get; set; }

    public Dictionary<string, string> Metadata { get; set; } = [];
}

/// <summary>Cinder without its HTTP.</summary>
internal sealed class VolumeService(Cloud cloud)
{
    public static readonly TimeSpan CreateTime = TimeSpan.FromSeconds(3);

    private static readonly Dictionary<string, int> DefaultQuotas = new() { ["volumes"] = 400, ["snapshots"] = 100, ["gigabytes"] = 20_000, ["backups"] = 10, ["backup_gigabytes"] = 1000, ["groups"] = 10, ["per_volume_gigabytes"] = -1 };

    public static IReadOnlyList<string> Types { get; } = ["lvmdriver-1", "ssd"];

    public static IEnumerable<string> QuotaNames => DefaultQuotas.Keys;

    public VolumeState State => cloud.State.Volumes;

    public VolumeRow Add(VolumeRow row)
    {
        if (row.Size <= 0)
        {
            throw ApiFault.BadRequest($"Invalid input received: Invalid volume size provided for create request: {row.Size} (size argument must be an integer and greater than zero).");
        }

        if (!Types.Contains(row.VolumeType))
        {
            throw ApiFault.NotFound($"Volume type with name {row.VolumeType} could not be found.");
        }

        foreach (var (name, more) in new[] { ("volumes", 1), ("gigabytes", row.Size) })
        {
            var limit = QuotaOf(row.ProjectId, name);
            if (limit >= 0 && Used(row.ProjectId, name) + more > limit)
            {
                throw new ApiFault(413, name is "volumes"
                    ? $"VolumeLimitExceeded: Maximum number of volumes allowed ({limit}) exceeded for quota 'volumes'."
                    : $"VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested {more}G, quota is {limit}G and {Used(row.ProjectId, name)}G has been consumed.");
            }
        }

        row.CreatedAt = cloud.Clock.Now;
        row.DueAt = cloud.Clock.After(CreateTime);
        return State.Volumes[row.Id] = row;
    }

    public VolumeRow Require(string id) => State.Volumes.GetValueOrDefault(id) ?? throw ApiFault.NotFound($"Volume {id} could not be found.");

    public void Remove(string id)
    {
        var row = Require(id);
        if (row.ServerId is not null)
        {
            throw ApiFault.BadRequest($"Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots or be disassociated from snapshots after volume transfer.");
        }

        State.Volumes.Remove(id);
    }

    public void Attach(string id, string serverId)
    {
        var row = Require(id);
        if (row.Status is not "available")
        {
            throw ApiFault.BadRequest($"Invalid volume: volume {id} status must be 'available'. Currently in '{row.Status}'");
        }

        (row.ServerId, row.Status) = (serverId, "in-use");
    }

    public void DetachAll(string serverId)
    {
        foreach (var row in State.Volumes.Values.Where(v => v.ServerId == serverId))
        {
            (row.ServerId, row.Status) = (null, "available");
        }
    }

    public int QuotaOf(string projectId, string name) => State.Quotas.GetValueOrDefault(projectId)?.TryGetValue(name, out var own) is true ? own : DefaultQuotas[name];

    public void SetQuotas(string projectId, JsonObject given)
    {
        var own = State.Quotas.TryGetValue(projectId, out var found) ? found : State.Quotas[projectId] = [];
        foreach (var (key, value) in given)
        {
            if (DefaultQuotas.ContainsKey(key))
            {
                own[key] = (int)(value.Whole() ?? throw ApiFault.BadRequest($"Quota limit for {key} must be an integer."));
            }
        }
    }

    public int Used(string projectId, string name) => name switch
    {
        "volumes" => State.Volumes.Values.Count(v => v.ProjectId == projectId),
        "gigabytes" => State.Volumes.Values.Where(v => v.ProjectId == projectId).Sum(v => v.Size),
        _ => 0,
    };

    public bool Advance(DateTimeOffset now)
    {
        var due = State.Volumes.Values.Where(v => v.DueAt <= now).ToList();
        foreach (var row in due)
        {
            (row.DueAt, row.Status) = (null, "available");
        }

        return due.Count > 0;
    }

    public DateTimeOffset? NextDue() => State.Volumes.Values.Min(v => v.DueAt);

    public void Shift(Func<DateTimeOffset, DateTimeOffset> move)
    {
        foreach (var row in State.Volumes.Values)
        {
            row.DueAt = Cloud.Shifted(row.DueAt, move);
        }
    }
}
