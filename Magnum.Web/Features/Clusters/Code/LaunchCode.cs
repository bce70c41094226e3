using System.Globalization;
using System.Text;
using Magnum.Core.Clusters;

namespace Magnum.Web.Features.Clusters.Code;

/// <summary>The ways to say a launch without the dashboard.</summary>
public enum CodeLanguage
{
    /// <summary><c>openstack coe cluster create</c>.</summary>
    Cli,

    /// <summary>A call of the REST API.</summary>
    Curl,

    /// <summary>Terraform and OpenTofu.</summary>
    Terraform,

    /// <summary>openstacksdk.</summary>
    Python,
}

/// <summary>The same launch for people who script.</summary>
/// <param name="Request">The request, its template by uuid.</param>
/// <param name="Template">What the command line calls the template: its name where that is clear.</param>
/// <param name="FloatingIps">What holds when the request does not say.</param>
/// <param name="Endpoint">Where Magnum's API is, without <c>/v1</c>.</param>
internal sealed record LaunchCode(NewCluster Request, string Template, bool FloatingIps, string Endpoint)
{
    /// <summary>The launch in a language.</summary>
    public string Write(CodeLanguage language) => language switch
    {
        CodeLanguage.Cli => Cli(),
        CodeLanguage.Curl => Curl(),
        CodeLanguage.Terraform => Terraform(),
        _ => Python(),
    };

    /// <summary>
    /// Labels that the command line client would take for others. It cuts a lone <c>--labels</c> with two equals signs at commas and
    /// semicolons, and every name at its first equals sign.
    /// </summary>
    public IReadOnlyList<string> LostByCli => [.. Labels.Where(l => l.Key.Contains('=', StringComparison.Ordinal)
        || (Labels.Count == 1 && l.Value.Contains('=', StringComparison.Ordinal) && l.Value.AsSpan().IndexOfAny(',', ';') >= 0)).Select(l => l.Key)];

    /// <summary>What a request says, in the API's spelling; labels apart.</summary>
    public static IEnumerable<(string Name, object Value)> FieldsOf(NewCluster request) => new (string Name, object? Value)[]
    {
        ("name", request.Name),
        ("cluster_template_id", request.ClusterTemplateId),
        ("master_count", request.MasterCount),
        ("node_count", request.NodeCount),
        ("keypair", request.KeyPair),
        ("master_flavor_id", request.MasterFlavorId),
        ("flavor_id", request.FlavorId),
        ("docker_volume_size", request.DockerVolumeSize),
        ("fixed_network", request.FixedNetwork),
        ("fixed_subnet", request.FixedSubnet),
        ("discovery_url", request.DiscoveryUrl),
        ("create_timeout", request.CreateTimeout),
        ("floating_ip_enabled", request.FloatingIpEnabled),
        ("master_lb_enabled", request.MasterLbEnabled),
        ("merge_labels", request.MergeLabels ? true : null),
    }.Where(f => f.Value is not null).Select(f => (f.Name, f.Value!));

    private SortedList<string, string> Labels { get; } = Sort(Request.Labels);

    private static SortedList<string, string> Sort(IReadOnlyDictionary<string, string>? labels)
    {
        var sorted = new SortedList<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in labels ?? new Dictionary<string, string>())
        {
            sorted.Add(name, value);
        }

