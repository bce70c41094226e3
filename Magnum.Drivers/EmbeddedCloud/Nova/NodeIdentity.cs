using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Magnum.Drivers.EmbeddedCloud.Nova;

/// <summary>What a node does about its certificate, over HTTP: has it signed when it is made, asks about it later, and renews it.</summary>
internal sealed class NodeIdentity(HttpClient http, TimeProvider time)
{
    private static readonly Oid Client = new("1.3.6.1.5.5.7.3.2");
    private static readonly Oid Server = new("1.3.6.1.5.5.7.3.1");

    /// <summary>
    /// Signs in as the cluster's own user and has the kubelet's certificate signed; a node of a swarm the one that it joins by, and a manager the
    /// one that it serves Docker's API by.
    /// </summary>
    /// <param name="addresses">Those that the certificate names.</param>
    /// <exception cref="NodeFailure">Somebody does not answer, or refuses.</exception>
    public async Task<NodeRow> EnrolAsync(NodeEnrolmentFile file, string name, IReadOnlyList<string> addresses, CancellationToken cancellationToken)
    {
        var token = await SignInAsync(file, cancellationToken);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);   // a real node makes an RSA key, which takes a processor a hundred times as long
        var certificate = file.IsSwarm
            ? await SignAsync($"O=swarm:nodes, CN={name}", [Client], null)
            : await SignAsync($"O=system:nodes, CN=system:node:{name}", [Client, Server], Names(name, addresses));
        if (file is { IsSwarm: true, IsMaster: true })
        {
            certificate = await SignAsync($"O=swarm:managers, CN={name}", [Server], Names(name, addresses));
        }

        return new NodeRow { ClusterUuid = file.ClusterUuid, MagnumUrl = file.MagnumUrl, Key = key.ExportPkcs8PrivateKeyPem(), Certificate = certificate, Follows = !file.IsSwarm };

        async Task<string> SignAsync(string subject, Oid[] usages, X509Extension? names)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{file.MagnumUrl}/certificates");
            request.Headers.Add("X-Auth-Token", token);
            request.Content = JsonContent.Create(new JsonObject
            {
                ["cluster_uuid"] = file.ClusterUuid,
                ["csr"] = Request(new X500DistinguishedName(subject), key, usages, names),
                ["ca_cert_type"] = "kubernetes",
            });
            var signed = await SendAsync("certificates", request, cancellationToken);
            return signed.Text("pem") ?? throw new NodeFailure("certificates: the answer has no certificate");
        }
    }

    /// <summary>Asks what has to hold and puts it into effect; says so at once when that is something new.</summary>
    /// <returns>The row as it is then.</returns>
    /// <exception cref="NodeFailure">Magnum does not answer, or refuses.</exception>
    public async Task<(string Certificate, string Applied)> FollowAsync(NodeRow node, CancellationToken cancellationToken)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(node.Key);
        var (certificate, applied) = (node.Certificate, node.Applied);
        while (true)
        {
            var told = await ReportAsync(node, key, certificate, applied, cancellationToken);
            if (told.Text("phase") is not { } phase || told.Map("ca").Text("kubernetes") is not { } authorities)
            {
                throw new NodeFailure("the answer names no phase");
            }

            if (IsDue(certificate, authorities, told.Flag("renew", false)))
            {
                certificate = await RenewAsync(node, key, certificate, cancellationToken);
            }

            if (phase == applied)
            {
                return (certificate, applied);
            }

            applied = phase;
        }
    }

    private async Task<JsonObject> ReportAsync(NodeRow node, ECDsa key, string certificate, string applied, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{node.MagnumUrl}/certificates/{node.ClusterUuid}/node");
        request.Content = JsonContent.Create(new JsonObject
        {
            ["certificate"] = certificate,
            ["time"] = now,
            ["applied"] = applied,
            ["signature"] = Sign(key, $"{node.ClusterUuid}\n{now}\n{applied}"),
        });
        return await SendAsync("report", request, cancellationToken);
    }

    private async Task<string> RenewAsync(NodeRow node, ECDsa key, string certificate, CancellationToken cancellationToken)
    {
        using var old = X509Certificate2.CreateFromPem(certificate);
        var csr = Request(old.SubjectName, key, [Client, Server], old.Extensions.OfType<X509SubjectAlternativeNameExtension>().First());
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{node.MagnumUrl}/certificates/{node.ClusterUuid}/renew");
        request.Content = JsonContent.Create(new JsonObject
        {
            ["ca_cert_type"] = "kubernetes",
            ["certificate"] = certificate,
            ["csr"] = csr,
            ["signature"] = Sign(key, csr),
        });
        var renewed = await SendAsync("renewal", request, cancellationToken);
        return renewed.Text("pem") ?? throw new NodeFailure("renewal: the answer has no certificate");
    }

    /// <summary>Two thirds of its life are over, or another CA has to have signed it.</summary>
    private bool IsDue(string pem, string authorities, bool renew)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        var (start, end) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        if (time.GetUtcNow().UtcDateTime > start + ((end - start) * 2 / 3))
        {
            return true;
        }

        using var signing = X509Certificate2.CreateFromPem(authorities);   // the first of several
        var issuer = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        var own = signing.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes;
        return renew && !(issuer is { } i && own is { } o && i.Span.SequenceEqual(o.Span));
    }

    private async Task<string> SignInAsync(NodeEnrolmentFile file, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{file.AuthUrl}/auth/tokens");
        request.Content = JsonContent.Create(new JsonObject
        {
            ["auth"] = new JsonObject
            {
                ["identity"] = new JsonObject
                {
                    ["methods"] = new JsonArray("password"),
                    ["password"] = new JsonObject { ["user"] = new JsonObject { ["id"] = file.UserId, ["password"] = file.Password } },
                },
                ["scope"] = "unscoped",
            },
        });
        using var answer = await AnswerAsync("sign-in", request, cancellationToken);
        return answer.Headers.TryGetValues("X-Subject-Token", out var tokens) ? tokens.First() : throw new NodeFailure("sign-in: the answer has no token");
    }

    private async Task<JsonObject> SendAsync(string step, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var answer = await AnswerAsync(step, request, cancellationToken);
        try
        {
            return await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken) ?? throw new NodeFailure($"{step}: the answer is empty");
        }
        catch (System.Text.Json.JsonException)
        {
            throw new NodeFailure($"{step}: the answer is no JSON");
        }
    }

    /// <summary>In the words that curl would use, as they end up in a real node's report.</summary>
    private async Task<HttpResponseMessage> AnswerAsync(string step, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await http.SendAsync(request, cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                return answer;
            }

            using (answer)
            {
                throw new NodeFailure(string.Create(CultureInfo.InvariantCulture, $"{step}: The requested URL returned error: {(int)answer.StatusCode}"));
            }
        }
        catch (HttpRequestException e)
        {
            throw new NodeFailure($"{step}: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NodeFailure($"{step}: Operation timed out");
        }
    }

    private static string Request(X500DistinguishedName subject, ECDsa key, Oid[] usages, X509Extension? names)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: false));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. usages], critical: false));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        return request.CreateSigningRequestPem();
    }

    private static X509Extension Names(string name, IReadOnlyList<string> addresses)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        foreach (var address in addresses)
        {
            names.AddIpAddress(System.Net.IPAddress.Parse(address));
        }

        return names.Build();
    }

    private static string Sign(ECDsa key, string text) =>
        Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
}

/// <summary>What a node tells when it cannot go on.</summary>
internal sealed class NodeFailure(string message) : Exception(message);
