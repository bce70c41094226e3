using System.Text.Json;
using System.Text.Json.Nodes;

namespace Magnum.Tests.Support.Lanes;

/// <summary>Signs in to Keystone by password, user and project of the domain Default.</summary>
internal static class KeystoneSignIn
{
    /// <param name="authUrl">Ending in <c>/v3</c>.</param>
    public static async Task<(string Token, JsonNode Body)> AskAsync(
        HttpClient http, string authUrl, string user, string password, string project, CancellationToken cancellationToken)
    {
        var domain = new { id = "default" };
        using var request = JsonApi.Json(JsonSerializer.SerializeToNode(new
        {
            auth = new
            {
                identity = new { methods = new[] { "password" }, password = new { user = new { name = user, domain, password } } },
                scope = new { project = new { name = project, domain } },
            },
        })!);
        using var answer = await http.PostAsync(new Uri($"{authUrl}/auth/tokens"), request, cancellationToken);
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{user} cannot sign in: {body}");
        return (answer.Headers.GetValues("X-Subject-Token").Single(), JsonNode.Parse(body)!["token"]!);
    }
}
