using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace Lucid.Sidecar.Telemetry;

/// <summary>The status a gRPC answer ended with.</summary>
internal static class GrpcStatus
{
    public const string Header = "grpc-status";
    public const string MessageHeader = "grpc-message";

    /// <summary>From the trailers, or the headers of an answer that is only a status; Unknown when it has none.</summary>
    public static StatusCode Of(HttpResponse response) => Parse(Read(response, Header));

    public static string MessageOf(HttpResponse response) => Uri.UnescapeDataString(Read(response, MessageHeader));

    public static StatusCode Parse(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? (StatusCode)code : StatusCode.Unknown;

    private static string Read(HttpResponse response, string name)
    {
        var trailers = response.HttpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        return (trailers?.TryGetValue(name, out var value) == true ? value : response.Headers[name]).ToString();
    }
}
