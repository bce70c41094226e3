using System.Net;
using System.Net.Sockets;

namespace Magnum.Drivers.EmbeddedCloud.Neutron;

/// <summary>IP arithmetic for both families.</summary>
internal sealed record AddressRange(IPNetwork Network)
{
    public int Version => Network.BaseAddress.AddressFamily is AddressFamily.InterNetworkV6 ? 6 : 4;

    public UInt128 First => Number(Network.BaseAddress);

    public UInt128 Last => First + Size - 1;

    private UInt128 Size => UInt128.One << ((Version == 4 ? 32 : 128) - Network.PrefixLength);

    /// <summary>Null when the text is not a network in CIDR notation. Bits beyond the prefix are cut off, as Neutron does.</summary>
    public static AddressRange? Parse(string? cidr)
    {
        var parts = cidr?.Split('/') ?? [];
        if (parts.Length != 2 || !IPAddress.TryParse(parts[0], out var address) || !int.TryParse(parts[1], out var prefix))
        {
            return null;
        }

        var bits = address.AddressFamily is AddressFamily.InterNetworkV6 ? 128 : 32;
        if (prefix < 0 || prefix >= bits)
        {
            return null;
        }

        var host = (UInt128.One << (bits - prefix)) - 1;
        return new AddressRange(new IPNetwork(ToAddress(Number(address) & ~host, bits == 32 ? 4 : 6), prefix));
    }

    public static UInt128 Number(IPAddress address) => address.GetAddressBytes().Aggregate(UInt128.Zero, (sum, b) => (sum << 8) | b);

    public static IPAddress ToAddress(UInt128 number, int version)
    {
        var bytes = new byte[version == 4 ? 4 : 16];
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            bytes[i] = (byte)number;
            number >>= 8;
        }

        return new IPAddress(bytes);
    }

    public bool Overlaps(AddressRange other) => Version == other.Version && First <= other.Last && other.First <= Last;
}
