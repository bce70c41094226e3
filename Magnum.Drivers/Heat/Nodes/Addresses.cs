using System.Buffers.Binary;
using System.Net;

namespace Magnum.Drivers.Heat.Nodes;

/// <summary>IPv4 networks.</summary>
internal static class Addresses
{
    /// <summary>The address so many after the network's own.</summary>
    public static string At(string cidr, uint offset)
    {
        var bytes = IPNetwork.Parse(cidr).BaseAddress.GetAddressBytes();
        BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) + offset);
        return new IPAddress(bytes).ToString();
    }

    /// <summary>Whether two networks share addresses.</summary>
    public static bool Overlap(string a, string b)
    {
        var first = IPNetwork.Parse(a);
        var second = IPNetwork.Parse(b);
        return first.Contains(second.BaseAddress) || second.Contains(first.BaseAddress);
    }
}
