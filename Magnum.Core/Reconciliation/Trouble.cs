using System.Globalization;
using System.Security.Cryptography;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;

namespace Magnum.Core.Reconciliation;

/// <summary>Says in plain words what is in the way, and for how long to let it be.</summary>
internal static class Trouble
{
    private const int MaxDetail = 600;

    /// <summary>What an exception of a step means.</summary>
    public static StepResult Explain(Exception exception, string step, bool isPreparation) => exception switch
    {
        CloudException { IsTransient: true } e => new StepResult.TryAgain(Describe(e)) { After = e.RetryAfter },
        CloudException { Fault: CloudFault.Conflict } e => new StepResult.TryAgain(Describe(e)) { After = e.RetryAfter },
        CloudException e when ClusterAccess.IsTrustLost(e) => new StepResult.Failed(
            $"Keystone no longer lets Magnum act for this cluster's owner ({Detail(e.Message)}). Rotate the cluster's credential, then try again.")
        {
            NothingChanged = true,
        },
        CloudException e => new StepResult.Failed($"{Describe(e)}.") { NothingChanged = isPreparation },
        DriverRefusedException e => new StepResult.Failed(e.Message) { NothingChanged = e.NothingChanged },
        CryptographicException => new StepResult.Failed(
            "The cluster's secrets cannot be decrypted: the key that protected them is missing from Magnum's key ring. An operator has to restore it.")
        {
            NothingChanged = isPreparation,
        },
        OperationCanceledException or TimeoutException => new StepResult.TryAgain($"no answer in time in step '{step}'"),
        _ => new StepResult.TryAgain($"Magnum met an unexpected problem in step '{step}' ({exception.GetType().Name})") { Unexpected = true },
    };

    /// <summary>The pause after so many failures in a row: doubled each time, and no two alike so that not all come back at once.</summary>
    public static TimeSpan Backoff(int attempt, TimeSpan? asked, ConductorOptions options)
    {
        var doubled = options.BackoffMinimum.TotalSeconds * Math.Pow(2, Math.Min(attempt - 1, 20));
        var seconds = Math.Min(doubled, options.BackoffMaximum.TotalSeconds) * (0.8 + (0.4 * Random.Shared.NextDouble()));
        return TimeSpan.FromSeconds(Math.Max(seconds, Math.Min(asked?.TotalSeconds ?? 0, options.BackoffMaximum.TotalSeconds)));
    }

    /// <summary>A span for people.</summary>
    public static string Say(TimeSpan span) => span.TotalSeconds < 100
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(span.TotalSeconds))} s")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Round(span.TotalMinutes)} min");

    /// <summary>The service's name and its own words, without a full stop.</summary>
    public static string Describe(CloudException e) => e.Fault switch
    {
        CloudFault.Unreachable => $"{ServiceName(e.Service)} does not answer ({Detail(e.Message)})",
        CloudFault.ServerError or CloudFault.Malformed => $"{ServiceName(e.Service)} is in trouble ({Detail(e.Message)})",
        CloudFault.Conflict => $"{ServiceName(e.Service)} is busy with this cluster ({Detail(e.Message)})",
        CloudFault.OverLimit => $"{ServiceName(e.Service)} says that a limit is reached ({Detail(e.Message)})",
        CloudFault.Unauthorized or CloudFault.Forbidden => $"{ServiceName(e.Service)} does not allow it ({Detail(e.Message)})",
        CloudFault.NoEndpoint => $"The cloud offers no {ServiceName(e.Service)} to Magnum ({Detail(e.Message)})",
        _ => $"{ServiceName(e.Service)} refused ({Detail(e.Message)})",
    };

    private static string Detail(string message)
    {
        var line = message.ReplaceLineEndings(" ").Trim().TrimEnd('.');
        return line.Length > MaxDetail ? $"{line[..MaxDetail]}…" : line;
    }

    private static string ServiceName(string service) => service switch
    {
        "orchestration" => "Heat",
        "identity" => "Keystone",
        "compute" => "Nova",
        "network" => "Neutron",
        "image" => "Glance",
        "volume" or "volumev3" or "block-storage" => "Cinder",
        "load-balancer" => "Octavia",
        "key-manager" => "Barbican",
        "cluster-api" => "The management cluster",
        _ => service,
    };
}
