using System.Security.Cryptography;
using System.Text;

namespace Magnum.Drivers.EmbeddedCloud;

/// <summary>Identifiers in OpenStack's two spellings: with dashes, and (Keystone) without.</summary>
internal static class Ids
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    public static string New() => Guid.NewGuid().ToString();

    public static string NewHex() => Guid.NewGuid().ToString("N");

    /// <summary>The same id for the same thing in every embedded cloud, so that scripts and tests may hold on to it.</summary>
    public static string Derive(string what) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes("embedded-cloud:" + what)).AsSpan(0, 16)).ToString();

    public static string DeriveHex(string what) => Derive(what).Replace("-", "", StringComparison.Ordinal);

    /// <summary>Twelve characters as Heat appends them to the names of what it makes.</summary>
    public static string Short() => RandomNumberGenerator.GetString(Alphabet, 12);

    /// <summary>A number from 0 to 1 that stays the same for the same thing: spreads durations without chance.</summary>
    public static double Spread(string what) => BitConverter.ToUInt16(SHA256.HashData(Encoding.UTF8.GetBytes(what)), 0) / (double)ushort.MaxValue;
}