        return sorted;
    }

    private string Cli()
    {
        List<string> parts = ["openstack coe cluster create"];
        Add("--cluster-template", Template);
        Add("--master-count", Request.MasterCount);
        Add("--node-count", Request.NodeCount);
        Add("--keypair", Request.KeyPair);
        Add("--master-flavor", Request.MasterFlavorId);
        Add("--flavor", Request.FlavorId);
        Add("--docker-volume-size", Request.DockerVolumeSize);
        Add("--fixed-network", Request.FixedNetwork);
        Add("--fixed-subnet", Request.FixedSubnet);
        Add("--discovery-url", Request.DiscoveryUrl);
        Add("--timeout", Request.CreateTimeout);
        Flag(Request.FloatingIpEnabled, "--floating-ip-enabled", "--floating-ip-disabled");
        Flag(Request.MasterLbEnabled, "--master-lb-enabled", "--master-lb-disabled");
        foreach (var (name, value) in Labels)
        {
            Add("--labels", $"{name}={value}");
        }

        Flag(Request.MergeLabels ? true : null, "--merge-labels", "");
        parts.Add(CodeQuote.Shell(Request.Name ?? ""));
        return string.Join(" \\\n  ", parts);

        void Add(string option, object? value)
        {
            if (value is not null)
            {
                // A value that begins like an option has to be tied to its own.
                var text = Convert.ToString(value, CultureInfo.InvariantCulture)!;
                parts.Add($"{option}{(text.StartsWith('-') ? '=' : ' ')}{CodeQuote.Shell(text)}");
            }
        }

        void Flag(bool? value, string on, string off)
        {
            if (value is { } set)
            {
                parts.Add(set ? on : off);
            }
        }
    }

    private string Curl() => string.Join(" \\\n  ",
        $"curl -sS -X POST {(Endpoint.StartsWith('$') ? $"\"{Endpoint}/v1/clusters\"" : CodeQuote.Shell($"{Endpoint}/v1/clusters"))}",
        "-H \"X-Auth-Token: $OS_TOKEN\"",
        "-H 'OpenStack-API-Version: container-infra 1.14'",
        "-H 'Content-Type: application/json'",
        $"-d '{Json().Replace("'", "'\\''", StringComparison.Ordinal)}'");

    private string Json()
    {
        var fields = Fields().Select(f => $"    \"{f.Name}\": {f.Value switch { string text => CodeQuote.Json(text), bool flag => flag ? "true" : "false", var number => Convert.ToString(number, CultureInfo.InvariantCulture) }}").ToList();
        if (Labels.Count > 0)
        {
            fields.Add($"    \"labels\": {{\n{string.Join(",\n", Labels.Select(l => $"      {CodeQuote.Json(l.Key)}: {CodeQuote.Json(l.Value)}"))}\n    }}");
        }

        return $"{{\n{string.Join(",\n", fields)}\n  }}";
    }

    // The provider asks for no floating IPs where nothing is said, whatever the template says.
    private string Terraform()
    {
        var code = new StringBuilder("resource \"openstack_containerinfra_cluster_v1\" ").Append(CultureInfo.InvariantCulture, $"\"{Identifier(Request.Name)}\" {{\n");
        var fields = Fields(FloatingIps).Select(f => (Name: f.Name switch { "flavor_id" => "flavor", "master_flavor_id" => "master_flavor", var name => name }, f.Value)).ToList();
        var width = fields.Max(f => f.Name.Length);
        foreach (var (name, value) in fields)
        {
            code.Append(CultureInfo.InvariantCulture, $"  {name.PadRight(width)} = {(value switch { string text => CodeQuote.Terraform(text), bool flag => flag ? "true" : "false", _ => value })}\n");
        }

        if (Labels.Count > 0)
        {
            var names = Labels.Keys.ToDictionary(n => n, n => IsWord(n) && n is not "for" ? n : CodeQuote.Terraform(n));
            var longest = names.Values.Max(n => n.Length);
            code.Append("\n  labels = {\n");
            foreach (var (name, value) in Labels)
            {
                code.Append(CultureInfo.InvariantCulture, $"    {names[name].PadRight(longest)} = {CodeQuote.Terraform(value)}\n");
            }

            code.Append("  }\n");
        }

        return code.Append('}').ToString();
    }

    // create_cluster() knows neither of the two fields and would leave them out without a word.
    private string Python()
    {
        var plain = Request is { DockerVolumeSize: null, MergeLabels: false };
        var indent = plain ? "    " : "        ";
        var code = new StringBuilder("import openstack\n\nconn = openstack.connect()\nconn.container_infrastructure_management.default_microversion = \"1.14\"\n");
        code.Append(plain
            ? "cluster = conn.container_infrastructure_management.create_cluster(\n"
            : "answer = conn.container_infrastructure_management.post(\n    \"/clusters\",\n    json={\n");
        foreach (var (name, value) in Fields())
        {
            var key = plain ? $"{name switch { "floating_ip_enabled" or "master_lb_enabled" => $"is_{name}", _ => name }}=" : $"\"{name}\": ";
            code.Append(CultureInfo.InvariantCulture, $"{indent}{key}{(value switch { string text => CodeQuote.Python(text), bool flag => flag ? "True" : "False", _ => value })},\n");
        }

        if (Labels.Count > 0)
        {
            code.Append(indent).Append(plain ? "labels={\n" : "\"labels\": {\n");
            foreach (var (name, value) in Labels)
            {
                code.Append(CultureInfo.InvariantCulture, $"{indent}    {CodeQuote.Python(name)}: {CodeQuote.Python(value)},\n");
            }

            code.Append(indent).Append("},\n");
        }

        return code.Append(plain ? ")" : "    },\n)").ToString();
    }

    private IEnumerable<(string Name, object Value)> Fields(bool? floatingIps = null) => FieldsOf(Request with { FloatingIpEnabled = Request.FloatingIpEnabled ?? floatingIps });

    private static bool IsWord(string name) => name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static string Identifier(string? name)
    {
        var identifier = string.Concat((name ?? "").Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
        return identifier.Length > 0 && char.IsAsciiLetter(identifier[0]) ? identifier : $"cluster_{identifier}";
    }
}
