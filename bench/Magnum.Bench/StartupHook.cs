using System.Globalization;
using System.Runtime.InteropServices;

/// <summary>Runs inside the product (<c>DOTNET_STARTUP_HOOKS</c>): a signal makes it collect its garbage and write down what is left.</summary>
internal static class StartupHook
{
    /// <summary>SIGUSR1 of Linux.</summary>
    private const PosixSignal Asked = (PosixSignal)10;

    private static PosixSignalRegistration? s_registration;

    public static void Initialize() => s_registration = PosixSignalRegistration.Create(Asked, context =>
    {
        context.Cancel = true;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var file = Environment.GetEnvironmentVariable("BENCH_HEAP")!;
        File.WriteAllText($"{file}.new", GC.GetTotalMemory(forceFullCollection: true).ToString(CultureInfo.InvariantCulture));
        File.Move($"{file}.new", file);
    });
}
