using System.Collections.Concurrent;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Grpc.Net.Client;
using Lucid.Contracts;
using Lucid.Contracts.Access;
using Lucid.Contracts.Services;

namespace Lucid.AccessMatrix;

/// <summary>The same matrix by the gRPC side of the sidecars: <c>InvokeService</c>, whose method is taken as written, and the proxy.</summary>
public sealed class GrpcTests : IClassFixture<Plane>, IDisposable
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(bytes => bytes, bytes => bytes);
    private static readonly Method<byte[], byte[]> AnyMethod = new(MethodType.Unary, "pkg.Service", "Method", Bytes, Bytes);

    private readonly Plane plane;
    private readonly Dictionary<string, GrpcChannel> channels;

    public GrpcTests(Plane plane)
    {
        this.plane = plane;
        channels = Plane.AppIds.ToDictionary(app => app, app => GrpcChannel.ForAddress($"http://127.0.0.1:{plane.GrpcPort(app)}"));
    }

    public void Dispose()
    {
        foreach (var channel in channels.Values)
        {
            channel.Dispose();
        }
    }

    [Fact]
    public async Task Every_pair_reaches_by_InvokeService_exactly_what_the_matrix_lists()
    {
        var wrong = new ConcurrentBag<string>();
        var (before, reached) = (plane.ReachedCount, 0);
        var calls = from caller in ServiceTable.All
            from callee in ServiceTable.All
            where caller != callee
            from address in (string[])[callee.AppId, $"{callee.AppId}.{callee.Namespace}"]
            from operation in AllowMatrix.For(callee.AppId).Select(rule => (rule.Verb, Template: StandIn.Spelling(rule.Template))).Append(("GET", "/unlisted")).Distinct()
            select (caller, callee, address, verb: operation.Item1, template: operation.Item2);
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (call, _) =>
        {
            var isAddress = call.caller.Namespace == call.callee.Namespace || call.address.Contains('.', StringComparison.Ordinal);
            var expected = isAddress && Plane.Allows(call.caller.AppId, call.callee.AppId, call.verb, call.template);
            var (status, template) = await InvokeAsync(call.caller.AppId, call.address, call.verb, StandIn.PathOf(call.template));
            if (status == StatusCode.OK)
            {
                Interlocked.Increment(ref reached);
            }

            // A refusal of the sidecar is Internal, one of the app's own wall keeps its meaning (dapr-contract §3.5).
            if (expected ? status != StatusCode.OK || (template != call.template && call.verb != "HEAD") : status is not (StatusCode.Internal or StatusCode.PermissionDenied))
            {
                wrong.Add($"{call.caller.AppId} -> {call.address} {call.verb} {call.template}: {(expected ? "expected" : "refused")}, {status} {template}");
            }
        });

        Assert.Empty(wrong);
        Assert.Equal(reached, plane.ReachedCount - before);
        Assert.True(reached >= AllowMatrix.All.Count);
    }

    [Fact]
    public async Task No_spelling_of_a_method_reaches_what_the_matrix_does_not_list()
    {
        var wrong = new ConcurrentBag<string>();
        var through = 0;
        var calls = from rule in AllowMatrix.All.DistinctBy(rule => (rule.Caller, rule.Callee))
            from path in plane.SpellingsBeside(rule)
            select (rule, path);
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (call, _) =>
        {
            var (status, template) = await InvokeAsync(call.rule.Caller, AppId.From(call.rule.Caller, call.rule.Callee), call.rule.Verb, call.path);
            if (status == StatusCode.OK && call.rule.Verb != "HEAD")
            {
                Interlocked.Increment(ref through);
                if (!Plane.Allows(call.rule.Caller, call.rule.Callee, call.rule.Verb, template))
                {
                    wrong.Add($"{call.rule.Caller} -> {call.rule.Callee} {call.rule.Verb} {call.path}: reached {template}");
                }
            }
        });

        Assert.Empty(wrong);
        Assert.True(through > 0);
    }

    [Fact]
    public async Task No_app_has_its_gRPC_calls_carried_to_another()
    {
        var before = plane.ReachedCount;
        foreach (var caller in ServiceTable.All)
        {
            foreach (var callee in ServiceTable.All.Where(callee => callee != caller))
            {
                Assert.Equal(StatusCode.PermissionDenied, await ProxyAsync(caller.AppId, $"{callee.AppId}.{callee.Namespace}", Plane.ApiToken(caller.AppId)));
                var plain = await ProxyAsync(caller.AppId, callee.AppId, Plane.ApiToken(caller.AppId));
                Assert.True(caller.Namespace == callee.Namespace ? plain == StatusCode.PermissionDenied : plain != StatusCode.OK, $"{caller.AppId} -> {callee.AppId}: {plain}");
            }
        }

        Assert.Equal(before, plane.ReachedCount);
    }

    [Fact]
    public async Task A_sidecar_serves_its_own_app_only()
    {
        var before = plane.ReachedCount;
        foreach (var rule in AllowMatrix.All.DistinctBy(rule => rule.Caller))
        {
            var address = AppId.From(rule.Caller, rule.Callee);
            foreach (var token in (string?[])[null, "wrong", .. Plane.AppIds.Where(other => other != rule.Caller).Select(Plane.ApiToken), Plane.AppToken(rule.Caller)])
            {
                Assert.Equal(StatusCode.Unauthenticated, (await InvokeAsync(rule.Caller, address, rule.Verb, StandIn.PathOf(rule.Template), token)).Status);
                Assert.Equal(StatusCode.Unauthenticated, await ProxyAsync(rule.Caller, address, token));
            }
        }

        Assert.Equal(before, plane.ReachedCount);
    }

    private Task<(StatusCode Status, string Reached)> InvokeAsync(string caller, string callee, string verb, string path) =>
        InvokeAsync(caller, callee, verb, path, Plane.ApiToken(caller));

    private async Task<(StatusCode Status, string Reached)> InvokeAsync(string caller, string callee, string verb, string path, string? token)
    {
        var request = new InvokeServiceRequest
        {
            Id = callee,
            Message = new InvokeRequest
            {
                Method = path[1..], HttpExtension = new HTTPExtension { Verb = Enum.Parse<HTTPExtension.Types.Verb>(verb, ignoreCase: true) },
            },
        };
        try
        {
            var reply = await new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channels[caller])
                .InvokeServiceAsync(request, Metadata(token), cancellationToken: TestContext.Current.CancellationToken);
            return (StatusCode.OK, reply.Data?.Value.ToStringUtf8() ?? "");
        }
        catch (RpcException refused)
        {
            return (refused.StatusCode, "");
        }
    }

    private async Task<StatusCode> ProxyAsync(string caller, string callee, string? token)
    {
        var metadata = Metadata(token);
        metadata.Add("dapr-app-id", callee);
        try
        {
            await channels[caller].CreateCallInvoker().AsyncUnaryCall(AnyMethod, null, new CallOptions(metadata, cancellationToken: TestContext.Current.CancellationToken), []);
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }

    private static Metadata Metadata(string? token) => token is null ? [] : new Metadata { { LucidHeaders.DaprApiToken, token } };
}
