using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lucid.Contracts;
using Lucid.Contracts.Access;
using Lucid.Contracts.Services;
using Lucid.Sidecar.Certificates;
using Lucid.Sidecar.Invocation;

namespace Lucid.AccessMatrix;

/// <summary>Calls from another process: whoever the certificate names is the caller, and a certificate counts only from the plane's own authority.</summary>
public sealed class IdentityTests(Plane plane) : IClassFixture<Plane>
{
    private const string TrustDomain = "lucid.internal";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    [Fact]
    public async Task Of_all_callers_in_other_processes_those_of_the_matrix_get_in()
    {
        var wrong = new ConcurrentBag<string>();
        var (before, expectedCount) = (plane.ReachedCount, 0);
        foreach (var caller in ServiceTable.All)
        {
            using var certificate = plane.Authority.Issue(new CallerIdentity(TrustDomain, caller.Namespace, caller.AppId), Lifetime);
            using var client = Client(certificate);
            await Parallel.ForEachAsync(ServiceTable.All.Where(callee => callee != caller), async (callee, _) =>
            {
                foreach (var template in plane[callee.AppId].Templates.Append("/unlisted"))
                {
                    var rules = AllowMatrix.For(callee.AppId).Where(rule => StandIn.Spelling(rule.Template) == template).ToList();
                    var claimed = rules is [var listed, ..] ? listed.Caller : caller.AppId; // a header that names a caller with the right does not help one without
                    foreach (var verb in rules.Select(rule => rule.Verb).Append("PATCH").Distinct())
                    {
                        var (status, reached) = await CallAsync(client, callee, verb, StandIn.PathOf(template), claimed);
                        var expected = Plane.Allows(caller.AppId, callee.AppId, verb, template);
                        Interlocked.Add(ref expectedCount, expected ? 1 : 0);
                        if (expected ? reached != template : reached is not null || status != HttpStatusCode.Forbidden)
                        {
                            wrong.Add($"{caller.AppId} -> {callee.AppId} {verb} {template}: {(expected ? "expected" : "refused")}, {status} {reached}");
                        }
                    }
                }
            });
        }

        Assert.Empty(wrong);
        Assert.Equal(expectedCount, plane.ReachedCount - before);
        Assert.True(expectedCount >= AllowMatrix.All.Count);
    }

    [Fact]
    public async Task A_caller_of_the_right_name_in_another_namespace_or_trust_domain_is_a_stranger()
    {
        var before = plane.ReachedCount;
        foreach (var rule in AllowMatrix.All.DistinctBy(rule => rule.Callee))
        {
            var caller = ServiceTable.Get(rule.Caller);
            foreach (var (domain, space) in ((string, string)[])
            [
                (TrustDomain, caller.Namespace == Namespaces.Main ? Namespaces.Wallet : Namespaces.Main), (TrustDomain, "default"), ("public", caller.Namespace), ("lucid.local", caller.Namespace),
            ])
            {
                using var certificate = plane.Authority.Issue(new CallerIdentity(domain, space, rule.Caller), Lifetime);
                using var client = Client(certificate);
                var (status, _) = await CallAsync(client, ServiceTable.Get(rule.Callee), rule.Verb, StandIn.PathOf(rule.Template), rule.Caller);
                Assert.True(status == HttpStatusCode.Forbidden, $"spiffe://{domain}/ns/{space}/{rule.Caller} -> {rule.Callee}: {status}");
            }
        }

        Assert.Equal(before, plane.ReachedCount);
    }

    [Fact]
    public async Task Without_a_certificate_of_the_plane_s_own_authority_nobody_gets_as_far_as_a_request()
    {
        var strangers = Directory.CreateTempSubdirectory("lucid-access-");
        try
        {
            using var foreign = DevelopmentAuthority.OpenOrCreate(strangers.FullName, TimeProvider.System);
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var before = plane.ReachedCount;
            foreach (var callee in ServiceTable.All)
            {
                var rule = AllowMatrix.For(callee.AppId) is [var first, ..] ? first : new AllowRule(AppIds.ApiGateway, callee.AppId, "GET", "/unlisted");
                var identity = new CallerIdentity(TrustDomain, ServiceTable.Get(rule.Caller).Namespace, rule.Caller);
                using var ofAnotherAuthority = foreign.Issue(identity, Lifetime);
                using var expired = plane.Authority.Issue(identity, -TimeSpan.FromMinutes(1));
                using var ofItself = SelfSigned(identity, key);
                foreach (var certificate in (X509Certificate2?[])[null, ofAnotherAuthority, ofItself, expired])
                {
                    using var client = Client(certificate);
                    await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(client, callee, rule.Verb, StandIn.PathOf(rule.Template), rule.Caller));
                }
            }

            Assert.Equal(before, plane.ReachedCount);
        }
        finally
        {
            strangers.Delete(recursive: true);
        }
    }

    /// <summary>What a sidecar of another process sends (HTTP/2, mutual TLS), with caller headers of its choice.</summary>
    private async Task<(HttpStatusCode Status, string? Reached)> CallAsync(HttpMessageInvoker client, ServiceDescription callee, string verb, string path, string claimedCaller)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), $"https://127.0.0.1:{plane.InternalPort(callee.AppId)}/invoke{path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers =
            {
                { "lucid-callee", $"{callee.AppId}.{callee.Namespace}" },
                { LucidHeaders.DaprCallerAppId, claimedCaller },
                { LucidHeaders.DaprCallerNamespace, ServiceTable.Get(claimedCaller).Namespace },
            },
        };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, response.Headers.TryGetValues(StandIn.Reached, out var reached) ? reached.Single() : null);
    }

    private static HttpMessageInvoker Client(X509Certificate2? certificate) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ActivityHeadersPropagator = null,
        SslOptions =
        {
            RemoteCertificateValidationCallback = static (_, peer, _, _) => peer is not null, // it is the caller who is in doubt
            LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
        },
    });

    private static X509Certificate2 SelfSigned(CallerIdentity identity, ECDsa key)
    {
        var request = new CertificateRequest($"CN={identity.AppId}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(identity.ToString()));
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddMinutes(-1), now + Lifetime);
    }
}
