using System.Text.Json.Nodes;

namespace Magnum.Tests.Support.Lanes;

/// <summary>The embedded cloud, asked past Magnum: what is really there.</summary>
internal sealed class EmbeddedCloudView(HttpClient http, Uri cloud)
{
    /// <summary>A token of a user in a project.</summary>
    public async Task<string> TokenAsync(string user, string project, CancellationToken cancellationToken) => (await SignInAsync(user, project, cancellationToken)).Token;

    /// <summary>What <c>POST /v1/clustertemplates</c> takes for a template that works here.</summary>
    public static JsonObject TemplateBody(string name) => new()
    {
        ["name"] = name,
        ["coe"] = "kubernetes",
        ["image_id"] = "ubuntu-22.04-kube-v1.32.1",
        ["external_network_id"] = "public",
        ["flavor_id"] = "m1.small",
        ["master_flavor_id"] = "m1.medium",
    };

    /// <summary>The id of a project that has a user of its name.</summary>
    public async Task<string> ProjectIdAsync(string name, CancellationToken cancellationToken) => (string)(await SignInAsync(name, name, cancellationToken)).Body["project"]!["id"]!;

    /// <summary>Names of the project's stacks, without the nested ones.</summary>
    public Task<IReadOnlyList<string>> StacksAsync(CancellationToken cancellationToken) => NamesAsync("orchestration", "/stacks", "stacks", "stack_name", cancellationToken);

    /// <summary>Names of the project's servers.</summary>
    public Task<IReadOnlyList<string>> ServersAsync(CancellationToken cancellationToken) => NamesAsync("compute", "/servers", "servers", "name", cancellationToken);

    /// <summary>Lets the cloud's time pass faster or slower.</summary>
    public async Task SetSpeedAsync(double speed, CancellationToken cancellationToken)
    {
        using var body = JsonApi.Json(new JsonObject { ["speed"] = speed });
        (await http.PutAsync(new Uri(cloud, "/embedded/clock"), body, cancellationToken)).EnsureSuccessStatusCode();
    }

    /// <summary>Switches a failure on.</summary>
    /// <param name="stack">Text in the names of the stacks that meet it.</param>
    public async Task SetScenarioAsync(string name, string? stack, CancellationToken cancellationToken)
    {
        using var body = JsonApi.Json(stack is null ? [] : new JsonObject { ["stack"] = stack });
        (await http.PutAsync(new Uri(cloud, $"/embedded/scenarios/{name}"), body, cancellationToken)).EnsureSuccessStatusCode();
    }

    /// <summary>Switches all failures off.</summary>
    public async Task ClearScenariosAsync(CancellationToken cancellationToken) =>
        (await http.DeleteAsync(new Uri(cloud, "/embedded/scenarios"), cancellationToken)).EnsureSuccessStatusCode();

    private async Task<IReadOnlyList<string>> NamesAsync(string service, string path, string list, string name, CancellationToken cancellationToken)
    {
        var (token, body) = await SignInAsync("demo", "demo", cancellationToken);
        var url = (string)body["catalog"]!.AsArray().Single(s => (string?)s!["type"] == service)!["endpoints"]!.AsArray().First(e => (string?)e!["interface"] == "public")!["url"]!;
        var rows = (await new JsonApi(http, url, token).GetAsync(path, cancellationToken)).Ok()[list]!.AsArray();
        return [.. rows.Select(row => (string)row![name]!).Order(StringComparer.Ordinal)];
    }

    /// <summary>The cloud's own users have their names as passwords.</summary>
    private Task<(string Token, JsonNode Body)> SignInAsync(string user, string project, CancellationToken cancellationToken) =>
        KeystoneSignIn.AskAsync(http, $"{cloud.AbsoluteUri}identity/v3", user, user, project, cancellationToken);
}
