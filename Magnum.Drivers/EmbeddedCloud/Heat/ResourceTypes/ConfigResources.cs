using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

/// <summary>Configuration kept by Heat, which a server names as its user data.</summary>
internal abstract class ConfigResource(string name, params Property[] properties) : ResourceType(name, properties)
{
    public override IReadOnlyList<string> Attributes => ["config"];

    public override TimeSpan CreateTime => TimeSpan.FromSeconds(0.2);

    public override TimeSpan DeleteTime => TimeSpan.FromSeconds(0.1);

    /// <summary>The text of a configuration made by a stack of the same family; null when the id is none.</summary>
    public static string? Find(ResourceContext c, string id) => id.Length is not 36 ? null
        : c.Cloud.Heat.Family(c.Cloud.Heat.RootOf(c.Stack)).SelectMany(s => s.Resources).FirstOrDefault(r => r.PhysicalId == id && r.Data.ContainsKey("config"))?.Data.Text("config");

    public override void Create(ResourceContext c)
    {
        c.Row.PhysicalId = Ids.New();
        c.Row.Data["config"] = Render(c);
    }

    protected abstract string Render(ResourceContext c);

    protected override JsonNode? Attribute(ResourceContext c, string attribute) => c.Row.Data.Text("config");
}

internal sealed class SoftwareConfigResource() : ConfigResource(
    "OS::Heat::SoftwareConfig", Property.Text("group").Or("Heat::Ungrouped"), Property.Text("config"), Property.Any("inputs"), Property.Any("outputs"), Property.Map("options"))
{
    protected override string Render(ResourceContext c) => c.Properties.Text("config") ?? "";
}

internal sealed class CloudConfigResource() : ConfigResource("OS::Heat::CloudConfig", Property.Map("cloud_config"))
{
    // JSON is YAML.
    protected override string Render(ResourceContext c) => "#cloud-config\n" + c.Properties["cloud_config"].Write() + "\n";
}

internal sealed class MultipartMimeResource() : ConfigResource("OS::Heat::MultipartMime", Property.List("parts"), Property.Text("group"), Property.Map("options"))
{
    protected override string Render(ResourceContext c)
    {
        var boundary = "===============" + Ids.NewHex() + "==";
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/mixed; boundary=\"{boundary}\"\nMIME-Version: 1.0\n\n");
        foreach (var part in c.Properties["parts"].Items().OfType<JsonObject>())
        {
            var given = part.Text("config") ?? "";
            var config = Find(c, given) ?? given;
            var subtype = part.Text("subtype") ?? (config.StartsWith("#cloud-config", StringComparison.Ordinal) ? "cloud-config" : config.StartsWith("#!", StringComparison.Ordinal) ? "x-shellscript" : "plain");
            text.Append(CultureInfo.InvariantCulture, $"--{boundary}\nContent-Type: text/{subtype}; charset=\"utf-8\"\nMIME-Version: 1.0\n");
            text.Append(part.Text("filename") is { } file ? $"Content-Disposition: attachment; filename=\"{file}\"\n" : "").Append('\n').Append(config).Append('\n');
        }

        return text.Append(CultureInfo.InvariantCulture, $"--{boundary}--\n").ToString();
    }
}
