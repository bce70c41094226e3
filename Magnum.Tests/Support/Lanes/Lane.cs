namespace Magnum.Tests.Support.Lanes;

/// <summary>A group of tests that needs more than the SDK and is run on demand: <c>./test.sh cli</c>, or <c>MAGNUM_LANE=cli dotnet test</c>.</summary>
internal static class Lane
{
    /// <summary>The distribution's Chromium on the dashboard.</summary>
    public const string Browser = "browser";

    /// <summary>The distribution's <c>openstack</c> client against the product.</summary>
    public const string Cli = "cli";

    /// <summary>Nodes' scripts and drivers on the real programs that clusters are made of, which <c>deploy/engines</c> brings.</summary>
    public const string Engines = "engines";

    /// <summary>The product on databases other than SQLite.</summary>
    public const string Databases = "databases";

    /// <summary>The product on the cloud that <c>deploy/devcloud</c> brings up.</summary>
    public const string OpenStack = "openstack";

    private static readonly string[] Chosen =
        (Environment.GetEnvironmentVariable("MAGNUM_LANE") ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether this run is meant to run the lane's tests; fixtures do nothing otherwise, as xunit makes them for skipped tests too.</summary>
    public static bool IsChosen(string lane) => Chosen.Contains(lane, StringComparer.OrdinalIgnoreCase);
}
