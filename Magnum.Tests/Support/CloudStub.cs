using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Magnum.Tests.Support;

/// <summary>What was asked of the stub.</summary>
internal sealed record StubCall(string Method, string PathAndQuery, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public string Line => $"{Method} {PathAndQuery}";

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>A cloud of recorded bodies at <c>http://cloud.test</c>, laid out in paths as DevStack does.</summary>
internal sealed class CloudStub : HttpMessageHandler
{
    public const string Project = "6d59e4653f494ea497fe79bea5caf1df";

    private readonly Dictionary<string, Queue<Func<StubCall, HttpResponseMessage>>> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<StubCall> _calls = new();
    private readonly Lock _gate = new();
    private int _tokens;

    public CloudStub(TimeProvider time)
    {
        Time = time;
        Always("POST /identity/v3/auth/tokens", _ => Token($"token-{Interlocked.Increment(ref _tokens)}"));
    }

    public TimeProvider Time { get; }

    /// <summary>How long a token lives.</summary>
    public TimeSpan TokenLife { get; set; } = TimeSpan.FromHours(1);

    /// <summary>All calls but those for tokens.</summary>
    public IReadOnlyList<StubCall> Calls => [.. _calls.Where(c => c.Line != "POST /identity/v3/auth/tokens")];

    /// <summary>The calls for tokens.</summary>
    public IReadOnlyList<StubCall> SignIns => [.. _calls.Where(c => c.Line == "POST /identity/v3/auth/tokens")];

    public static string Fixture(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "openstack", name));

    /// <summary>Answers such calls in turn; the last answer stays. The query may be left out.</summary>
    public void On(string line, params Func<StubCall, HttpResponseMessage>[] answers)
    {
        lock (_gate)
        {
            _answers[line] = new Queue<Func<StubCall, HttpResponseMessage>>(answers);
        }
    }

    public void Always(string line, Func<StubCall, HttpResponseMessage> answer) => On(line, answer);

    public void OnFixture(string line, string fixture) => Always(line, _ => Json(200, Fixture(fixture)));

    public static HttpResponseMessage Json(int status, string body) => new((HttpStatusCode)status)
    {
        Content = new StringContent(body, Encoding.UTF8, "application/json"),
        Headers = { { "X-Openstack-Request-Id", "req-theirs" } },
    };

    /// <summary>Keystone's recorded answer with this token, an end of its own, and a catalog of the stub's addresses.</summary>
    public HttpResponseMessage Token(string token, string fixture = "keystone-token.json")
    {
        var body = Fixture(fixture);
        var expires = System.Text.RegularExpressions.Regex.Replace(
            body, "\"expires_at\": \"[^\"]+\"", $"\"expires_at\": \"{Time.GetUtcNow() + TokenLife:yyyy-MM-ddTHH:mm:ss.ffffffZ}\"");
        foreach (var (recorded, ours) in (ReadOnlySpan<(string, string)>)[
            ("http://127.0.0.1:8004/v1", "http://cloud.test/orchestration/v1"),
            ("http://127.0.0.1:8774", "http://cloud.test/compute"),
            ("http://127.0.0.1:9696", "http://cloud.test/network"),
            ("http://127.0.0.1:9292", "http://cloud.test/image"),
            ("http://127.0.0.1:5000", "http://cloud.test/identity")])
        {
            expires = expires.Replace(recorded, ours, StringComparison.Ordinal);
        }

        var answer = Json(201, expires);
        answer.Headers.Add("X-Subject-Token", token);
        return answer;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var call = new StubCall(
            request.Method.Method,
            request.RequestUri!.PathAndQuery,
            body,
            request.Headers.ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase));
        _calls.Enqueue(call);
        Func<StubCall, HttpResponseMessage>? answer;
        lock (_gate)
        {
            var queue = _answers.GetValueOrDefault(call.Line) ?? _answers.GetValueOrDefault($"{call.Method} {request.RequestUri.AbsolutePath}");
            answer = queue is null ? null : queue.Count > 1 ? queue.Dequeue() : queue.Peek();
        }

        return answer?.Invoke(call) ?? throw new InvalidOperationException($"The stub does not know {call.Line}");
    }
}
