using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Cinder;

namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

internal sealed class VolumeResource() : ResourceType(
    "OS::Cinder::Volume",
    Property.Number("size").Updatable(), Property.Text("name").Updatable(), Property.Text("description").Updatable(), Property.Text("volume_type").Updatable().Exists("cinder.vtype"), Property.Text("image").Exists("glance.image"),
    Property.Text("availability_zone"), Property.Map("metadata").Updatable(), Property.Text("snapshot_id"), Property.Text("source_volid"), Property.Text("backup_id"), Property.Flag("read_only").Updatable(), Property.Map("scheduler_hints"), Property.Text("multiattach"))
{
    public override IReadOnlyList<string> Attributes => ["size", "status", "display_name", "volume_type", "bootable", "attachments", "availability_zone", "created_at"];

    public override TimeSpan CreateTime => VolumeService.CreateTime;

    public override void Create(ResourceContext c) => c.Row.PhysicalId = c.Cloud.Volumes.Add(new VolumeRow
    {
        Id = Ids.New(),
        Name = c.PhysicalName,
        ProjectId = c.Project,
        UserId = c.Stack.UserId,
        Size = c.Properties.Whole("size", 0),
        VolumeType = c.Properties.Text("volume_type") is { Length: > 0 } type ? type : VolumeService.Types[0],
        Description = c.Properties.Text("description"),
        AvailabilityZone = c.Properties.Text("availability_zone"),
        ImageId = c.Properties.Text("image") is { Length: > 0 } image ? c.Cloud.Images.Find(image)?.Id : null,
    }).Id;

    public override bool IsCreated(ResourceContext c) => c.Cloud.Volumes.Require(c.Row.PhysicalId).Status is not "creating";

    public override void Update(ResourceContext c, JsonObject before) => c.Cloud.Volumes.Require(c.Row.PhysicalId).Size = c.Properties.Whole("size", 0);

    public override void Delete(ResourceContext c)
    {
        if (c.Cloud.Volumes.State.Volumes.ContainsKey(c.Row.PhysicalId))
        {
            c.Cloud.Volumes.Remove(c.Row.PhysicalId);
        }
    }

    protected override JsonNode? Attribute(ResourceContext c, string attribute) => c.Cloud.Volumes.State.Volumes.GetValueOrDefault(c.Row.PhysicalId) is { } row
        ? attribute switch
        {
            "size" => row.Size,
            "status" => row.Status,
            "display_name" => row.Name,
            "volume_type" => row.VolumeType,
            "availability_zone" => row.AvailabilityZone,
            "created_at" => row.CreatedAt.Stamp(),
            "bootable" => row.ImageId is null ? "false" : "true",
            _ => null,
        }
        : null;
}

internal sealed class VolumeAttachmentResource() : ResourceType(
    "OS::Cinder::VolumeAttachment",
    Property.Text("instance_uuid").Needed().Updatable().Exists("nova.server"), Property.Text("volume_id").Needed().Updatable().Exists("cinder.volume"), Property.Text("mountpoint").Updatable())
{
    public override TimeSpan CreateTime => TimeSpan.FromSeconds(2);

    public override void Create(ResourceContext c)
    {
        var server = c.Cloud.Compute.Require(c.Properties.Text("instance_uuid")!);
        var volume = c.Properties.Text("volume_id")!;
        c.Cloud.Volumes.Attach(volume, server.Id);
        server.VolumeIds.Add(volume);
        c.Row.PhysicalId = volume;
    }

    public override void Delete(ResourceContext c)
    {
        if (c.Cloud.Volumes.State.Volumes.GetValueOrDefault(c.Row.PhysicalId) is { ServerId: { } server } row)
        {
            (row.ServerId, row.Status) = (null, "available");
            c.Cloud.Compute.State.Servers.GetValueOrDefault(server)?.VolumeIds.Remove(row.Id);
        }
    }
}
