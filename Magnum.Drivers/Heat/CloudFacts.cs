using System.Text.Json;

namespace Magnum.Drivers.Heat;

/// <summary>What the names in a cluster stand for in the cloud; looked up once, when the stack is made, and kept by the stack from then on.</summary>
/// <param name="MasterImage">Id.</param>
/// <param name="WorkerImage">Id.</param>
/// <param name="Version">Of the engine, by the image or the label; null when neither says.</param>
/// <param name="ExternalNetwork">Id; null when none is needed.</param>
/// <param name="FixedNetwork">Id; null: to be made.</param>
/// <param name="FixedSubnet">Id.</param>
/// <param name="SubnetCidr">Of the nodes.</param>
internal sealed record CloudFacts(
    string MasterImage, string WorkerImage, string? Version, string? ExternalNetwork, string? FixedNetwork, string? FixedSubnet, string SubnetCidr)
{
    /// <summary>Of an added group's stack: ids with commas between them, from the cluster's stack.</summary>
    public string? WorkerSecurityGroups { get; init; }

    /// <summary>Of an added group's stack: where the cluster's nodes find the API.</summary>
    public string? ApiPrivateAddress { get; init; }

    /// <summary>Of an added group's stack: the cluster's masters on its network, with commas between them; null where nodes do not ask them one by one.</summary>
    public string? ManagerAddresses { get; init; }

    /// <summary>
    /// Masters of another image than <see cref="MasterImage"/>, by number: their image's id. Empty text: the master has gone, and its successor
    /// has not come yet.
    /// </summary>
    public IReadOnlyDictionary<string, string> FormerMasters { get; init; } = new Dictionary<string, string>();

    /// <summary>Workers of another image than <see cref="WorkerImage"/>, by number: their image's id.</summary>
    public IReadOnlyDictionary<string, string> FormerWorkers { get; init; } = new Dictionary<string, string>();

    /// <summary>New masters take the place of others in a control plane that there is.</summary>
    public bool SucceedsMasters { get; init; }

    /// <summary>The parameters of a stack that hold these.</summary>
    public static IReadOnlySet<string> Parameters(StackWords words) => new HashSet<string>(StringComparer.Ordinal)
    {
        "master_image", words.WorkerImage, words.Version, "external_network", "fixed_network", "fixed_subnet", "fixed_subnet_cidr", "ssh_key_name",
        "cluster_security_groups", "cluster_api_address", "cluster_managers",
    };

    /// <summary>As the stack has them.</summary>
    public static CloudFacts Of(IReadOnlyDictionary<string, string> parameters, StackWords words)
    {
        return new(
            Text("master_image") ?? "", Text(words.WorkerImage) ?? "", Text(words.Version), Text("external_network"), Text("fixed_network"), Text("fixed_subnet"), Text("fixed_subnet_cidr") ?? "")
        {
            WorkerSecurityGroups = Text("cluster_security_groups"),
            ApiPrivateAddress = Text("cluster_api_address"),
            ManagerAddresses = Text("cluster_managers"),
            FormerMasters = Images("former_master_images"),
            FormerWorkers = Images(words.FormerWorkerImages),
        };

        // The stack is the tenant's: what is no map of texts is none.
        Dictionary<string, string> Images(string name)
        {
            try
            {
                return Text(name) is { } text ? JsonSerializer.Deserialize<Dictionary<string, string>>(text) ?? [] : [];
            }
            catch (JsonException)
            {
                return [];
            }
        }

        string? Text(string name) => parameters.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
    }
}
