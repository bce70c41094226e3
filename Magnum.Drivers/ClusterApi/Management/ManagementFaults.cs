using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Autorest;
using k8s.Exceptions;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;

namespace Magnum.Drivers.ClusterApi.Management;

/// <summary>What the management cluster's refusals and silences mean.</summary>
internal static class ManagementFaults
{
    public const string Service = "cluster-api";

    private const string Silence = "it does not say why.";
    private const int LongestMessage = 800;

    /// <summary>Whether this is something that the management cluster or the way to it did.</summary>
    public static bool Is(Exception e, CancellationToken cancellationToken) => e switch
    {
        HttpOperationException or HttpRequestException or IOException or JsonException or KubeConfigException or KubernetesClientException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };

    /// <summary>Whether it is not one object that is not there, but the kind itself.</summary>
    public static bool IsOfWholeKind(HttpOperationException e) =>
        e.Response.StatusCode is HttpStatusCode.NotFound && StatusOf(e.Response.Content)?.Text("details", "name") is not { Length: > 0 };

    /// <param name="what">What was asked for, such as <c>Cluster blue-0123</c>.</param>
    public static Exception Explain(Exception e, string what) => e switch
    {
        HttpOperationException answer => OfAnswer(answer, what),
        OperationCanceledException => new CloudException(Service, CloudFault.Unreachable, "The management cluster did not answer in time.", e),
        JsonException => new CloudException(Service, CloudFault.Malformed, "The management cluster's answer is not one of Kubernetes'.", e),
        KubeConfigException or KubernetesClientException => new CloudException(
            Service, CloudFault.Unreachable, "Magnum's kubeconfig for the management cluster gives no credential.", e),
        HttpRequestException http => new CloudException(Service, CloudFault.Unreachable, $"The management cluster could not be reached: {Why(http)}.", e),
        _ => new CloudException(Service, CloudFault.Unreachable, "The connection to the management cluster was lost.", e),
    };

    private static Exception OfAnswer(HttpOperationException e, string what)
    {
        var status = (int)e.Response.StatusCode;
        var said = Said(e.Response.Content, out var fields);
        if (e.Response.StatusCode is HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest)
        {
            return new DriverRefusedException(
                fields.Count == 0 ? $"The management cluster refuses {what}: {said}" : $"The management cluster refuses {what}: {string.Join("; ", fields)}.", nothingChanged: true, e);
        }

        var fault = e.Response.StatusCode switch
        {
            // Never the caller's own credential, which a fault of that name would be taken for.
            HttpStatusCode.Unauthorized => CloudFault.Forbidden,
            // While a namespace goes, nothing new may be put into it.
            HttpStatusCode.Forbidden when said.Contains("being terminated", StringComparison.Ordinal) => CloudFault.Conflict,
            HttpStatusCode.Forbidden when said.Contains("exceeded quota", StringComparison.Ordinal) => CloudFault.OverLimit,
            HttpStatusCode.Forbidden => CloudFault.Forbidden,
            HttpStatusCode.NotFound => CloudFault.NotFound,
            HttpStatusCode.Conflict => CloudFault.Conflict,
            HttpStatusCode.TooManyRequests => CloudFault.OverLimit,
            HttpStatusCode.RequestTimeout => CloudFault.Unreachable,
            _ => status >= 500 ? CloudFault.ServerError : CloudFault.Invalid,
        };
        var message = e.Response.StatusCode is HttpStatusCode.Unauthorized
            ? "The management cluster does not take the credential of Magnum's kubeconfig."
            : string.Create(CultureInfo.InvariantCulture, $"The management cluster answered {status} to {what}: {said}");
        return new CloudException(Service, fault, message, e) { StatusCode = status, RetryAfter = RetryAfter(e) };
    }

    /// <summary>The words of a <c>Status</c>, and of what it says of single fields.</summary>
    private static string Said(string? content, out IReadOnlyList<string> fields)
    {
        if (StatusOf(content) is not { } status)
        {
            fields = [];
            return Silence;
        }

        fields =
        [
            .. status.Items("details", "causes").Select(c => new ApiObject(c))
                .Where(c => c.Text("field") is { Length: > 0 })
                .Select(c => $"{c.Text("field")}: {Cut(c.Text("message") ?? "is not valid")}"),
        ];
        return Cut(status.Text("message") ?? Silence);
    }

    private static ApiObject? StatusOf(string? content)
    {
        try
        {
            return !string.IsNullOrWhiteSpace(content) && JsonNode.Parse(content) is JsonObject json && new ApiObject(json) is { Kind: "Status" } status ? status : null;
        }
        catch (JsonException)
        {
            return null;   // a proxy's page, perhaps
        }
    }

    private static TimeSpan? RetryAfter(HttpOperationException e) =>
        e.Response.Headers?.TryGetValue("Retry-After", out var values) == true
        && int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private static string Why(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "its name could not be resolved",
        HttpRequestError.ConnectionError => "the connection was refused or lost",
        HttpRequestError.SecureConnectionError when e.InnerException is AuthenticationException => "its certificate is not one of the kubeconfig's authority",
        HttpRequestError.SecureConnectionError => "there is no TLS",
        HttpRequestError.ResponseEnded => "the connection was closed before the answer",
        _ => "the connection failed",
    };

    private static string Cut(string text) => text.Length > LongestMessage ? $"{text[..LongestMessage]}…" : text;
}
