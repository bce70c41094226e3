using System.Net;
using System.Net.Sockets;

namespace Magnum.Tests.Support.Lanes;

/// <summary>Ports of this machine that nobody listens on.</summary>
internal static class Ports
{
    /// <summary>All at once, so that they differ. Somebody else may take one before it is used: then who wants it says so and the test fails.</summary>
    public static int[] Free(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        try
        {
            listeners.ForEach(l => l.Start());
            return [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(l => l.Dispose());
        }
    }
}
