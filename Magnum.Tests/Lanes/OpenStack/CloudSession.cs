using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.OpenStack;

/// <summary>A token and the services it leads to.</summary>
internal sealed class CloudSession
{
    public CloudSession(HttpClient http, string token, JsonNode body)
    {
        Token = token;
        UserId = (string)body["user"]!["id"]!;
        ProjectId = (string)body["project"]!["id"]!;
        Keystone = Api("identity", "/v3", null);
        Nova = Api("compute", "", "compute 2.15");
        Neutron = Api("network", "/v2.0", null);
        Cinder = Api("volumev3", "", null);
        Heat = Api("orchestration", "", null);

        JsonApi Api(string type, string suffix, string? version)
        {
            var url = body["catalog"]!.AsArray().Where(s => (string?)s!["type"] == type).SelectMany(s => s!["endpoints"]!.AsArray())
                .First(e => (string?)e!["interface"] == "public")!["url"]!.GetValue<string>().TrimEnd('/');
            return new JsonApi(http, url.EndsWith(suffix, StringComparison.Ordinal) ? url : url + suffix, token, version);
        }
    }

    public string Token { get; }

    public string UserId { get; }

    public string ProjectId { get; }

    public JsonApi Keystone { get; }

    /// <summary>With the microversion at which an administrator sees user data, and server groups have <c>soft-anti-affinity</c>.</summary>
    public JsonApi Nova { get; }

    public JsonApi Neutron { get; }

    public JsonApi Cinder { get; }

    public JsonApi Heat { get; }
}
