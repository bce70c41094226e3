using Magnum.Core.Drivers;
using Magnum.Drivers;
using Magnum.Tests.Drivers.Contract;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Drivers;

/// <summary>Drivers of others: what is loaded, and what is said when it cannot be.</summary>
public sealed class DriverFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("magnum-drivers-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ADriver_IsThereWithMagnumsOwn_AndIsNotLoadedAmongThem()
    {
        ExampleDriver.Install(_folder);
        var options = new DriverOptions { Folder = _folder };
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Drivers:Notebook:Folder", _folder)]).Build())
            .AddLogging().AddSingleton(options).AddDriversOf(options).AddSingleton<IClusterDriverRegistry, ClusterDriverRegistry>()
            .BuildServiceProvider();

        var registry = services.GetRequiredService<IClusterDriverRegistry>();

        Assert.Equal(["notebook"], registry.FindByType("vm", "paper", "kubernetes").Select(d => d.Name));
        var assembly = registry.Find("notebook")!.GetType().Assembly;
        Assert.DoesNotContain(assembly, System.Runtime.Loader.AssemblyLoadContext.Default.Assemblies);
        Assert.Equal(Path.Combine(_folder, ExampleDriver.Assembly, $"{ExampleDriver.Assembly}.dll"), assembly.Location);
    }

    [Fact]
    public void WithoutAFolder_ThereIsNone() =>
        Assert.Empty(new ServiceCollection().AddDriversOf(new DriverOptions()));

    [Fact]
    public void AFolderThatIsNotThere_IsNamed() => Refuses("Drivers:Folder names /nowhere, which does not exist.", "/nowhere");

    [Fact]
    public void AFolderWithoutADriver_IsNamed()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));

        Refuses($"Drivers:Folder has {_folder}/empty, in which there is no empty.dll.");
    }

    [Fact]
    public void AFileThatIsNoAssembly_IsNamed()
    {
        Put("nonsense", "nonsense"u8.ToArray());

        Refuses($"{_folder}/nonsense/nonsense.dll cannot be loaded as a driver: ");
    }

    [Fact]
    public void AnAssemblyWithoutADriver_IsNamed()
    {
        var other = typeof(ClusterPlan).Assembly;
        Put("Magnum.Other", File.ReadAllBytes(other.Location));

        Refuses($"{_folder}/Magnum.Other/Magnum.Other.dll has no public class that implements Magnum.Core.Drivers.IClusterDriver.");
    }

    private void Put(string name, byte[] content) => File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, name)).FullName, $"{name}.dll"), content);

    private void Refuses(string says, string? folder = null) => Assert.StartsWith(
        says,
        Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddDriversOf(new DriverOptions { Folder = folder ?? _folder })).Message,
        StringComparison.Ordinal);
}
