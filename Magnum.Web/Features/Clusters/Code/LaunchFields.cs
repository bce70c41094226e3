using System.Globalization;
using System.Numerics;
using Magnum.Core.Clusters;

namespace Magnum.Web.Features.Clusters.Code;

/// <summary>Collects the fields of a request from code and tells which do not fit.</summary>
/// <param name="python">Flags among labels are spelled as Python does, which is what the API makes of them.</param>
internal sealed class LaunchFields(bool python)
{
    private readonly HashSet<string> _said = [];
    private readonly List<CodeProblem> _problems = [];
    private readonly List<(int Line, string Name)> _leftOut = [];
    private int _templateLine;
    private NewCluster _request = new() { ClusterTemplateId = "" };

    /// <summary>What an answer of the API holds besides: it may be pasted whole.</summary>
    private static readonly HashSet<string> Assigned = [.. ClusterInput.Schema.Fields.Select(f => f.Name).Except(Known).Append("id").Append("region")];

    private static IEnumerable<string> Known =>
    [
        "name", "cluster_template_id", "keypair", "master_count", "node_count", "master_flavor_id", "flavor_id", "docker_volume_size", "create_timeout",
        "discovery_url", "fixed_network", "fixed_subnet", "floating_ip_enabled", "master_lb_enabled", "merge_labels", "labels",
    ];

    /// <summary>What came together.</summary>
    public PastedLaunch Finish(string form, IEnumerable<CodeProblem> others) => new(form, _request, _said, _templateLine,
    [
        .. _problems.Concat(others).Concat(_leftOut is [var first, ..] ? [new(first.Line, "Paste.LeftOut", string.Join(", ", _leftOut.Select(l => l.Name)))] : []).OrderBy(p => p.Line),
    ]);

    /// <summary>Tells of something else that was not understood.</summary>
    public void Tell(CodeProblem problem) => _problems.Add(problem);

    /// <summary>Takes a field.</summary>
    /// <param name="shown">What the code calls it.</param>
    /// <param name="name">What the API calls it.</param>
    public void Take(string shown, string name, CodeValue value, int line)
    {
        if (value is CodeValue.Nothing)
        {
            return;
        }

        if (value is CodeValue.Block || Assigned.Contains(name))
        {
            _leftOut.Add((line, shown));   // told together: a whole answer has many
            return;
        }

        if (value is CodeValue.Computed computed)
        {
            _problems.Add(new(line, "Paste.Computed", shown, computed.Source));
            return;
        }

        var (request, problem) = With(name, value, shown, line);
        if (request is null)
        {
            _problems.Add(problem!);
            return;
        }

        if (!_said.Add(name))
        {
            _problems.Add(new(line, "Paste.Twice", shown));
        }

        _templateLine = name is "cluster_template_id" ? line : _templateLine;
        _request = request;
    }

    private (NewCluster? Request, CodeProblem? Problem) With(string name, CodeValue value, string shown, int line)
    {
        return name switch
        {
            "name" => Text(v => _request with { Name = v }),
            "cluster_template_id" => Text(v => _request with { ClusterTemplateId = v }),
            "keypair" => Text(v => _request with { KeyPair = v }),
            "master_flavor_id" => Text(v => _request with { MasterFlavorId = v }),
            "flavor_id" => Text(v => _request with { FlavorId = v }),
            "fixed_network" => Text(v => _request with { FixedNetwork = v }),
            "fixed_subnet" => Text(v => _request with { FixedSubnet = v }),
            "discovery_url" => Text(v => _request with { DiscoveryUrl = v }),
            "master_count" => Number(v => _request with { MasterCount = v }),
            "node_count" => Number(v => _request with { NodeCount = v }),
            "docker_volume_size" => Number(v => _request with { DockerVolumeSize = v }),
            "create_timeout" => Number(v => _request with { CreateTimeout = v }),
            "floating_ip_enabled" => Flag(v => _request with { FloatingIpEnabled = v }),
            "master_lb_enabled" => Flag(v => _request with { MasterLbEnabled = v }),
            "merge_labels" => Flag(v => _request with { MergeLabels = v }),
            "labels" => value is CodeValue.Map map ? (_request with { Labels = Labels(map) }, null) : Refuse("Paste.NotMap"),
            _ => Refuse("Paste.Unknown"),
        };

        (NewCluster?, CodeProblem?) Refuse(string text) => (null, new CodeProblem(line, text, shown));

        (NewCluster?, CodeProblem?) Text(Func<string, NewCluster> set) => Scalar(value) is { } text ? (set(text), null) : Refuse("Paste.NotText");

        (NewCluster?, CodeProblem?) Number(Func<int, NewCluster> set) =>
            value is CodeValue.Number or CodeValue.Text && BigInteger.TryParse(Scalar(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number >= int.MinValue && number < int.MaxValue ? (set((int)number), null) : Refuse("Paste.NotNumber");

        (NewCluster?, CodeProblem?) Flag(Func<bool, NewCluster> set) =>
            value is CodeValue.Flag flag ? (set(flag.Value), null)
            : bool.TryParse(Scalar(value), out var said) ? (set(said), null) : Refuse("Paste.NotFlag");
    }

    private Dictionary<string, string>? Labels(CodeValue.Map map)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value, line) in map.Entries)
        {
            if (Scalar(value) is { } text)
            {
                labels[name] = text;
            }
            else if (value is CodeValue.Computed computed)
            {
                _problems.Add(new(line, "Paste.Computed", name, computed.Source));
            }
            else if (value is not CodeValue.Nothing)
            {
                _problems.Add(new(line, "Paste.NotText", name));
            }
        }

        return labels.Count > 0 ? labels : null;
    }

    private string? Scalar(CodeValue value) => value switch
    {
        CodeValue.Text text => text.Value,
        CodeValue.Number number => number.Value,
        CodeValue.Flag flag when python => flag.Value ? "True" : "False",
        CodeValue.Flag flag => flag.Value ? "true" : "false",
        _ => null,
    };
}
