using System.Text.Json.Nodes;
using Magnum.Drivers.Docker;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Engines;

/// <summary>A swarm of a manager and two workers.</summary>
public sealed class SwarmLane() : MachineLane(Name)
{
    internal const string Name = "bees";

    /// <summary>What the driver asks the cluster by, with a client's files.</summary>
    internal async Task<SwarmApi> SwarmAsync(string files) => new(Name, SwarmApi.ServerOf((string?)(await ShowAsync())["api_address"])!, await AccessAsync(files));

    /// <summary>Runs the installed <c>docker</c> on the cluster's API with a client's files, however it ends.</summary>
    internal async Task<CommandResult> DockerAsync(string files, params string[] arguments) => await CommandLine.RunAsync(
        "docker",
        arguments,
        new Dictionary<string, string> { ["DOCKER_HOST"] = (string)(await ShowAsync())["api_address"]!, ["DOCKER_CERT_PATH"] = files, ["DOCKER_TLS_VERIFY"] = "True" },
        Ct);

    /// <inheritdoc />
    protected override JsonObject Template() => new() { ["coe"] = "swarm", ["image_id"] = "ubuntu-24.04", ["master_flavor_id"] = "m1.small", ["labels"] = new JsonObject() };
}
