using System.Diagnostics;
using System.Globalization;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Microsoft.AspNetCore.WebUtilities;
using Names = Lucid.Sidecar.Telemetry.SpanNames;

namespace Lucid.Sidecar.Telemetry;

/// <summary>Names and attributes of spans of the two APIs as daprd gives them. Every method takes a span that is recorded.</summary>
internal static class SpanAttributes
{
    private const string UserPrefix = "dapr-";
    private const string BinarySuffix = "-bin";

    /// <summary>Completes the span of an HTTP API request by its path, verb and status.</summary>
    /// <param name="path">Cleaned, beginning with a slash.</param>
    public static void OfHttp(Activity span, HttpContext context, string path)
    {
        OfUser(span, context.Request);
        var api = $"{context.Request.Method} {path}";
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (parts)
        {
            case [_, "invoke", var target, "method", .. var method]:
                OfInvocation(span, target, string.Join('/', method));
                break;
            case [_, "state" or "secrets" or "bindings", var component, ..]:
                OfComponent(span, parts[1], component, api);
                break;
            case [_, "publish", "bulk", _, .. var topic]:
                OfTopic(span, string.Join('/', topic));
                break;
            case [_, "publish", _, .. var topic]:
                OfTopic(span, string.Join('/', topic));
                break;
            case [_, "actors", var type, var id, "method", var method]:
                OfActor(span, type, id);
                span.SetTag(Names.RpcService, Names.ServiceInvocation);
                span.SetTag(Names.PeerName, $"{type}.{id}");
                span.DisplayName = Names.CallActor(type, method);
                break;
            case [_, "actors", var type, var id, var what, ..]:
                OfActor(span, type, id);
                if (what == "state")
                {
                    OfComponent(span, "state", "actor", api);
                }

                break;
            default:
                if (context.Request.Headers.TryGetValue("dapr-app-id", out var named))
                {
                    OfInvocation(span, named.ToString(), path.TrimStart('/'));
                }

                break;
        }

        span.SetTag(Names.Protocol, "http");
        span.SetTag(Names.Api, api);
        var status = context.Response.StatusCode;
        span.SetTag(Names.StatusCode, status.ToString(CultureInfo.InvariantCulture));
        OfStatus(span, status);
    }

    /// <summary>Completes the span of a call of the runtime's own gRPC service by its message.</summary>
    public static void OfGrpc(Activity span, object message, string method)
    {
        switch (message)
        {
            case InvokeServiceRequest invoke:
                OfInvocation(span, invoke.Id, invoke.Message?.Method ?? "");
                break;
            case InvokeActorRequest actor:
                OfActor(span, actor.ActorType, actor.ActorId);
                span.DisplayName = Names.CallActor(actor.ActorType, actor.Method);
                span.SetTag(Names.RpcService, Names.ServiceInvocation);
                break;
            case PublishEventRequest publish:
                span.SetTag(Names.RpcService, Names.DaprService);
                OfTopic(span, publish.Topic);
                break;
            case BulkPublishRequest publish:
                span.SetTag(Names.RpcService, Names.DaprService);
                OfTopic(span, publish.Topic);
                break;
            case GetStateRequest { StoreName: var store }:
                OfGrpcComponent(span, "state", store, method);
                break;
            case SaveStateRequest { StoreName: var store }:
                OfGrpcComponent(span, "state", store, method);
                break;
            case DeleteStateRequest { StoreName: var store }:
                OfGrpcComponent(span, "state", store, method);
                break;
            case GetSecretRequest { StoreName: var store }:
                OfGrpcComponent(span, "secrets", store, method);
                break;
        }

        span.SetTag(Names.Protocol, "grpc");
        span.SetTag(Names.Api, method);
    }

    /// <summary>The callee's side of a call: what daprd's internal service would have noted.</summary>
    public static void OfCallee(Activity span, string method)
    {
        span.SetTag(Names.RpcService, Names.ServiceInvocation);
        span.SetTag(Names.InvokeMethod, method);
        span.SetTag(Names.Protocol, "grpc");
        span.SetTag(Names.Api, "/dapr.proto.internals.v1.ServiceInvocation/CallLocal");
    }

    public static void OfActor(Activity span, string type, string id) => span.SetTag(Names.Actor, $"{type}.{id}");

    public static void OfTopic(Activity span, string topic)
    {
        span.SetTag(Names.MessagingSystem, "pubsub");
        span.SetTag(Names.MessagingDestination, topic);
        span.SetTag(Names.MessagingDestinationKind, "topic");
    }

    /// <summary>Headers of the user that begin with <c>dapr-</c>, which users send to see them in spans.</summary>
    public static void OfUser(Activity span, HttpRequest request)
    {
        foreach (var (name, values) in request.Headers)
        {
            if (name.StartsWith(UserPrefix, StringComparison.OrdinalIgnoreCase) && !name.EndsWith(BinarySuffix, StringComparison.OrdinalIgnoreCase))
            {
                span.SetTag(name.ToLowerInvariant(), values.Count > 0 ? values[^1] : "");
            }
        }
    }

    /// <summary>An error from 400 on, in daprd's words.</summary>
    public static void OfStatus(Activity span, int status)
    {
        if (status >= 400)
        {
            span.SetStatus(ActivityStatusCode.Error, $"Code({status}): {(ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Unknown")}");
        }
    }

    public static void OfStatus(Activity span, StatusCode status, string message)
    {
        if (status != StatusCode.OK)
        {
            span.SetStatus(ActivityStatusCode.Error, message);
        }
    }

    private static void OfInvocation(Activity span, string target, string method)
    {
        span.SetTag(Names.RpcService, Names.ServiceInvocation);
        span.SetTag(Names.PeerName, target);
        span.DisplayName = Names.CallLocal(target, method);
    }

    private static void OfGrpcComponent(Activity span, string kind, string name, string statement)
    {
        span.SetTag(Names.RpcService, Names.DaprService);
        OfComponent(span, kind, name, statement);
    }

    private static void OfComponent(Activity span, string kind, string name, string statement)
    {
        span.SetTag(Names.DbName, name);
        span.SetTag(Names.DbSystem, kind);
        span.SetTag(Names.DbStatement, statement);
        span.SetTag(Names.DbConnectionString, kind);
    }
}
