using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.ClusterApi.Contract;
using Magnum.Drivers.ClusterApi.Management;
using Magnum.Drivers.Heat.Labels;
using Magnum.Drivers.OpenStack;
using Magnum.Drivers.OpenStack.Keystone;

namespace Magnum.Drivers.ClusterApi.Objects;

/// <summary>A cluster's secrets in the management cluster: the cloud's credential, for Cluster API and for the cluster itself, and the CAs.</summary>
internal sealed class ClusterSecrets(ManagementCluster management, ClusterApiOptions options, OpenStackOptions cloud, IIdentity identity)
{
    /// <summary>The entry of <c>clouds.yaml</c> that the class names.</summary>
    private const string CloudName = "default";

    private string AuthUrl => string.IsNullOrEmpty(options.CloudAuthUrl) ? identity.AuthUrl.ToString().TrimEnd('/') : options.CloudAuthUrl.TrimEnd('/');

    public Task<ApiObject?> FindCredentialAsync(Cluster cluster, CancellationToken cancellationToken) =>
        management.FindAsync(
            ApiResource.Secret, ClusterApiNames.NamespaceOf(options, cluster.ProjectId), ClusterApiNames.CloudSecretOf(ClusterApiNames.NameOf(cluster)), cancellationToken);

    /// <summary>All secrets of the cluster that Magnum made.</summary>
    public Task<IReadOnlyList<ApiObject>> ListAsync(Cluster cluster, CancellationToken cancellationToken) =>
        management.ListAsync(
            ApiResource.Secret, ClusterApiNames.NamespaceOf(options, cluster.ProjectId), $"{ClusterApiNames.ClusterUuidLabel}={cluster.Uuid}", cancellationToken);

