using System.Reflection;
using Magnum.Core.ClusterTemplates;

namespace Magnum.Tests.Core.ClusterTemplates;

public sealed class ClusterTemplateMappingTests
{
    /// <summary>What Magnum decides, and nobody says.</summary>
    private static readonly string[] OfTheRow =
    [
        nameof(ClusterTemplate.Id), nameof(ClusterTemplate.ProjectId), nameof(ClusterTemplate.UserId), nameof(ClusterTemplate.CreatedAt),
        nameof(ClusterTemplate.UpdatedAt), nameof(ClusterTemplate.Generation),
    ];

    [Fact]
    public void Apply_ThenToSpec_ForgetsNoProperty()
    {
        var spec = new ClusterTemplateSpec();
        foreach (var property in typeof(ClusterTemplateSpec).GetProperties())
        {
            property.SetValue(spec, Different(property));
        }

        var template = new ClusterTemplate();
        template.Apply(spec);

        Assert.Empty(ClusterTemplateMapping.ChangedFields(spec, template.ToSpec()));
        foreach (var property in typeof(ClusterTemplateSpec).GetProperties())
        {
            Assert.Equal(property.GetValue(spec), typeof(ClusterTemplate).GetProperty(property.Name)?.GetValue(template));
        }
    }

    [Fact]
    public void Spec_SaysAllThatATemplateIs() => Assert.Equal(
        typeof(ClusterTemplate).GetProperties().Select(p => p.Name).Except(OfTheRow).Order(StringComparer.Ordinal),
        typeof(ClusterTemplateSpec).GetProperties().Select(p => p.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void ToSnapshot_ForgetsNoProperty()
    {
        var spec = new ClusterTemplateSpec();
        foreach (var property in typeof(ClusterTemplateSpec).GetProperties())
        {
            property.SetValue(spec, Different(property));
        }

        var template = new ClusterTemplate();
        template.Apply(spec);
        var snapshot = template.ToSnapshot();

        foreach (var property in typeof(ClusterTemplateSnapshot).GetProperties())
        {
            Assert.Equal(typeof(ClusterTemplate).GetProperty(property.Name)!.GetValue(template), property.GetValue(snapshot));
        }
    }

    [Theory]
    [InlineData(nameof(ClusterTemplateSpec.KeyPairId), "keypair_id")]
    [InlineData(nameof(ClusterTemplateSpec.MasterFlavorId), "master_flavor_id")]
    [InlineData(nameof(ClusterTemplateSpec.Labels), "labels")]
    public void ChangedFields_SpeaksAsTheApiDoes(string property, string field)
    {
        var info = typeof(ClusterTemplateSpec).GetProperty(property)!;
        var after = new ClusterTemplateSpec();
        info.SetValue(after, Different(info));

        Assert.Equal([field], ClusterTemplateMapping.ChangedFields(new ClusterTemplateSpec(), after));
    }

    /// <summary>A value that is not the default, different for each property.</summary>
    private static object Different(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type == typeof(string) ? property.Name
            : type == typeof(int) ? property.Name.Length + 2000
            : type == typeof(bool) ? !(bool)property.GetValue(new ClusterTemplateSpec())!
            : type == typeof(Guid) ? Guid.NewGuid()
            : new Dictionary<string, string> { [property.Name] = "x" };
    }
}
