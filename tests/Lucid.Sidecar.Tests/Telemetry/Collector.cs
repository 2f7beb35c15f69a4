using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Lucid.Sidecar.Tests.Telemetry;

/// <summary>A span as a collector receives it; ids in hexadecimal, no parent as an empty text. Kinds are OTLP's: 2 server, 3 client, 4 producer.</summary>
public sealed record ReceivedSpan(string Service, string Scope, string Trace, string Id, string Parent, string Name, int Kind, Dictionary<string, string> Attributes, int Status, string Message);

/// <summary>A collector for OTLP over HTTP and gRPC and for Zipkin, on a port of its own.</summary>
public sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly ConcurrentQueue<ReceivedSpan> spans = new();

    private Collector(WebApplication application) => this.application = application;

    public IReadOnlyList<ReceivedSpan> Spans => [.. spans];

    public ConcurrentQueue<(string Path, string? Header)> Requests { get; } = new();

    public int Port { get; private set; }

    public static async Task<Collector> StartAsync(HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        var collector = new Collector(builder.Build());
        collector.application.Run(collector.ReceiveAsync);
        await collector.application.StartAsync();
        collector.Port = new Uri(collector.application.Urls.First()).Port;
        return collector;
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        Requests.Enqueue((http.Request.Path.Value!, http.Request.Headers["x-key"].FirstOrDefault()));
        var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer);
        switch (http.Request.Path.Value)
        {
            case "/v1/traces":
                Read(buffer.ToArray());
                break;
            case "/opentelemetry.proto.collector.trace.v1.TraceService/Export":
                Read(buffer.ToArray().AsSpan(5).ToArray());
                http.Response.ContentType = "application/grpc";
                await http.Response.Body.WriteAsync(new byte[5]);
                http.Response.AppendTrailer("grpc-status", "0");
                break;
            case "/api/v2/spans":
                foreach (var span in JsonNode.Parse(buffer.ToArray())!.AsArray())
                {
                    spans.Enqueue(new ReceivedSpan(
                        $"{span!["localEndpoint"]!["serviceName"]}", "", $"{span["traceId"]}", $"{span["id"]}", $"{span["parentId"]}", $"{span["name"]}", 0, [], 0, ""));
                }

                http.Response.StatusCode = StatusCodes.Status202Accepted;
                break;
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    /// <summary>ExportTraceServiceRequest of opentelemetry-proto, as far as the tests ask.</summary>
    private void Read(byte[] request)
    {
        foreach (var resourceSpans in Fields(request).Where(field => field.Number == 1))
        {
            var service = "";
            foreach (var field in Fields(resourceSpans.Bytes))
            {
                if (field.Number == 1)
                {
                    service = Attributes(Fields(field.Bytes).Where(resource => resource.Number == 1)).GetValueOrDefault("service.name", "");
                }
                else if (field.Number == 2)
                {
                    var scope = "";
                    foreach (var inScope in Fields(field.Bytes))
                    {
                        if (inScope.Number == 1)
                        {
                            scope = Text(Fields(inScope.Bytes), 1);
                        }
                        else if (inScope.Number == 2)
                        {
                            spans.Enqueue(Span(service, scope, Fields(inScope.Bytes)));
                        }
                    }
                }
            }
        }
    }

    private static ReceivedSpan Span(string service, string scope, List<Field> fields)
    {
        var status = fields.Find(field => field.Number == 15) is { Bytes: { } bytes } ? Fields(bytes) : [];
        return new ReceivedSpan(
            service, scope, Hex(fields, 1), Hex(fields, 2), Hex(fields, 4), Text(fields, 5), (int)fields.Find(field => field.Number == 6).Value,
            Attributes(fields.Where(field => field.Number == 9)), (int)status.Find(field => field.Number == 3).Value, Text(status, 2));
    }

    private static Dictionary<string, string> Attributes(IEnumerable<Field> pairs) => pairs.Select(pair => Fields(pair.Bytes))
        .ToDictionary(pair => Text(pair, 1), pair => Text(Fields(pair.Find(field => field.Number == 2).Bytes), 1));

    private static string Hex(List<Field> fields, int number) => Convert.ToHexStringLower(fields.Find(field => field.Number == number).Bytes ?? []);

    private static string Text(List<Field> fields, int number) =>
        fields.Find(field => field.Number == number).Bytes is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes) : "";

    private static List<Field> Fields(byte[] message)
    {
        var input = new CodedInputStream(message);
        List<Field> fields = [];
        while (input.ReadTag() is var tag and not 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            fields.Add(WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.LengthDelimited => new Field(number, 0, input.ReadBytes().ToByteArray()),
                WireFormat.WireType.Varint => new Field(number, input.ReadInt64(), null!),
                WireFormat.WireType.Fixed64 => new Field(number, (long)input.ReadFixed64(), null!),
                WireFormat.WireType.Fixed32 => new Field(number, input.ReadFixed32(), null!),
                var other => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"wire type {other}")),
            });
        }

        return fields;
    }

    private readonly record struct Field(int Number, long Value, byte[] Bytes);
}
