using System.IO.Compression;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Magnum.Core;
using Magnum.Core.Audit;
using Magnum.Core.Clusters;
using Magnum.Core.Diagnosis;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.Operations;

namespace Magnum.Web.Features.Clusters;

/// <summary>What somebody needs who is to help with a cluster, in one file: its row, groups, operations, events, requests and resources. No secrets: labels' values that may be one are left out.</summary>
internal sealed record SupportBundle(
    Cluster Cluster,
    DriverDescription? Driver,
    IReadOnlyList<Operation> Operations,
    IReadOnlyList<ClusterEvent> Events,
    IReadOnlyList<AuditRecord> Requests,
    IReadOnlyList<ClusterResource>? Resources,
    DateTimeOffset MadeAt)
{
    private const string Hidden = "***";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>A name for the file.</summary>
    public string FileName => $"magnum-{Cluster.Name}-{MadeAt.UtcDateTime:yyyyMMdd-HHmmss}.zip";

    /// <summary>The file's bytes.</summary>
    public byte[] Write()
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "cluster.json", Facts());
            Add(zip, "operations.json", Operations.Select(o => ClusterOperationView.Of(o, null)));
            Add(zip, "events.json", Events.Select(EventView.Of));
            Add(zip, "requests.json", Requests.Select(r => new { r.OccurredAt, r.RequestId, r.UserName, r.Door, r.Action, r.Subject, r.Detail, r.Refusal }));
            if (Resources is not null)
            {
                Add(zip, "resources.json", Resources);
            }

            if (Operations.Count > 0 && FailureDiagnosis.Of(Operations[0], Events) is { } diagnosis)
            {
                Add(zip, "diagnosis.json", new { diagnosis.Cause.Code, Who = diagnosis.Cause.Who, Evidence = diagnosis.Evidence.Select(e => e.Message) });
            }
        }

        return memory.ToArray();
    }

    private object Facts() => new
    {
        MadeAt,
        Magnum = typeof(SupportBundle).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
        Cluster.Uuid,
        Cluster.Name,
        Cluster.ProjectId,
        Cluster.UserId,
        Status = Cluster.Status.ToWire(),
        Cluster.StatusReason,
        Cluster.StatusChangedAt,
        Health = Cluster.HealthStatus,
        Cluster.HealthStatusReason,
        Cluster.Driver,
        Cluster.StackId,
        Cluster.ApiAddress,
        Cluster.CoeVersion,
        Template = new { Cluster.Template.Uuid, Cluster.Template.Name, Cluster.Template.Coe, Cluster.Template.ImageId, Cluster.Template.NetworkDriver, Cluster.Template.ExternalNetworkId },
        Cluster.MasterFlavorId,
        Cluster.FlavorId,
        Cluster.FixedNetwork,
        Cluster.FixedSubnet,
        Cluster.MasterLbEnabled,
        Cluster.FloatingIpEnabled,
        Cluster.CreatedAt,
        Cluster.UpdatedAt,
        Labels = Masked(Cluster.Labels),
        NodeGroups = Cluster.NodeGroups.Select(g => new
        {
            g.Uuid,
            g.Name,
            g.Role,
            g.NodeCount,
            g.FlavorId,
            g.ImageId,
            Status = g.Status.ToWire(),
            g.StatusReason,
            g.StackId,
            Labels = Masked(g.Labels),
            g.Nodes,
        }),
    };

    // Values are told of labels that the driver knows to be harmless; of others nobody knows what is in them.
    private Dictionary<string, string> Masked(IReadOnlyDictionary<string, string> labels) => labels.ToDictionary(
        l => l.Key,
        l => Driver?.Labels.FirstOrDefault(d => d.Name == l.Key) is { Secret: false, Type: not LabelType.Text } ? l.Value : Hidden);

    private static void Add(ZipArchive zip, string name, object content)
    {
        using var entry = zip.CreateEntry(name, CompressionLevel.Optimal).Open();
        entry.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(content, Options)));
    }
}
