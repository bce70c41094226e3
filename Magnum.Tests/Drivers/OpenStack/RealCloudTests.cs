using Magnum.Drivers.OpenStack;
using Magnum.Drivers.OpenStack.Configuration;
using Magnum.Tests.Support.Lanes;
using Microsoft.Extensions.Configuration;

namespace Magnum.Tests.Drivers.OpenStack;

/// <summary>The contract against the real OpenStack of <c>deploy/devcloud</c>, configured by its <c>magnum.env</c> as Magnum itself would be.</summary>
[Trait("Lane", Lane.OpenStack)]
public sealed class RealCloudTests : CloudContract
{
    public override ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Lane.IsChosen(Lane.OpenStack), "Needs a real OpenStack: ./test.sh openstack");
        return base.InitializeAsync();
    }

    protected override async Task<OpenStackOptions> StartAsync()
    {
        var directory = Environment.GetEnvironmentVariable("DEVCLOUD") ?? "/tmp/devcloud";
        var lines = await File.ReadAllLinesAsync(Path.Combine(directory, "magnum.env"), TestContext.Current.CancellationToken);
        var variables = lines
            .Select(line => line.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim().Trim('\'', '"'));
        var settings = variables.Select(v => new KeyValuePair<string, string?>(v.Key.Replace("__", ":", StringComparison.Ordinal), v.Value));
        var options = OpenStackConfiguration.Resolve(
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), new VariablesOnly(variables));
        Assert.NotNull(options);
        return options;
    }

    private sealed class VariablesOnly(Dictionary<string, string> variables) : IProcessEnvironment
    {
        public string CurrentDirectory => "/";

        public string? GetVariable(string name) => variables.GetValueOrDefault(name);

        public string? ReadFile(string path) => null;
    }
}
