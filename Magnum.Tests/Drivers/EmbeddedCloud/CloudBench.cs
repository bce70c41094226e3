using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud;
using Magnum.Drivers.EmbeddedCloud.Heat.Api;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;
using Magnum.Drivers.EmbeddedCloud.Heat.Template;
using Magnum.Drivers.EmbeddedCloud.Nova;
using Microsoft.Extensions.Time.Testing;

namespace Magnum.Tests.Drivers.EmbeddedCloud;

/// <summary>The embedded cloud without its doors, on a clock that the test turns.</summary>
internal sealed class CloudBench : IDisposable
{
    public CloudBench(string? stateFile = null, FakeTimeProvider? time = null)
    {
        Time = time ?? new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Cloud = new Cloud(new EmbeddedCloudOptions { Time = Time, StateFile = stateFile });
    }

    public FakeTimeProvider Time { get; }

    public Cloud Cloud { get; }

    /// <summary>Whether booted servers report themselves, as they do over HTTP.</summary>
    public bool NodesReport { get; set; } = true;

    public static string Project { get; } = CloudSeed.ProjectId("demo");

    public void Dispose() => Cloud.Dispose();

    public StackRow Create(string template, JsonObject? more = null, string name = "blue")
    {
        var body = more ?? [];
        body["template"] = template;
        var definition = StackRequest.Read(body, null);
        var tags = StackRequest.Tags(body);
        lock (Cloud.Gate)
        {
            return Cloud.Heat.Create(new StackRow
            {
                Id = Guid.NewGuid().ToString(),
                Name = name,
                ProjectId = Project,
                UserId = CloudSeed.UserId("demo"),
                UserName = "demo",
                TimeoutMins = StackRequest.Timeout(body),
                DisableRollback = body["disable_rollback"]?.GetValue<bool>() ?? true,
                Tags = tags,
                Definition = definition,
                Scenario = Cloud.Scenarios.ForStack(name, tags, definition.Parameters),
            });
        }
    }

    /// <summary>Like <c>PATCH</c>: what is not given stays.</summary>
    public void Update(StackRow stack, JsonObject body) => Cloud.Heat.Update(stack, StackRequest.Read(body, stack.Definition));

    /// <summary>Lets this much time pass, stopping wherever something is due.</summary>
    public void Pass(TimeSpan time)
    {
        var end = Time.GetUtcNow() + time;
        for (var rounds = 0; ; rounds++)
        {
            Assert.True(rounds < 100_000, "The cloud never comes to rest");
            Cloud.Advance();
            PlayNodes();
            var next = Cloud.Advance();
            if (next is null || next > end)
            {
                break;
            }

            if (next > Time.GetUtcNow())
            {
                Time.SetUtcNow(next.Value);
            }
        }

        Time.SetUtcNow(end);
        Cloud.Advance();
    }

    /// <summary>Lets time pass until the stack is done; returns how much that was.</summary>
    public TimeSpan Settle(StackRow stack)
    {
        var start = Time.GetUtcNow();
        for (var seconds = 0; stack.InProgress && seconds < 7200; seconds++)
        {
            Pass(TimeSpan.FromSeconds(1));
        }

        Assert.False(stack.InProgress, $"{stack.State}: {stack.Reason}");
        return Time.GetUtcNow() - start;
    }

    public StackRow Made(string template, JsonObject? more = null, string name = "blue")
    {
        var stack = Create(template, more, name);
        Settle(stack);
        Assert.Equal("Stack CREATE completed successfully", stack.Reason);
        return stack;
    }

    public JsonNode? Output(StackRow stack, string key) => Cloud.Heat.OutputOf(stack, key);

    /// <summary>The value of one expression, resolved in a stack of its own.</summary>
    public JsonNode? Evaluate(string expression, string rest = "", JsonObject? more = null)
    {
        var stack = Create($"heat_template_version: 2021-04-16\n{rest}\noutputs:\n  it:\n    value: {expression}\n", more, "e" + Guid.NewGuid().ToString("N"));
        Settle(stack);
        return Output(stack, "it");
    }

    public static JsonNode? Yaml(string text) => YamlReader.Read(text);

    private void PlayNodes()
    {
        while (Cloud.Compute.Reports.TryDequeue(out var id))
        {
            var server = Cloud.Compute.State.Servers[id];
            if (!NodesReport)
            {
                continue;
            }

            // .../stacks/NAME/ID/resources/RESOURCE/signal
            var path = UserDataFiles.SignalOf(server.UserData)!.Endpoint.Segments.Select(s => s.Trim('/')).ToList();
            var stack = Cloud.Heat.Stacks[path[^4]];
            server.Boot = BootState.Quiet;
            Cloud.Heat.Signal(stack, stack.Live(path[^2])!, new JsonObject
            {
                ["status"] = server.Scenario is "node-fails" ? "FAILURE" : "SUCCESS",
                ["reason"] = server.Scenario is "node-fails" ? "kubelet is not healthy" : "ready",
                ["id"] = server.Name,
            });
            Cloud.Advance();
        }
    }
}
