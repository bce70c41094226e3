using System.Text.RegularExpressions;
using Magnum.Core.Clusters;
using Dialect = Magnum.Web.Features.Clusters.Code.LiteralReader.Dialect;

namespace Magnum.Web.Features.Clusters.Code;

/// <summary>Reads launches back from what people paste. Nothing of it is run: what only running it would tell is named and left out.</summary>
internal static partial class LaunchCodeReader
{
    /// <summary>More is not read, in bytes of UTF-8.</summary>
    public const int MostBytes = 64 * 1024;

    private const string Resource = "openstack_containerinfra_cluster_v1";

    // What each calls otherwise than the API.
    private static readonly Dictionary<string, string> CliNames = new()
    {
        ["cluster-template"] = "cluster_template_id",
        ["master-flavor"] = "master_flavor_id",
        ["flavor"] = "flavor_id",
        ["timeout"] = "create_timeout",
        ["master-count"] = "master_count",
        ["node-count"] = "node_count",
        ["keypair"] = "keypair",
        ["docker-volume-size"] = "docker_volume_size",
        ["fixed-network"] = "fixed_network",
        ["fixed-subnet"] = "fixed_subnet",
        ["discovery-url"] = "discovery_url",
        ["name"] = "name",
        ["labels"] = "labels",
    };

    private static readonly Dictionary<string, (string Name, bool Value)> CliFlags = new()
    {
        ["floating-ip-enabled"] = ("floating_ip_enabled", true),
        ["floating-ip-disabled"] = ("floating_ip_enabled", false),
        ["master-lb-enabled"] = ("master_lb_enabled", true),
        ["master-lb-disabled"] = ("master_lb_enabled", false),
        ["merge-labels"] = ("merge_labels", true),
    };

    private static readonly HashSet<string> CurlData = ["-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json"];

    private static readonly HashSet<string> CurlWithValue =
    [
        "-H", "--header", "-X", "--request", "-u", "--user", "-o", "--output", "--cacert", "--cert", "--key", "-m", "--max-time", "--connect-timeout", "-A", "--user-agent",
        "-b", "--cookie", "-c", "--cookie-jar", "-e", "--referer", "-w", "--write-out", "-x", "--proxy", "--resolve", "--retry", "--url",
    ];

    /// <summary>Recognises and reads.</summary>
    public static PastedLaunch Read(string text)
    {
        // What begins first is it: the others' marks may stand in a value.
        var found = new (int At, Func<PastedLaunch?> Read)[]
        {
            (IndexOf(JsonStart(), text), () => Json(text)),
            (IndexOf(ShellStart(), text), () => Shell(text)),
            (IndexOf(TerraformStart(), text), () => Terraform(text)),
            (IndexOf(PythonStart(), text), () => Python(text)),
        };
        return found.Where(f => f.At >= 0).OrderBy(f => f.At).Select(f => f.Read()).FirstOrDefault(p => p is not null)
            ?? new PastedLaunch(null, new NewCluster { ClusterTemplateId = "" }, new HashSet<string>(), 0, []);
    }

    private static int IndexOf(Regex start, string text) => start.Match(text) is { Success: true } match ? match.Index : -1;

    private static PastedLaunch Json(string text)
    {
        var fields = new LaunchFields(python: true);
        return fields.Finish("Paste.Form.Json", ReadJson(fields, text, 1));
    }

    private static List<CodeProblem> ReadJson(LaunchFields fields, string text, int line)
    {
        var reader = new LiteralReader(text, Dialect.Json, line);
        if (!reader.Take('{'))
        {
            return [new(line, "Paste.NoBody")];
        }

        foreach (var entry in reader.ReadEntries('}'))
        {
            fields.Take(entry.Name, entry.Name, entry.Value, entry.Line);
        }

        reader.SkipSpace();
        return reader.Position < text.Length ? [.. reader.Problems, new(reader.LineOf(reader.Position), "Paste.Behind")] : [.. reader.Problems];
    }

    private static PastedLaunch? Shell(string text)
    {
        var reader = new ShellReader(text);
        PastedLaunch? launch = null;
        while (reader.ReadCommand() is { } words)
        {
            // A prompt, variables for this command, and who should run it.
            while (words.Count > 0 && (words[0].Text is "$" or "sudo" or "time" || Assignment().IsMatch(words[0].Text)))
            {
                words.RemoveAt(0);
            }

            var read = words.Count == 0 ? null : words[0].Text switch
            {
                "openstack" => Cli(words),
                "curl" => Curl(words),
                _ => null,
            };
            if (read is not null && launch is not null)
            {
                return launch with { Problems = [.. launch.Problems, new(words[0].Line, "Paste.Another")] };
            }

            launch = read ?? launch;
        }

        return launch is null ? null : launch with { Problems = [.. launch.Problems, .. reader.Problems] };
    }

