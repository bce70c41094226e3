using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace Magnum.Tests.Support.Lanes;

/// <summary>What a client reads out of a kubeconfig: the current context's server, its authority, and the user's certificate with its key.</summary>
internal sealed record KubeconfigFile(string Server, X509Certificate2 Authority, X509Certificate2 ClientCertificate)
{
    public static KubeconfigFile Read(string path)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(path)));
        var root = yaml.Documents[0].RootNode;
        var context = Named(root, "contexts", Text(root["current-context"]))["context"];
        var cluster = Named(root, "clusters", Text(context["cluster"]))["cluster"];
        var user = Named(root, "users", Text(context["user"]))["user"];
        return new KubeconfigFile(
            Text(cluster["server"]),
            X509Certificate2.CreateFromPem(Pem(cluster["certificate-authority-data"])),
            X509Certificate2.CreateFromPem(Pem(user["client-certificate-data"]), Pem(user["client-key-data"])));
    }

    private static YamlNode Named(YamlNode root, string list, string name) =>
        ((YamlSequenceNode)root[list]).Single(item => Text(item["name"]) == name);

    private static string Pem(YamlNode node) => Encoding.UTF8.GetString(Convert.FromBase64String(Text(node)));

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value ?? "";
}
