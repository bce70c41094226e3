using System.Text.RegularExpressions;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Cli;

/// <summary>The product with its embedded cloud, which runs fast, and the installed <c>openstack</c> client signed in by the lines that the product printed.</summary>
public sealed partial class CliLane : IAsyncLifetime
{
    private MagnumProcess? _magnum;

    internal MagnumProcess Magnum => _magnum ?? throw new InvalidOperationException("The lane was not chosen.");

    /// <summary>The client with the printed lines, unchanged: user demo.</summary>
    internal OpenStackClient Demo { get; private set; } = null!;

    /// <summary>The same with the administrator's name in them.</summary>
    internal OpenStackClient Admin { get; private set; } = null!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (!Lane.IsChosen(Lane.Cli))
        {
            return;
        }

        var settings = new Dictionary<string, string> { ["EmbeddedCloud:Speed"] = "60" };
        _magnum = await MagnumProcess.StartAsync("cli", settings, TestContext.Current.CancellationToken);
        var printed = Exports().Matches(_magnum.Console).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value);

        // "coe cluster config" asks which shell it is to speak to, and a service that runs tests has none.
        printed["SHELL"] = "/bin/bash";
        Demo = new OpenStackClient(printed);
        Admin = new OpenStackClient(new Dictionary<string, string>(printed) { ["OS_USERNAME"] = "admin", ["OS_PASSWORD"] = "admin", ["OS_PROJECT_NAME"] = "admin" });
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _magnum?.DisposeAsync() ?? ValueTask.CompletedTask;

    [GeneratedRegex(@"^\s*export (?<name>OS_\w+)=(?<value>\S*)\s*$", RegexOptions.Multiline)]
    private static partial Regex Exports();
}

/// <summary>Tests of this collection share one product.</summary>
[CollectionDefinition(nameof(CliLane))]
public sealed class CliLaneDefinition : ICollectionFixture<CliLane>;
