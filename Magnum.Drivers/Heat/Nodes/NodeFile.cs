using System.Text;
using System.Text.Json.Nodes;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;

namespace Magnum.Drivers.Heat.Nodes;

/// <summary><c>/etc/magnum/node.json</c>, which only root reads and which is removed when the node is up. Secret.</summary>
internal static class NodeFile
{
    /// <summary>What nodes of all engines are told.</summary>
    /// <param name="noProxy">What the engine reaches without a proxy.</param>
    public static JsonObject Of(ClusterDesign design, CloudFacts facts, NodeGroup group, NodeEnrolment enrolment, params string[] noProxy)
    {
        var node = WithoutIdentity(design, facts, group, enrolment, noProxy);
        node["auth_url"] = enrolment.AuthUrl;
        node["magnum_url"] = enrolment.MagnumUrl;
        node["user_id"] = enrolment.UserId;
        node["password"] = enrolment.Password;
        return node;
    }

    /// <summary>The same for nodes that ask nothing of Magnum, and so are not given anything to show themselves by.</summary>
    public static JsonObject WithoutIdentity(ClusterDesign design, CloudFacts facts, NodeGroup group, NodeEnrolment enrolment, params string[] noProxy)
    {
        var template = design.Cluster.Template;
        return new JsonObject
        {
            ["coe"] = template.Coe,
            ["cluster_uuid"] = design.Cluster.Uuid.ToString(),
            ["cluster_name"] = design.Cluster.Name,
            ["role"] = group.Role,
            ["nodegroup"] = group.Name,
            ["ca_bundle"] = enrolment.CaBundle ?? "",
            ["masters"] = design.Masters.NodeCount,
            ["api_port"] = design.ApiPort,
            ["subnet_cidr"] = facts.SubnetCidr,
            ["insecure_registry"] = template.InsecureRegistry ?? "",
            ["http_proxy"] = template.HttpProxy ?? "",
            ["https_proxy"] = template.HttpsProxy ?? "",
            ["no_proxy"] = string.Join(
                ',', new[] { template.NoProxy ?? "", "localhost", "127.0.0.1", "169.254.169.254", facts.SubnetCidr }.Concat(noProxy).Where(p => p.Length > 0)),
        };
    }

    /// <summary>The file in base64.</summary>
    public static string Encode(JsonObject node) => Convert.ToBase64String(Encoding.UTF8.GetBytes(node.ToJsonString()));
}
