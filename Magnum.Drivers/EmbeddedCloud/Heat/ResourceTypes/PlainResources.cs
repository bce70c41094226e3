using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;

namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

/// <summary>Stands for nothing: environments map types to it to leave them out.</summary>
internal sealed class NoneResource() : ResourceType("OS::Heat::None")
{
    public override bool Open => true;

    public override TimeSpan CreateTime => TimeSpan.Zero;

    public override TimeSpan DeleteTime => TimeSpan.Zero;

    public override bool HasAttribute(string attribute) => true;

    public override bool CanUpdate(ResourceContext context, IReadOnlyCollection<string> changed) => true;

    public override void Create(ResourceContext c) => c.Row.PhysicalId = c.Stack.Name + "-" + c.Row.Name;
}

internal sealed class ValueResource() : ResourceType("OS::Heat::Value", Property.Any("value").Needed().Updatable(), Property.Text("type").OneOf("string", "number", "comma_delimited_list", "json", "boolean"))
{
    public override IReadOnlyList<string> Attributes => ["value"];

    public override TimeSpan CreateTime => TimeSpan.Zero;

    public override TimeSpan UpdateTime => TimeSpan.Zero;

    public override TimeSpan DeleteTime => TimeSpan.Zero;

    public override void Create(ResourceContext c) => c.Row.PhysicalId = c.PhysicalName;

    protected override JsonNode? Attribute(ResourceContext c, string attribute) => c.Properties["value"];
}

internal sealed class RandomStringResource() : ResourceType(
    "OS::Heat::RandomString", Property.Number("length").Or(32), Property.Text("salt"), Property.List("character_classes"), Property.List("character_sequences"))
{
    private static readonly Dictionary<string, string> Classes = new()
    {
        ["lettersdigits"] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        ["letters"] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        ["lowercase"] = "abcdefghijklmnopqrstuvwxyz",
        ["uppercase"] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        ["digits"] = "0123456789",
        ["hexdigits"] = "0123456789ABCDEF",
        ["octdigits"] = "01234567",
        ["punctuation"] = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        ["whitespace"] = " \t\n",
    };

    public override IReadOnlyList<string> Attributes => ["value"];

    public override TimeSpan CreateTime => TimeSpan.Zero;

    public override TimeSpan DeleteTime => TimeSpan.Zero;

    public override void Create(ResourceContext c)
    {
        var classes = c.Properties["character_classes"].Items().OfType<JsonObject>()
            .Select(k => (Characters: Classes.GetValueOrDefault(k.Text("class") ?? "lettersdigits") ?? Classes["lettersdigits"], Min: k.Whole("min", 1))).ToList();
        classes = classes.Count > 0 ? classes : [(Classes["lettersdigits"], 1)];
        var length = c.Properties.Whole("length", 32);
        var characters = classes.SelectMany(k => RandomNumberGenerator.GetItems<char>(k.Characters, k.Min)).ToList();
        characters.AddRange(RandomNumberGenerator.GetItems<char>(string.Concat(classes.Select(k => k.Characters)), Math.Max(0, length - characters.Count)));
        var drawn = characters.ToArray();
        RandomNumberGenerator.Shuffle(drawn.AsSpan());
        c.Row.Data["value"] = new string(drawn);
        c.Row.PhysicalId = c.PhysicalName;
    }

    public override JsonNode? Reference(ResourceContext context) => context.Row.Data.Text("value");

    protected override JsonNode? Attribute(ResourceContext c, string attribute) => c.Row.Data.Text("value");
}

/// <summary>Heat's own plaything for testing templates.</summary>
internal sealed class TestResource() : ResourceType(
    "OS::Heat::TestResource",
    Property.Text("value").Updatable().Or("test_string"), Property.Flag("fail").Updatable(), Property.Flag("update_replace").Updatable(), Property.Number("wait_secs").Updatable().Or(0), Property.Map("action_wait_secs").Updatable(),
    Property.Text("update_replace_value"), Property.Flag("client_name").Updatable(), Property.List("constraint_prop_secs").Updatable())
{
    public override IReadOnlyList<string> Attributes => ["output"];

    public override TimeSpan CreateTime => TimeSpan.FromSeconds(0.1);

    public override TimeSpan UpdateTime => TimeSpan.FromSeconds(0.1);

    public override TimeSpan DeleteTime => TimeSpan.FromSeconds(0.1);

    public override void Create(ResourceContext c)
    {
        c.Row.PhysicalId = c.PhysicalName;
        Wait(c, "create");
    }

    public override bool CanUpdate(ResourceContext context, IReadOnlyCollection<string> changed) =>
        !context.Properties.Flag("update_replace", false) && base.CanUpdate(context, changed);

    public override void Update(ResourceContext c, JsonObject before) => Wait(c, "update");

    public override bool IsCreated(ResourceContext c) => c.Properties.Flag("fail", false)
        ? throw new ResourceFailure("ValueError", "Test Resource failed " + c.Row.Name)
        : c.Row.DeadlineAt is null || c.Row.DeadlineAt <= c.Cloud.Clock.Now;

    public override bool IsUpdated(ResourceContext c) => IsCreated(c);

    protected override JsonNode? Attribute(ResourceContext c, string attribute) => c.Properties["value"];

    private static void Wait(ResourceContext c, string action)
    {
        var seconds = c.Properties.Map("action_wait_secs")?[action].Real() ?? c.Properties["wait_secs"].Real() ?? 0;
        c.Row.DeadlineAt = c.Cloud.Clock.After(TimeSpan.FromSeconds(seconds));
    }
}