    private static PastedLaunch? Cli(List<ShellWord> words)
    {
        var verb = Enumerable.Range(1, words.Count - 1).FirstOrDefault(i => words.Skip(i).Take(3).Select(w => w.Text).SequenceEqual(["coe", "cluster", "create"]));
        if (verb == 0)
        {
            return null;
        }

        var fields = new LaunchFields(python: false);
        List<ShellWord> labels = [];
        ShellWord? name = null;
        ShellWord? doubtful = null;
        var optionsEnded = false;
        for (var i = verb + 3; i < words.Count; i++)
        {
            var word = words[i];
            if (optionsEnded || !word.Text.StartsWith('-') || word.Text is "-")
            {
                if (name is not null)
                {
                    fields.Tell(new(word.Line, "Paste.Syntax", word.Text));
                }

                name ??= word;
                continue;
            }

            if (word.Text is "--")
            {
                optionsEnded = true;
                continue;
            }

            var cut = word.Text.IndexOf('=', StringComparison.Ordinal);
            var shown = cut < 0 ? word.Text : word.Text[..cut];
            var option = shown is "-l" ? "labels" : Complete(shown);
            if (option is not null && CliFlags.TryGetValue(option, out var flag))
            {
                fields.Take(shown, flag.Name, new CodeValue.Flag(flag.Value), word.Line);
                continue;
            }

            var value = cut >= 0 ? word with { Text = word.Text[(cut + 1)..] } : i + 1 < words.Count && !words[i + 1].Text.StartsWith('-') ? words[++i] : null;
            if (option is null)
            {
                // Whether the next word is its value cannot be known; without another it is the name.
                doubtful = cut < 0 ? value : doubtful;
                fields.Tell(new(word.Line, "Paste.Unknown", shown));
            }
            else if (value is null)
            {
                fields.Tell(new(word.Line, "Paste.NoValue", shown));
            }
            else if (option is "labels")
            {
                labels.Add(value);
            }
            else
            {
                fields.Take(shown, CliNames[option], Value(value), value.Line);
            }
        }

        if ((name ?? doubtful) is { } called)
        {
            fields.Take("name", "name", Value(called), called.Line);
        }

        if (labels.Count > 0)
        {
            fields.Take("--labels", "labels", new CodeValue.Map(CliLabels(labels, fields)), labels[0].Line);
        }

        return fields.Finish("Paste.Form.Cli", []);
    }

    /// <summary>The option that is meant; the beginning of one is enough, as the client has it.</summary>
    private static string? Complete(string shown)
    {
        var begun = shown.TrimStart('-');
        var all = CliNames.Keys.Concat(CliFlags.Keys).ToList();
        return !shown.StartsWith("--", StringComparison.Ordinal) ? null
            : all.Contains(begun) ? begun
            : begun.Length > 0 && all.Where(o => o.StartsWith(begun, StringComparison.Ordinal)).ToList() is [var only] ? only : null;
    }

    /// <summary>As the client reads them: a lone option with several equals signs is a list, and of several with one name the values are joined.</summary>
    private static List<CodeEntry> CliLabels(List<ShellWord> given, LaunchFields fields)
    {
        var parts = given is [var lone] && lone.Text.Count(c => c is '=') > 1
            ? lone.Text.Replace(';', ',').Split(',').Where(p => p.Length > 0).Select(p => lone with { Text = p })
            : given;
        List<CodeEntry> labels = [];
        foreach (var part in parts)
        {
            var cut = part.Text.IndexOf('=', StringComparison.Ordinal);
            if (cut < 0)
            {
                fields.Tell(new(part.Line, "Paste.NoLabel", part.Text));
                continue;
            }

            var name = part.Text[..cut];
            var value = Value(part with { Text = part.Text[(cut + 1)..] });
            var same = labels.FindIndex(l => l.Name == name);
            if (same >= 0 && labels[same].Value is CodeValue.Text before && value is CodeValue.Text after)
            {
                labels[same] = labels[same] with { Value = new CodeValue.Text($"{before.Value},{after.Value}") };
            }
            else
            {
                labels.Add(new(name, value, part.Line));
            }
        }

        return labels;
    }

    private static CodeValue Value(ShellWord word) => word.Expansion is { } expansion ? new CodeValue.Computed(expansion) : new CodeValue.Text(word.Text);

