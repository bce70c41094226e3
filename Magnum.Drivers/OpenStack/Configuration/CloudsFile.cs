using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Magnum.Drivers.OpenStack.Configuration;

/// <summary>One cloud of <c>clouds.yaml</c> with what <c>secure.yaml</c> adds to it, as the openstack command line reads them.</summary>
internal sealed class CloudsFile
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private CloudsFile(string name, string path) => (Name, Path) = (name, path);

    /// <summary>The cloud's name.</summary>
    public string Name { get; }

    /// <summary>The file it was found in.</summary>
    public string Path { get; }

    /// <summary>Reads a cloud.</summary>
    /// <exception cref="OpenStackConfigurationException">No file, no such cloud, or no YAML.</exception>
    public static CloudsFile Read(string cloud, IProcessEnvironment environment)
    {
        var candidates = Candidates("clouds", "OS_CLIENT_CONFIG_FILE", environment);
        foreach (var path in candidates)
        {
            if (environment.ReadFile(path) is not { } text)
            {
                continue;
            }

            var found = CloudIn(text, path, cloud)
                ?? throw new OpenStackConfigurationException([$"OS_CLOUD: {path} has no cloud named {cloud}."]);
            var file = new CloudsFile(cloud, path);
            file.Merge("", found);
            file.MergeSecrets(environment);
            return file;
        }

        throw new OpenStackConfigurationException([$"OS_CLOUD names the cloud {cloud}, but there is no clouds.yaml: looked for {string.Join(", ", candidates)}."]);
    }

    /// <summary>A value; in the cloud's <c>auth</c> part first, where most belong, then beside it.</summary>
    public string? this[string key] => _values.GetValueOrDefault($"auth.{key}") ?? _values.GetValueOrDefault(key);

    /// <summary>Keys beside <c>auth</c> that end so, with the suffix cut off.</summary>
    public IEnumerable<KeyValuePair<string, string>> EndingIn(string suffix) =>
        from value in _values
        where value.Key.EndsWith(suffix, StringComparison.Ordinal) && !value.Key.StartsWith("auth.", StringComparison.Ordinal)
        select new KeyValuePair<string, string>(value.Key[..^suffix.Length], value.Value);

    private static List<string> Candidates(string name, string variable, IProcessEnvironment environment)
    {
        var paths = new List<string>();
        if (environment.GetVariable(variable) is { } given)
        {
            paths.Add(given);
        }

        var home = environment.GetVariable("HOME");
        var userConfiguration = environment.GetVariable("XDG_CONFIG_HOME") ?? (home is null ? null : System.IO.Path.Combine(home, ".config"));
        string?[] directories =
        [
            environment.CurrentDirectory,
            userConfiguration is null ? null : System.IO.Path.Combine(userConfiguration, "openstack"),
            "/etc/openstack",
        ];
        paths.AddRange(
            from directory in directories
            where directory is not null
            from extension in Extensions
            select System.IO.Path.Combine(directory, name + extension));
        return paths;
    }

    private void MergeSecrets(IProcessEnvironment environment)
    {
        foreach (var path in Candidates("secure", "OS_CLIENT_SECURE_FILE", environment))
        {
            if (environment.ReadFile(path) is { } text)
            {
                if (CloudIn(text, path, Name) is { } secrets)
                {
                    Merge("", secrets);
                }

                return;
            }
        }
    }

    private void Merge(string prefix, YamlMappingNode node)
    {
        foreach (var (key, value) in node.Children)
        {
            var name = $"{prefix}{key}";
            if (value is YamlMappingNode inner)
            {
                Merge($"{name}.", inner);
            }
            else if (value is YamlScalarNode { Value: { } text } scalar && !IsNull(scalar))
            {
                _values[name] = text;
            }
        }
    }

    private static bool IsNull(YamlScalarNode scalar) => scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" };

    private static YamlMappingNode? CloudIn(string text, string path, string cloud)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            // The position only: the text around it may be a password.
            throw new OpenStackConfigurationException([$"{path} is not valid YAML (line {e.Start.Line})."]);
        }

        return stream.Documents.Count > 0
            && stream.Documents[0].RootNode is YamlMappingNode root
            && root.Children.TryGetValue("clouds", out var clouds)
            && clouds is YamlMappingNode map
            && map.Children.TryGetValue(cloud, out var found)
                ? found as YamlMappingNode
                : null;
    }
}
