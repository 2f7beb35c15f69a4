using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Lucid.Sidecar.Tests.Invocation;

/// <summary>
/// A gRPC app with one method of each kind. Say and Talk answer in capitals, List with each letter until a <c>!</c>, where it fails, Join with all messages at once. A unary
/// request <c>fail N</c> fails with Unavailable until the app's N-th call, <c>fail always</c> each time, <c>refuse</c> always with InvalidArgument.
/// </summary>
internal sealed class GrpcEcho : IAsyncDisposable
{
    public static readonly Method<StringValue, StringValue> Say = Method(MethodType.Unary, "Say");
    public static readonly Method<StringValue, StringValue> List = Method(MethodType.ServerStreaming, "List");
    public static readonly Method<StringValue, StringValue> Join = Method(MethodType.ClientStreaming, "Join");
    public static readonly Method<StringValue, StringValue> Talk = Method(MethodType.DuplexStreaming, "Talk");

    private readonly WebApplication application;

    private GrpcEcho(WebApplication application) => this.application = application;

    public int Port { get; private set; }

    /// <summary>Metadata of every call.</summary>
    public ConcurrentQueue<Dictionary<string, string>> Calls { get; } = new();

    /// <summary>A unary request <c>wait</c> is answered when this completes, or its call is cancelled.</summary>
    public TaskCompletionSource Waits { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a request <c>wait</c> has been given up by its caller.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<GrpcEcho> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.Services.AddGrpc();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var app = new GrpcEcho(builder.Build());
        var service = app.Service();
        app.application.MapGrpcService(_ => service);
        await app.application.StartAsync();
        app.Port = new Uri(app.application.Urls.First()).Port;
        return app;
    }

    public static async Task<string> SayAsync(GrpcChannel channel, string text, global::Grpc.Core.Metadata metadata) =>
        (await channel.CreateCallInvoker().AsyncUnaryCall(Say, null, new CallOptions(metadata, DateTime.UtcNow.AddSeconds(20)), new StringValue { Value = text })).Value;

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private static Method<StringValue, StringValue> Method(MethodType type, string name)
    {
        var marshaller = Marshallers.Create(value => Google.Protobuf.MessageExtensions.ToByteArray(value), StringValue.Parser.ParseFrom);
        return new Method<StringValue, StringValue>(type, "test.Echo", name, marshaller, marshaller);
    }

    private ServerServiceDefinition Service() => ServerServiceDefinition.CreateBuilder()
        .AddMethod(Say, async (request, context) =>
        {
            Note(context);
            context.ResponseTrailers.Add("x-trailer", "yes");
            if (request.Value.StartsWith("fail ", StringComparison.Ordinal) && (!int.TryParse(request.Value.AsSpan(5), CultureInfo.InvariantCulture, out var times) || Calls.Count < times))
            {
                throw new RpcException(new Status(StatusCode.Unavailable, $"not yet, {Calls.Count}"));
            }

            if (request.Value == "refuse")
            {
                throw new RpcException(new Status(StatusCode.InvalidArgument, "refused"));
            }

            if (request.Value == "wait")
            {
                await Task.WhenAny(Waits.Task, Task.Delay(Timeout.Infinite, context.CancellationToken));
                if (context.CancellationToken.IsCancellationRequested)
                {
                    Cancelled.TrySetResult();
                }
            }

            var caller = context.RequestHeaders.GetValue("dapr-caller-app-id");
            var token = context.RequestHeaders.GetValue("dapr-api-token");
            return new StringValue { Value = $"{request.Value.ToUpperInvariant()} from {caller} with {token}" };
        })
        .AddMethod(List, async (request, responses, context) =>
        {
            Note(context);
            foreach (var letter in request.Value)
            {
                if (letter == '!')
                {
                    throw new RpcException(new Status(StatusCode.Unavailable, "broke off"));
                }

                await responses.WriteAsync(new StringValue { Value = $"{letter}" });
            }
        })
        .AddMethod(Join, async (requests, context) =>
        {
            Note(context);
            var all = "";
            await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
            {
                all += request.Value;
            }

            return new StringValue { Value = all };
        })
        .AddMethod(Talk, async (requests, responses, context) =>
        {
            Note(context);
            await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
            {
                await responses.WriteAsync(new StringValue { Value = request.Value.ToUpperInvariant() });
            }
        })
        .Build();

    private void Note(ServerCallContext context) =>
        Calls.Enqueue(context.RequestHeaders.Where(entry => !entry.IsBinary).GroupBy(entry => entry.Key).ToDictionary(group => group.Key, group => group.First().Value));
}