    /// <summary>The namespace of the cluster's project.</summary>
    public Task EnsureNamespaceAsync(Cluster cluster, CancellationToken cancellationToken) => management.ApplyAsync(
        ApiResource.Namespace,
        new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = ClusterApiNames.NamespaceOf(options, cluster.ProjectId),
                ["labels"] = new JsonObject { [ClusterApiNames.ProjectLabel] = cluster.ProjectId },
            },
        },
        dryRun: false,
        cancellationToken);

    /// <summary>Puts a credential where Cluster API, and the cluster's own parts, find it.</summary>
    public async Task ApplyCredentialAsync(Cluster cluster, string userId, NewApplicationCredential credential, CancellationToken cancellationToken)
    {
        var name = ClusterApiNames.NameOf(cluster);
        var ca = await AuthorityAsync(cancellationToken);
        var provider = new JsonObject { ["cloud-config.yaml"] = CloudProviderSecret(cluster, credential, ca) };
        await ApplyAsync(cluster, ClusterApiNames.CloudProviderOf(name), "addons.cluster.x-k8s.io/resource-set", provider, null, cancellationToken);

        // This one last: whoever finds it finds the other too.
        var data = new JsonObject { ["clouds.yaml"] = Clouds(credential) };
        if (ca is not null)
        {
            data["cacert"] = ca;
        }

        var annotations = new JsonObject { [ClusterApiNames.CredentialAnnotation] = credential.Id, [ClusterApiNames.UserAnnotation] = userId };
        await ApplyAsync(cluster, ClusterApiNames.CloudSecretOf(name), "Opaque", data, annotations, cancellationToken);
    }

    /// <summary>The CAs, so that the nodes' certificates are of those that Magnum signs by; and what hands the cloud's credential to the cluster.</summary>
    public async Task ApplyAuthoritiesAsync(Cluster cluster, ClusterAuthorities authorities, ServedContract contract, CancellationToken cancellationToken)
    {
        var name = ClusterApiNames.NameOf(cluster);
        foreach (var (suffix, pair) in new[] { ("ca", authorities.Cluster), ("etcd", authorities.Etcd), ("proxy", authorities.FrontProxy), ("sa", authorities.ServiceAccounts) })
        {
            var data = new JsonObject { ["tls.crt"] = pair.Certificate, ["tls.key"] = pair.PrivateKey };
            await ApplyAsync(cluster, $"{name}-{suffix}", "cluster.x-k8s.io/secret", data, null, cancellationToken);
        }

        if (contract.ResourceSet is { } sets)
        {
            await management.ApplyAsync(
                sets,
                new JsonObject
                {
                    ["metadata"] = Metadata(cluster, ClusterApiNames.CloudProviderOf(name)),
                    ["spec"] = new JsonObject
                    {
                        ["strategy"] = "Reconcile",
                        ["clusterSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { [ClusterApiNames.ClusterUuidLabel] = cluster.Uuid.ToString() } },
                        ["resources"] = new JsonArray(new JsonObject { ["kind"] = "Secret", ["name"] = ClusterApiNames.CloudProviderOf(name) }),
                    },
                },
                dryRun: false,
                cancellationToken);
        }
    }

    /// <summary>Deletes all; the credential's last, for it says what is left to be removed in Keystone.</summary>
    public async Task DeleteAsync(Cluster cluster, IReadOnlyList<ApiObject> secrets, CancellationToken cancellationToken)
    {
        var name = ClusterApiNames.NameOf(cluster);
        var contract = await management.ContractAsync(cancellationToken);
        if (contract.ResourceSet is { } sets)
        {
            await management.DeleteAsync(sets, ClusterApiNames.NamespaceOf(options, cluster.ProjectId), ClusterApiNames.CloudProviderOf(name), afterOwned: false, cancellationToken);
        }

        foreach (var secret in secrets.OrderBy(s => s.Name == ClusterApiNames.CloudSecretOf(name)))
        {
            await management.DeleteAsync(ApiResource.Secret, secret.Namespace, secret.Name, afterOwned: false, cancellationToken);
        }
    }

    private Task ApplyAsync(Cluster cluster, string name, string type, JsonObject texts, JsonObject? annotations, CancellationToken cancellationToken)
    {
        var metadata = Metadata(cluster, name);
        if (annotations is not null)
        {
            metadata["annotations"] = annotations;
        }

        return management.ApplyAsync(
            ApiResource.Secret,
            new JsonObject
            {
                ["metadata"] = metadata,
                ["type"] = type,
                ["data"] = new JsonObject(texts.Select(t => KeyValuePair.Create(t.Key, (JsonNode?)Convert.ToBase64String(Encoding.UTF8.GetBytes((string)t.Value!))))),
            },
            dryRun: false,
            cancellationToken);
    }

    private JsonObject Metadata(Cluster cluster, string name) => new()
    {
        ["name"] = name,
        ["namespace"] = ClusterApiNames.NamespaceOf(options, cluster.ProjectId),
        ["labels"] = new JsonObject
        {
            [ClusterApiNames.ClusterUuidLabel] = cluster.Uuid.ToString(),
            [ClusterApiNames.ProjectLabel] = cluster.ProjectId,
            [ClusterApiNames.ClusterNameLabel] = ClusterApiNames.NameOf(cluster),
        },
    };

    /// <summary>JSON, which is YAML too and needs no quoting of its own.</summary>
    private string Clouds(NewApplicationCredential credential)
    {
        var entry = new JsonObject
        {
            ["auth_type"] = "v3applicationcredential",
            ["auth"] = new JsonObject
            {
                ["auth_url"] = AuthUrl,
                ["application_credential_id"] = credential.Id,
                ["application_credential_secret"] = credential.Secret,
            },
            ["interface"] = options.CloudInterface,
            ["identity_api_version"] = 3,
            ["verify"] = !cloud.Insecure,
        };
        if (!string.IsNullOrEmpty(cloud.Region))
        {
            entry["region_name"] = cloud.Region;
        }

        return new JsonObject { ["clouds"] = new JsonObject { [CloudName] = entry } }.ToJsonString();
    }

    /// <summary>The secret <c>kube-system/cloud-config</c> of the cluster itself, which OpenStack's cloud controller and Cinder's driver read.</summary>
    private string CloudProviderSecret(Cluster cluster, NewApplicationCredential credential, string? ca)
    {
        var labels = new LabelSet(ClusterApiLabels.All, cluster.Labels);
        List<string> lines =
        [
            "[Global]",
            // The clusters are outside the cloud's inner networks, whatever Cluster API's own endpoint is.
            $"auth-url={identity.AuthUrl.ToString().TrimEnd('/')}",
            $"application-credential-id={credential.Id}",
            $"application-credential-secret={credential.Secret}",
            .. string.IsNullOrEmpty(cloud.Region) ? Array.Empty<string>() : [$"region={cloud.Region}"],
            .. ca is null ? Array.Empty<string>() : ["ca-file=/etc/config/cacert"],
            .. cloud.Insecure ? ["tls-insecure=true"] : Array.Empty<string>(),
            "[LoadBalancer]",
            $"lb-provider={labels.Text("octavia_provider")}",
            $"lb-method={labels.Text("octavia_lb_algorithm")}",
            string.Create(CultureInfo.InvariantCulture, $"create-monitor={(labels.Flag("octavia_lb_healthcheck") ? "true" : "false")}"),
        ];
        // By the uuid in what it makes in the cloud, the cluster's own load balancers are found before it is deleted.
        var data = new JsonObject { ["cloud.conf"] = string.Join('\n', lines) + "\n", ["cluster-uuid"] = cluster.Uuid.ToString() };
        if (ca is not null)
        {
            data["cacert"] = ca;
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = "cloud-config", ["namespace"] = "kube-system" },
            ["stringData"] = data,
        }.ToJsonString();
    }

    private async Task<string?> AuthorityAsync(CancellationToken cancellationToken) =>
        (string.IsNullOrEmpty(options.CloudCaFile) ? cloud.CaFile : options.CloudCaFile) is { Length: > 0 } file ? await File.ReadAllTextAsync(file, cancellationToken) : null;
}
