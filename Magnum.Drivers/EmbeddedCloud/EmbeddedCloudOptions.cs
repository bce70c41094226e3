namespace Magnum.Drivers.EmbeddedCloud;

/// <summary>How the embedded cloud is started.</summary>
public sealed record EmbeddedCloudOptions
{
    /// <summary>The address to listen on: a loopback address or name, unless <see cref="AllowRemote"/> is set. Default <c>127.0.0.1</c>.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The TCP port; 0 takes any free one, which <see cref="EmbeddedCloudServer.BaseUrl"/> then names. Default 9500.</summary>
    public int Port { get; init; } = 9500;

    /// <summary>How fast time passes in the cloud: 1 is real, 50 lets a one-minute cluster appear in little more than a second. More than 0.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Where the cloud's state is kept between runs (JSON, mode 0600); null keeps it in memory only.</summary>
    public string? StateFile { get; init; }

    /// <summary>What the service catalog says for <c>container-infra</c>. Default <c>http://localhost:9511/v1</c>.</summary>
    public string MagnumUrl { get; init; } = "http://localhost:9511/v1";

    /// <summary>Lets the cloud listen on an address that other machines reach. Its passwords are public knowledge, so this is for closed networks only.</summary>
    public bool AllowRemote { get; init; }

    /// <summary>How long a token lives, in the real world's time. Default one hour, as Keystone has it.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a state that only time changed may stay unwritten. Default half a second.</summary>
    public TimeSpan SaveInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The clock that the cloud's own is made of; tests give a fake one.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
