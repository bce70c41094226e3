using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Magnum.Bench;

/// <summary>One open page, without a browser: takes every render and answers every call of JavaScript.</summary>
internal sealed partial class Circuit : IAsyncDisposable
{
    /// <summary>Handle, identifier, arguments, kind of the result, target, kind of the call.</summary>
    private static readonly Type[] JavaScriptCall = [typeof(long), typeof(string), typeof(string), typeof(int), typeof(long), typeof(int)];

    private readonly HubConnection _hub;
    private readonly TaskCompletionSource _shown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _mark;
    private int _renders;

    private Circuit(HubConnection hub, string mark)
    {
        (_hub, _mark) = (hub, Encoding.UTF8.GetBytes(mark));
        _hub.On<int, byte[]>("JS.RenderBatch", RenderedAsync);
        _hub.On("JS.BeginInvokeJS", JavaScriptCall, (call, _) => AnswerAsync((long)call[0]!), this);
        _hub.On<string>("JS.Error", error => _shown.TrySetException(new InvalidOperationException(error)));
        _hub.Closed += error =>
        {
            _shown.TrySetException(error ?? new InvalidOperationException("The circuit was closed."));
            return Task.CompletedTask;
        };
    }

    /// <summary>How often the server has rendered.</summary>
    public int Renders => Volatile.Read(ref _renders);

    public bool IsClosed => _hub.State is HubConnectionState.Disconnected;

    /// <summary>Signs in by the form; the cookies are those of every page that is opened then.</summary>
    public static async Task<HttpClientHandler> SignInAsync(Uri web)
    {
        var handler = new HttpClientHandler { UseProxy = false, CookieContainer = new CookieContainer(), MaxConnectionsPerServer = 32 };
        using var http = new HttpClient(handler, disposeHandler: false) { BaseAddress = web };
        var form = Hidden().Matches(await http.GetStringAsync("/sign-in")).ToDictionary(m => m.Groups[1].Value, m => WebUtility.HtmlDecode(m.Groups[2].Value));
        (form["Form.Method"], form["Form.UserName"], form["Form.Password"], form["Form.Domain"]) = ("Password", "demo", "demo", "Default");
        using var content = new FormUrlEncodedContent(form);
        using var answer = await http.PostAsync("/sign-in", content);
        answer.EnsureSuccessStatusCode();
        return handler;
    }

    /// <summary>Opens a page and waits for what it shows when it has read its data.</summary>
    /// <param name="mark">Part of that.</param>
    public static async Task<Circuit> OpenAsync(HttpClient http, CookieContainer cookies, string path, string mark)
    {
        var address = new Uri(http.BaseAddress!, path);
        var html = await http.GetStringAsync(address);
        var hub = new HubConnectionBuilder().WithUrl(new Uri(http.BaseAddress!, "/_blazor"), HttpTransportType.WebSockets, options =>
        {
            options.Cookies = cookies;
            options.SkipNegotiation = true;
        });
        hub.Services.RemoveAll<IHubProtocol>();
        hub.Services.AddSingleton<IHubProtocol, BlazorPackProtocol>();
        var circuit = new Circuit(hub.Build(), mark);
        await circuit._hub.StartAsync();
        var state = State().Match(html).Groups[1].Value;
        await circuit._hub.InvokeAsync<string>("StartCircuit", http.BaseAddress!.AbsoluteUri, address.AbsoluteUri, "[]", state);
        var components = new JsonArray([.. Markers(html).Select((marker, i) => new JsonObject { ["type"] = "add", ["ssrComponentId"] = i + 1, ["marker"] = marker })]);
        await circuit._hub.SendAsync("UpdateRootComponents", new JsonObject { ["batchId"] = 1, ["operations"] = components }.ToJsonString(), state);
        await circuit._shown.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return circuit;
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    private static IEnumerable<JsonNode> Markers(string html) =>
        Marker().Matches(html).Select(m => JsonNode.Parse(m.Groups[1].Value)!).Where(m => (string?)m["type"] == "server");

    private async Task RenderedAsync(int batch, byte[] changes)
    {
        Interlocked.Increment(ref _renders);
        await _hub.SendAsync("OnRenderCompleted", batch, null);
        if (changes.AsSpan().IndexOf(_mark) >= 0)
        {
            _shown.TrySetResult();
        }
    }

    /// <summary>Nobody waits for the answer of handle 0.</summary>
    private Task AnswerAsync(long handle) => handle == 0 ? Task.CompletedTask : _hub.SendAsync("EndInvokeJSFromDotNet", handle, true, $"[{handle},true,null]");

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]*)" ?/>""")]
    private static partial Regex Hidden();

    [GeneratedRegex("<!--Blazor:({.*?})-->")]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(.*?)-->")]
    private static partial Regex State();
}
