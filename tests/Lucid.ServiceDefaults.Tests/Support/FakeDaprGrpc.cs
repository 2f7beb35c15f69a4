using System.Buffers.Binary;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Lucid.ServiceDefaults.Tests.Support;

/// <summary>State and publish of a sidecar's gRPC API over a <see cref="SharedStore"/>, as daprd answers them: a conflict is Aborted (10).</summary>
internal sealed class FakeDaprGrpc(SharedStore store)
{
    private const int Ok = 0;
    private const int Aborted = 10;

    public List<PublishEventRequest> Published { get; } = [];

    public List<SaveStateRequest> Saved { get; } = [];

    public async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        Map(app, "GetState", GetStateRequest.Parser, GetState);
        Map(app, "GetBulkState", GetBulkStateRequest.Parser, GetBulkState);
        Map(app, "SaveState", SaveStateRequest.Parser, SaveState);
        Map(app, "DeleteState", DeleteStateRequest.Parser, request => (store.Delete(request.Key, request.Etag.Value) ? Ok : Aborted, new Empty()));
        Map(app, "PublishEvent", PublishEventRequest.Parser, request =>
        {
            Published.Add(request);
            return (Ok, new Empty());
        });
        await app.StartAsync();
        return app;
    }

    private (int, IMessage) GetState(GetStateRequest request) => (Ok, store.Get(request.Key) is { } row
        ? new GetStateResponse { Data = ByteString.CopyFrom(row.Value.Span), Etag = row.ETag }
        : new GetStateResponse());

    private (int, IMessage) GetBulkState(GetBulkStateRequest request)
    {
        var response = new GetBulkStateResponse();
        response.Items.AddRange(request.Keys.Reverse().Select(key => store.Get(key) is { } row
            ? new BulkStateItem { Key = key, Data = ByteString.CopyFrom(row.Value.Span), Etag = row.ETag }
            : new BulkStateItem { Key = key }));
        return (Ok, response);
    }

    private (int, IMessage) SaveState(SaveStateRequest request)
    {
        Saved.Add(request);
        var item = request.States.Single();
        var etag = string.IsNullOrEmpty(item.Etag?.Value) ? null : item.Etag.Value;
        return (store.Save(item.Key, item.Value.ToByteArray(), etag) ? Ok : Aborted, new Empty());
    }

    // Unary calls by hand: the package holds the messages, not the server's side. A frame is a flag, a length of four bytes, a message.
    private static void Map<TRequest>(WebApplication app, string method, MessageParser<TRequest> parser, Func<TRequest, (int Status, IMessage Reply)> call)
        where TRequest : IMessage<TRequest> => app.MapPost($"/dapr.proto.runtime.v1.Dapr/{method}", async (HttpContext context) =>
    {
        using var frame = new MemoryStream();
        await context.Request.Body.CopyToAsync(frame);
        var (status, reply) = call(parser.ParseFrom(frame.ToArray().AsSpan(5)));
        context.Response.ContentType = "application/grpc";
        if (status == Ok)
        {
            var head = new byte[5];
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), reply.CalculateSize());
            await context.Response.Body.WriteAsync(head);
            await context.Response.Body.WriteAsync(reply.ToByteArray());
        }
        else
        {
            await context.Response.StartAsync();
        }

        context.Response.AppendTrailer("grpc-status", status.ToString(System.Globalization.CultureInfo.InvariantCulture));
    });
}