    private static PastedLaunch? Curl(List<ShellWord> words)
    {
        ShellWord? body = null;
        ShellWord? url = null;
        var fields = new LaunchFields(python: true);
        for (var i = 1; i < words.Count; i++)
        {
            var word = words[i];
            var cut = word.Text.StartsWith("--", StringComparison.Ordinal) ? word.Text.IndexOf('=', StringComparison.Ordinal) : -1;
            var option = cut < 0 ? word.Text : word.Text[..cut];
            if (CurlData.Contains(option))
            {
                body = cut >= 0 ? word with { Text = word.Text[(cut + 1)..] } : i + 1 < words.Count ? words[++i] : null;
            }
            else if (word.Text.StartsWith("-d", StringComparison.Ordinal) && word.Text.Length > 2)
            {
                body = word with { Text = word.Text[2..] };
            }
            else if (CurlWithValue.Contains(option))
            {
                i += cut < 0 ? 1 : 0;
                url = option is "--url" ? cut < 0 && i < words.Count ? words[i] : word with { Text = word.Text[(cut + 1)..] } : url;
            }
            else if (!word.Text.StartsWith('-'))
            {
                url = word;
            }
        }

        if (url?.Text.Split('?')[0].TrimEnd('/').EndsWith("/clusters", StringComparison.Ordinal) != true)
        {
            return null;
        }

        // The quotes began on the word's line.
        return fields.Finish("Paste.Form.Curl", body is null || body.Text.StartsWith('@') || body.Expansion is not null && !body.Text.TrimStart().StartsWith('{')
            ? [new(body?.Line ?? words[0].Line, "Paste.NoBody")]
            : ReadJson(fields, body.Text, body.Line));
    }

    private static PastedLaunch? Terraform(string text)
    {
        var reader = new LiteralReader(text, Dialect.Terraform);
        PastedLaunch? launch = null;
        while (true)
        {
            reader.SkipSpace();
            var line = reader.LineOf(reader.Position);
            var start = reader.Position;
            var word = reader.TakeWord();
            var kind = word is null ? null : reader.TakeText();
            while (reader.TakeText() is not null || (word is not null && reader.TakeWord() is not null))
            {
                // the block's other labels
            }

            if (reader.Position >= text.Length)
            {
                return launch is null ? null : launch with { Problems = [.. launch.Problems, .. reader.Problems] };
            }

            if (word is "resource" && kind is Resource && reader.Take('{'))
            {
                var fields = new LaunchFields(python: false);
                foreach (var entry in reader.ReadEntries('}'))
                {
                    var name = entry.Name switch { "flavor" => "flavor_id", "master_flavor" => "master_flavor_id", var other => other };
                    fields.Take(entry.Name, name, entry.Name is "count" or "for_each" or "provider" or "depends_on" ? new CodeValue.Block() : entry.Value, entry.Line);
                }

                if (launch is not null)
                {
                    return launch with { Problems = [.. launch.Problems, new(line, "Paste.Another")] };
                }

                launch = fields.Finish("Paste.Form.Terraform", []);
            }
            else if (reader.Take('{'))
            {
                reader.Position--;
                reader.SkipBrackets();
            }
            else if (reader.Position == start)
            {
                reader.Position++;
            }
        }
    }

    private static PastedLaunch? Python(string text)
    {
        PastedLaunch? launch = null;
        var end = 0;
        foreach (var call in PythonStart().Matches(text).Cast<Match>().Where(c => c.Index >= end))
        {
            var reader = new LiteralReader(text, Dialect.Python) { Position = call.Index + call.Length };
            var fields = new LaunchFields(python: true);
            var entries = reader.ReadEntries(')');
            end = reader.Position;   // what looks like a call before is in a text of this one
            var function = call.Groups["function"].Value;
            if (function is "post")
            {
                if (entries is not [{ Name: "", Value: CodeValue.Text { Value: var path } }, ..] || !path.TrimEnd('/').EndsWith("/clusters", StringComparison.Ordinal)
                    || entries.Find(e => e.Name is "json") is not { Value: CodeValue.Map body })
                {
                    continue;
                }

                entries = [.. body.Entries];
            }

            if (launch is not null)
            {
                return launch with { Problems = [.. launch.Problems, new(reader.LineOf(call.Index + call.Length), "Paste.Another")] };
            }

            var places = new Queue<string>(function is "create_coe_cluster" ? ["name", "cluster_template_id"] : []);
            foreach (var entry in entries)
            {
                var shown = entry.Name.Length > 0 ? entry.Name : places.TryDequeue(out var place) ? place : "";
                var name = shown is "is_floating_ip_enabled" or "is_master_lb_enabled" ? shown[3..] : shown;
                if (shown.Length > 0)
                {
                    fields.Take(shown, name, entry.Value, entry.Line);
                }
                else
                {
                    fields.Tell(new(entry.Line, "Paste.NoName"));
                }
            }

            launch = fields.Finish("Paste.Form.Python", reader.Problems);
        }

        return launch;
    }

    [GeneratedRegex(@"\A\s*(?=\{)")]
    private static partial Regex JsonStart();

    [GeneratedRegex(@"^[ \t]*(?:\$ |sudo |time |[A-Za-z_][A-Za-z0-9_]*=\S* )*(?:openstack|curl)\b", RegexOptions.Multiline)]
    private static partial Regex ShellStart();

    [GeneratedRegex("""^[ \t]*resource[ \t]+"openstack_containerinfra_cluster_v1"[ \t]""", RegexOptions.Multiline)]
    private static partial Regex TerraformStart();

    [GeneratedRegex(@"^[^\n#]*?\b(?<function>create_cluster|create_coe_cluster|post)[ \t]*\(", RegexOptions.Multiline)]
    private static partial Regex PythonStart();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*=")]
    private static partial Regex Assignment();
}
