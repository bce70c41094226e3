using System.Text.Json.Serialization;
using Magnum.Core.ClusterTemplates;
using Magnum.Web.Api;
using Magnum.Web.Api.Output;

namespace Magnum.Web.Features.ClusterTemplates;

/// <summary>A cluster template as the REST API shows it, keys in the reference's order.</summary>
internal sealed record ClusterTemplateView
{
    public required Guid Uuid { get; init; }

    public required string Name { get; init; }

    public required string Coe { get; init; }

    public required string ImageId { get; init; }

    public required string? FlavorId { get; init; }

    public required string? MasterFlavorId { get; init; }

    public required string? DnsNameserver { get; init; }

    public required string? KeypairId { get; init; }

    public required string? ExternalNetworkId { get; init; }

    public required string? FixedNetwork { get; init; }

    public required string? FixedSubnet { get; init; }

    public required string? NetworkDriver { get; init; }

    public required int? ApiserverPort { get; init; }

    public required int? DockerVolumeSize { get; init; }

    public required string? ClusterDistro { get; init; }

    public required IReadOnlyList<Link> Links { get; init; }

    public required string? HttpProxy { get; init; }

    public required string? HttpsProxy { get; init; }

    public required string? NoProxy { get; init; }

    public required string? VolumeDriver { get; init; }

    public required bool RegistryEnabled { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required bool TlsDisabled { get; init; }

    public required bool Public { get; init; }

    public required string ServerType { get; init; }

    public required string? InsecureRegistry { get; init; }

    public required string? DockerStorageDriver { get; init; }

    public required bool MasterLbEnabled { get; init; }

    public required bool FloatingIpEnabled { get; init; }

    public required string ProjectId { get; init; }

    public required string UserId { get; init; }

    public required bool Hidden { get; init; }

    public required string? Tags { get; init; }

    public required string Driver { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? UpdatedAt { get; init; }

    public static ClusterTemplateView Of(ClusterTemplate template, ApiRequest request) => new()
    {
        Uuid = template.Uuid,
        Name = template.Name,
        Coe = template.Coe,
        ImageId = template.ImageId,
        FlavorId = template.FlavorId,
        MasterFlavorId = template.MasterFlavorId,
        DnsNameserver = template.DnsNameserver,
        KeypairId = template.KeyPairId,
        ExternalNetworkId = template.ExternalNetworkId,
        FixedNetwork = template.FixedNetwork,
        FixedSubnet = template.FixedSubnet,
        NetworkDriver = template.NetworkDriver,
        ApiserverPort = template.ApiserverPort,
        DockerVolumeSize = template.DockerVolumeSize,
        ClusterDistro = template.ClusterDistro,
        Links = Link.Of(request, $"clustertemplates/{template.Uuid}"),
        HttpProxy = template.HttpProxy,
        HttpsProxy = template.HttpsProxy,
        NoProxy = template.NoProxy,
        VolumeDriver = template.VolumeDriver,
        RegistryEnabled = template.RegistryEnabled,
        Labels = template.Labels,
        TlsDisabled = template.TlsDisabled,
        Public = template.Public,
        ServerType = template.ServerType,
        InsecureRegistry = template.InsecureRegistry,
        DockerStorageDriver = template.DockerStorageDriver,
        MasterLbEnabled = template.MasterLbEnabled,
        FloatingIpEnabled = template.FloatingIpEnabled,
        ProjectId = template.ProjectId,
        UserId = template.UserId,
        Hidden = template.Hidden,
        Tags = template.Tags,
        Driver = template.Driver,
        CreatedAt = template.CreatedAt,
        UpdatedAt = template.UpdatedAt,
    };
}

[JsonSerializable(typeof(ClusterTemplateView))]
internal sealed partial class ClusterTemplateJson : JsonSerializerContext
{
    public static readonly ClusterTemplateJson Api = new(ApiJson.CreateOptions());
}
