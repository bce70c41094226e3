namespace Magnum.Bench;

/// <summary>Time from the command to the first page, and memory at rest.</summary>
internal static class StartupBench
{
    public static async Task RunAsync()
    {
        Figures.Head("Start");
        var artifacts = Path.Combine(Product.RepositoryRoot, "artifacts");
        foreach (var kind in new[] { "debug" })
        {
            foreach (var project in new[] { "Magnum.Core", "Magnum.Drivers", "Magnum.Web" })
            {
                foreach (var part in new[] { "bin", "obj" })
                {
                    var folder = Path.Combine(artifacts, part, project, kind);
                    if (Directory.Exists(folder))
                    {
                        Directory.Delete(folder, recursive: true);
                    }
                }
            }
        }

        await using (var cold = await Product.StartAsync(1, byRun: true))
        {
            Figures.Row("`dotnet run` to the first page, nothing built, packages restored, no database", $"{cold.FirstPage.TotalSeconds:F1} s");
        }

        await using (var warm = await Product.StartAsync(1, byRun: true))
        {
            Figures.Row("`dotnet run` to the first page, built before", $"{warm.FirstPage.TotalSeconds:F1} s");
        }

        string data;
        await using (var first = await Product.StartAsync(1))
        {
            data = first.Data;
            Figures.Row("release build to the first page, no database", $"{first.FirstPage.TotalSeconds:F2} s");
            await Task.Delay(TimeSpan.FromSeconds(10));
            Figures.Row("resident memory 10 s after the start, all roles and the embedded cloud", $"{first.ResidentMebibytes():F0} MiB");
        }

        await using var second = await Product.StartAsync(1, data);
        Figures.Row("release build to the first page, database there", $"{second.FirstPage.TotalSeconds:F2} s");
    }
}
