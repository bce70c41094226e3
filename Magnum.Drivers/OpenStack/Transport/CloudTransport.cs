using System.Net.Http.Headers;
using Magnum.Core.OpenStack;
using Microsoft.Extensions.Logging;

namespace Magnum.Drivers.OpenStack.Transport;

/// <summary>
/// Sends one call and reads its answer: time limits, repetition where it is safe, size limit, request ids, and every failure as a
/// <see cref="CloudException"/>. Knows nothing of tokens' origin or catalogs.
/// </summary>
internal sealed partial class CloudTransport(
    IHttpClientFactory clients, OpenStackOptions options, TimeProvider time, ILogger<CloudTransport> logger)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string ClientName = "openstack";

    private const int Tries = 3;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>The answer, below 400; anything else is thrown.</summary>
    public async Task<CloudAnswer> SendAsync(CloudRequest request, CancellationToken cancellationToken)
    {
        var requestId = RequestIdScope.Current ?? RequestIdScope.New();
        var started = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var left = options.TotalTimeout - time.GetElapsedTime(started);
            var limit = left < options.CallTimeout ? left : options.CallTimeout;
            try
            {
                return await SendOnceAsync(request, requestId, limit, cancellationToken);
            }
            catch (CloudException e) when (request.MayRepeat && attempt < Tries && WaitBeforeRepeating(e, attempt) is { } wait
                && time.GetElapsedTime(started) + wait < options.TotalTimeout)
            {
                LogRepeating(logger, request.Service, e.Fault, e.StatusCode, wait.TotalMilliseconds, requestId);
                await Task.Delay(wait, time, cancellationToken);
            }
        }
    }

    private async Task<CloudAnswer> SendOnceAsync(CloudRequest request, string requestId, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var started = time.GetTimestamp();
        try
        {
            using var message = Message(request, requestId);
            var http = clients.CreateClient(ClientName);
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var answer = new CloudAnswer(request.Service, (int)response.StatusCode, await ReadAsync(request, response, either.Token))
            {
                RequestId = Header(response.Headers, "X-Openstack-Request-Id") ?? Header(response.Headers, "X-Compute-Request-Id"),
                SubjectToken = Header(response.Headers, "X-Subject-Token"),
                Location = response.Headers.Location,
            };
            LogAnswered(logger, request.Method, request.Service, request.Address.AbsolutePath, answer.Status,
                time.GetElapsedTime(started).TotalMilliseconds, requestId, answer.RequestId);
            return answer.Status < 300 || (request.TakesRedirect && answer.Status is 301 or 302 or 307 or 308)
                ? answer
                : throw CloudFaults.FromAnswer(answer, response.Headers.RetryAfter, time.GetUtcNow());
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw CloudFaults.TimedOut(request, limit, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw CloudFaults.Unreachable(request, e);
        }
    }

    private static HttpRequestMessage Message(CloudRequest request, string requestId)
    {
        var message = new HttpRequestMessage(request.Method, request.Address);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        message.Headers.TryAddWithoutValidation("X-Openstack-Request-Id", requestId);
        if (request.Token is not null)
        {
            message.Headers.TryAddWithoutValidation("X-Auth-Token", request.Token);
        }

        if (request.SubjectToken is not null)
        {
            message.Headers.TryAddWithoutValidation("X-Subject-Token", request.SubjectToken);
        }

        if (request.Body is not null)
        {
            message.Content = new ByteArrayContent(request.Body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return message;
    }

    private async Task<byte[]> ReadAsync(CloudRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var limit = options.MaxAnswerMegabytes * 1024L * 1024;
        if (response.Content.Headers.ContentLength > limit)
        {
            throw CloudFaults.TooLarge(request, limit);
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (body.Length + read > limit)
            {
                throw CloudFaults.TooLarge(request, limit);
            }

            body.Write(chunk, 0, read);
        }

        return body.ToArray();
    }

    private static TimeSpan? WaitBeforeRepeating(CloudException exception, int attempt)
    {
        if (!exception.IsTransient || exception.Fault is CloudFault.Malformed || exception.StatusCode is 501 || CloudFaults.IsTls(exception))
        {
            return null;
        }

        if (exception.RetryAfter is { } asked)
        {
            return asked <= LongestWait ? asked : null;
        }

        // Half fixed, half random, so that callers refused together do not come back together.
        var full = TimeSpan.FromMilliseconds(200 * Math.Pow(2, attempt - 1));
        return (full / 2) + (full / 2 * Random.Shared.NextDouble());
    }

    private static string? Header(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    [LoggerMessage(LogLevel.Debug, "{Method} {Service} {Path}: {Status} in {Milliseconds} ms ({RequestId}, theirs {ServiceRequestId})")]
    private static partial void LogAnswered(
        ILogger logger, HttpMethod method, string service, string path, int status, double milliseconds, string requestId, string? serviceRequestId);

    [LoggerMessage(LogLevel.Information, "{Service} failed with {Fault} {Status}, trying again in {Milliseconds} ms ({RequestId})")]
    private static partial void LogRepeating(ILogger logger, string service, CloudFault fault, int? status, double milliseconds, string requestId);
}
