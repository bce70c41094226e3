using Magnum.Bench;

var all = new Dictionary<string, Func<Task>>
{
    ["start"] = StartupBench.RunAsync,
    ["launch"] = LaunchBench.RunAsync,
    ["notice"] = NoticeBench.RunAsync,
    ["notice-openstack"] = NoticeBench.RunOnOpenStackAsync,
    ["memory"] = MemoryBench.RunAsync,
    ["api"] = ThroughputBench.RunAsync,
    ["api-postgres"] = ThroughputBench.RunOnPostgresAsync,
    ["follow"] = FollowBench.RunAsync,
    ["dashboard"] = DashboardBench.RunAsync,
    ["circuits"] = CircuitsBench.RunAsync,
    ["soak"] = SoakBench.RunAsync,
};
foreach (var name in args.Length > 0 ? args : [.. all.Keys.Where(k => k is not ("notice-openstack" or "api-postgres" or "soak"))])
{
    if (!all.TryGetValue(name, out var run))
    {
        Console.Error.WriteLine($"'{name}' is none of {string.Join(", ", all.Keys)}.");
        return 2;
    }

    await run();
}

return 0;
