namespace Magnum.Drivers;

/// <summary>The drivers are configured, but not so that they can be used.</summary>
/// <param name="message">Sentences that name the keys by which it can be put right.</param>
public sealed class DriverConfigurationException(string message) : Exception(message);
