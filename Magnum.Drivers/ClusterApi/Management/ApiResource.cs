namespace Magnum.Drivers.ClusterApi.Management;

/// <summary>A kind of objects in one version of its API.</summary>
/// <param name="Group">Empty for Kubernetes' own <c>v1</c>.</param>
internal sealed record ApiResource(string Group, string Version, string Kind, string Plural)
{
    public static readonly ApiResource Namespace = new("", "v1", "Namespace", "namespaces");
    public static readonly ApiResource Secret = new("", "v1", "Secret", "secrets");

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";
}
