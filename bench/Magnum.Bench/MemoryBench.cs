namespace Magnum.Bench;

/// <summary>Resident memory with 100 clusters made through the API.</summary>
internal static class MemoryBench
{
    public static async Task RunAsync()
    {
        Figures.Head("Memory, all roles and the embedded cloud in one process");
        await using var product = await Product.StartAsync(30);
        await Task.Delay(TimeSpan.FromSeconds(10));
        Figures.Row("after the start", $"{product.ResidentMebibytes():F0} MiB");
        var (admin, _, _) = await product.SignInAsync("admin", "admin");
        var (token, project, _) = await product.SignInAsync("demo", "demo");
        await Clusters.RaiseQuotaAsync(product, admin, project);
        var template = await product.CreateTemplateAsync(token);
        var made = await Clusters.LaunchAsync(product, token, template, 100, atOnce: 4);
        foreach (var uuid in made)
        {
            await Waiting.ForStatusAsync(product, token, uuid, "CREATE_COMPLETE", TimeSpan.FromMinutes(20));
        }

        await Task.Delay(TimeSpan.FromSeconds(10));
        Figures.Row("after 100 clusters", $"{product.ResidentMebibytes():F0} MiB");
    }
}
