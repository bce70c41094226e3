using System.Net;
using System.Text.Json.Nodes;

namespace Magnum.Drivers.Heat.Nodes;

/// <summary>Docker's <c>daemon.json</c>; the node adds where it listens.</summary>
internal static class DockerDaemon
{
    // Of one network; what Docker makes is cut into such pieces.
    private const int NetworkPrefix = 24;

    /// <summary>Nothing of <c>live-restore</c>, which swarm mode does not go with.</summary>
    public static JsonObject Of(ClusterDesign design)
    {
        var daemon = new JsonObject
        {
            ["storage-driver"] = "overlay2",
            ["log-driver"] = "json-file",
            ["log-opts"] = new JsonObject { ["max-size"] = "10m", ["max-file"] = "3" },
            ["default-address-pools"] = new JsonArray(new JsonObject { ["base"] = design.BridgeCidr, ["size"] = PrefixIn(design.BridgeCidr) }),
        };
        if (design.RegistryMirrors is { Count: > 0 } mirrors)
        {
            daemon["registry-mirrors"] = new JsonArray([.. mirrors.Select(m => (JsonNode)m)]);
        }

        if (design.Cluster.Template.InsecureRegistry is { Length: > 0 } registry)
        {
            daemon["insecure-registries"] = new JsonArray(registry);
        }

        return daemon;
    }

    /// <summary>The prefix of one network out of these addresses.</summary>
    public static int PrefixIn(string cidr) => Math.Max(NetworkPrefix, IPNetwork.Parse(cidr).PrefixLength);
}
