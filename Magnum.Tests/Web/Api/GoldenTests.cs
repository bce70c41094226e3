using System.Text.Json;
using System.Text.RegularExpressions;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Tests.Support;

namespace Magnum.Tests.Web.Api;

/// <summary>
/// Exchanges recorded from Magnum 15 (Zed), played again in their order on a cloud like the recorded one. What we answer otherwise
/// stands in a table with its reason; a new difference fails, and so does an entry that is none any more.
/// </summary>
public sealed partial class GoldenTests
{
    private const string DemoProject = "359262c1a4d740209e1cd7c765034902";

    private static readonly Dictionary<string, string> Reviewed = GoldenDifferences.All;

    [Fact]
    public async Task EveryExchange_IsAnsweredAsRecorded_OrReviewed()
    {
        using var world = new ApiWorld();
        Prepare(world);
        var ids = new Dictionary<string, string>();
        var launchable = await world.Core.AddTemplateAsync(world.Callers["demo"], RequestWorld.Spec("launchable") with { ImageId = "fedora-coreos", KeyPairId = "demo" });
        ids["6fbc3e3d-9575-4b3d-bbf2-8a0cc1026265"] = launchable.Uuid.ToString();   // the recording does not hold how it was made
        var differences = new Dictionary<string, string>();
        var path = Path.Combine(AppContext.BaseDirectory, "Fixtures", "golden", "magnum-15.jsonl");
        await foreach (var line in File.ReadLinesAsync(path, TestContext.Current.CancellationToken))
        {
            var exchange = JsonDocument.Parse(line).RootElement;
            if (exchange.GetProperty("name").GetString() == "template-invalid-readonly-uuid")
            {
                continue;   // what it made was removed again without a record
            }

            var answer = await ReplayAsync(world, exchange, ids);
            if (Compare(exchange, answer, ids) is { } difference)
            {
                differences[exchange.GetProperty("name").GetString()!] = difference;
            }
        }

        var unknown = differences.Where(d => !Reviewed.ContainsKey(d.Key)).Select(d => $"new: {d.Key}: {d.Value}");
        var stale = Reviewed.Keys.Where(name => !differences.ContainsKey(name)).Select(name => $"no difference any more: {name}");
        var problems = unknown.Concat(stale).ToList();
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    private static void Prepare(ApiWorld world)
    {
        world.Core.Images.Images.Clear();
        world.Core.Images.Images.AddRange(
        [
            new Image("97e37963-7b44-4abd-a574-7baad7326300", "fedora-coreos", "active", 0, 0, new Dictionary<string, string> { ["os_distro"] = "fedora-coreos" }),
            FakeImages.New("fedora-atomic", "fedora-atomic"),
            FakeImages.New("ubuntu", "ubuntu"),
            FakeImages.New("no-distro", null),
        ]);
        world.Core.Compute.Flavors.Add(new Flavor("0", "m1.tiny", 1, 512, 1));
        world.Core.Compute.Flavors[0] = new Flavor("726648c5-5c35-4b19-a8b1-ed6348160cf5", "m1.small", 1, 2048, 20);
        world.Core.Compute.KeyPairs.Add(new KeyPair("demo", "ssh-ed25519 AAAA"));
        world.Core.Networking.Networks[0] = new Network("e436f190-9259-483f-bf17-b17fc8c9de7b", "public", External: true, Shared: true, null, []);
        world.Core.Driver.Description = FakeDriver.Kubernetes() with
        {
            ClusterTypes = [new ClusterType("vm", "fedora-coreos", "kubernetes")],
            NetworkDrivers = ["flannel", "calico"],
        };
        const string admin = "c0ad5508b8154501ac0c660409ba1838";
        const string alt = "f17165a39a234d1e85a326b509e7ab61";
        world.Core.Identity.Projects.UnionWith([DemoProject, admin, alt]);
        world.Callers["demo"] = TestCaller.Member(DemoProject, "f69b424a019c4f94953f698a11e135aa");
        world.Callers["demo_reader"] = TestCaller.Reader(DemoProject, "210116cee1a542b38905b1d737799439");
        world.Callers["alt_demo"] = TestCaller.Member(alt, "47f5c46161c443709957bb4b57614455");
        world.Callers["admin"] = TestCaller.Admin(admin, "7808ecaa28e1433db526f54d8f777d85");
    }

    private static Task<ApiAnswer> ReplayAsync(ApiWorld world, JsonElement exchange, Dictionary<string, string> ids)
    {
        var headers = exchange.GetProperty("headers").EnumerateObject().ToDictionary(h => h.Name, h => h.Value.GetString()!);
        var body = exchange.TryGetProperty("body", out var json) ? json.GetRawText() : exchange.TryGetProperty("raw_body", out var raw) ? raw.GetString() : null;
        return world.SendAsync(
            exchange.GetProperty("method").GetString()!,
            Ours(exchange.GetProperty("path").GetString()!, ids),
            body is null ? null : Ours(body, ids),
            exchange.GetProperty("as").GetString() is var who && who == "nobody" ? null : who,
            headers.TryGetValue("OpenStack-API-Version", out var version) ? " " + version.Replace("latest", "1.10", StringComparison.Ordinal) : null,   // the recorded release's latest
            headers.GetValueOrDefault("Content-Type") ?? "",
            headers.TryGetValue("Accept", out var accept) ? [("Accept", accept)] : []);
    }

    /// <summary>Null when the answers agree: status; of errors code and title; of what was made or shown the values; of lists the keys.</summary>
    private static string? Compare(JsonElement exchange, ApiAnswer answer, Dictionary<string, string> ids)
    {
        var status = exchange.GetProperty("status").GetInt32();
        if (status != (int)answer.Status)
        {
            return $"{status} became {(int)answer.Status} {answer.Text}";
        }

        var theirs = exchange.GetProperty("response");
        if (theirs.ValueKind != JsonValueKind.Object || answer.Header("Content-Type") != "application/json")
        {
            return null;
        }

        if (answer.Json.TryGetProperty("uuid", out var uuid) && theirs.TryGetProperty("uuid", out var recorded))
        {
            ids[recorded.GetString()!] = uuid.GetString()!;
        }

        if (theirs.TryGetProperty("errors", out var errors))
        {
            var (their, our) = (errors[0], answer.Error);
            var title = Plain(their.GetProperty("title").GetString()!, ids);
            return title == "" || (title, their.GetProperty("code").GetString()) == (Plain(our.GetProperty("title").GetString()!, ids), our.GetProperty("code").GetString())
                ? null
                : $"'{title}' became '{our.GetProperty("title").GetString()}'";
        }

        foreach (var member in theirs.EnumerateObject())
        {
            if (member.Name is "bays" or "baymodels" or "next" or "description" or "id")
            {
                continue;
            }

            if (!answer.Json.TryGetProperty(member.Name, out var our))
            {
                return $"{member.Name} is missing";
            }

            if (member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() > 0 && our.GetArrayLength() > 0 && our[0].ValueKind == JsonValueKind.Object)
            {
                if (member.Value[0].EnumerateObject().Select(p => p.Name).Except(our[0].EnumerateObject().Select(p => p.Name)).FirstOrDefault() is { } missing)
                {
                    return $"{member.Name}[].{missing} is missing";
                }

                continue;
            }

            if (member.Value.ValueKind != JsonValueKind.Array && Value(member.Value, ids) != Value(our, ids))
            {
                return $"{member.Name}: {member.Value.GetRawText()} became {our.GetRawText()}";
            }
        }

        return null;
    }

    private static string Value(JsonElement value, Dictionary<string, string> ids) => value.ValueKind is JsonValueKind.Null ? "{}" : Plain(JsonSerializer.Serialize(value), ids);

    private static string Ours(string text, Dictionary<string, string> ids) =>
        Uuid().Replace(text, match => ids.TryGetValue(match.Value, out var ours) ? ours
            : ids.TryGetValue(match.Value.ToLowerInvariant(), out ours) ? ours.ToUpperInvariant()
            : match.Value);

    private static string Plain(string text, Dictionary<string, string> ids) =>
        Time().Replace(Uuid().Replace(text, match => ids.ContainsValue(match.Value) || ids.ContainsKey(match.Value) ? "uuid" : match.Value), "time");

    [GeneratedRegex("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[\d:.]+(\+00:00)?")]
    private static partial Regex Time();
}
