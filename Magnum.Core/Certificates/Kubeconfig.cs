using System.Text;
using YamlDotNet.Serialization;

namespace Magnum.Core.Certificates;

/// <summary>Writes kubectl's configuration with everything in one file.</summary>
internal static class Kubeconfig
{
    private const string User = "admin";
    private const string Context = "default";

    public static string Write(string clusterName, string server, string caPem, KeyMaterial client) =>
        new SerializerBuilder().Build().Serialize(new Dictionary<string, object>
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["clusters"] = new[]
            {
                new Dictionary<string, object>
                {
                    ["name"] = clusterName,
                    ["cluster"] = new Dictionary<string, string> { ["certificate-authority-data"] = Base64(caPem), ["server"] = server },
                },
            },
            ["contexts"] = new[]
            {
                new Dictionary<string, object>
                {
                    ["name"] = Context,
                    ["context"] = new Dictionary<string, string> { ["cluster"] = clusterName, ["user"] = User },
                },
            },
            ["current-context"] = Context,
            ["users"] = new[]
            {
                new Dictionary<string, object>
                {
                    ["name"] = User,
                    ["user"] = new Dictionary<string, string>
                    {
                        ["client-certificate-data"] = Base64(client.Certificate),
                        ["client-key-data"] = Base64(client.PrivateKey),
                    },
                },
            },
        });

    private static string Base64(string pem) => Convert.ToBase64String(Encoding.ASCII.GetBytes(pem + "\n"));
}
