using System.Globalization;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Lucid.Sidecar.Grpc;

public sealed partial class DaprService
{
    internal Task<GetMetadataResponse> GetMetadataAsync(ServerCallContext call)
    {
        var description = Require(Metadata, call).Describe();
        var response = new GetMetadataResponse { Id = description.Id, RuntimeVersion = description.RuntimeVersion };
        foreach (var component in description.Components)
        {
            var registered = new RegisteredComponents { Name = component.Name, Type = component.Type, Version = component.Version };
            registered.Capabilities.Add(component.Capabilities);
            response.RegisteredComponents.Add(registered);
        }

        response.ExtendedMetadata.Add(new Dictionary<string, string>(description.Extended));
        response.Subscriptions.Add(description.Subscriptions.Select(Subscription));
        response.ActorRuntime = new ActorRuntime();
        foreach (var actor in description.ActiveActors)
        {
            var count = new ActiveActorsCount { Type = actor.Type, Count = actor.Count };
#pragma warning disable CS0612 // obsolete in the newest protocol, but what clients up to 1.19 read
            response.ActiveActorsCount.Add(count);
#pragma warning restore CS0612
            response.ActorRuntime.ActiveActors.Add(count);
        }

        if (description.App is { } app)
        {
            response.AppConnectionProperties = new AppConnectionProperties
            {
                Port = app.Port,
                Protocol = app.Protocol,
                ChannelAddress = app.ChannelAddress,
                MaxConcurrency = app.MaxConcurrency,
            };
        }

        return Task.FromResult(response);
    }

    internal Task<Empty> SetMetadataAsync(SetMetadataRequest request, ServerCallContext call)
    {
        Require(Metadata, call).Set(request.Key, request.Value);
        return Task.FromResult(new Empty());
    }

    internal Task<Empty> ShutdownAsync(ServerCallContext call)
    {
        Require(Metadata, call).RequestShutdown();
        return Task.FromResult(new Empty());
    }

    /// <summary>The app's HTTP status travels in the header <c>dapr-http-status</c>; outside 200–299 it is a gRPC error as well.</summary>
    internal async Task<InvokeResponse> InvokeServiceAsync(InvokeServiceRequest request, ServerCallContext call)
    {
        var message = request.Message ?? new InvokeRequest();
        var verb = message.HttpExtension?.Verb ?? HTTPExtension.Types.Verb.None;
        var reply = await Require(Invocation, call).InvokeAsync(
            new InvocationCall(
                request.Id,
                message.Method,
                verb is HTTPExtension.Types.Verb.None ? "POST" : verb.ToString().ToUpperInvariant(),
                message.HttpExtension?.Querystring ?? "",
                Bytes(message.Data?.Value),
                message.ContentType,
                [.. call.RequestHeaders.Where(header => !header.IsBinary).Select(header => (header.Key, header.Value))]),
            call.CancellationToken).ConfigureAwait(false);

        await call.WriteResponseHeadersAsync(
            new global::Grpc.Core.Metadata { { "dapr-http-status", reply.StatusCode.ToString(CultureInfo.InvariantCulture) } }).ConfigureAwait(false);
        return reply.StatusCode is >= 200 and < 300
            ? new InvokeResponse { Data = new Any { Value = Wrap(reply.Data) }, ContentType = reply.ContentType }
            : throw new RpcException(new Status(OfHttp(reply.StatusCode), System.Text.Encoding.UTF8.GetString(reply.Data.Span)));
    }

    private static StatusCode OfHttp(int status) => status switch
    {
        400 => StatusCode.Internal,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.NotFound,
        408 => StatusCode.Cancelled,
        409 => StatusCode.AlreadyExists,
        429 => StatusCode.ResourceExhausted,
        501 => StatusCode.Unimplemented,
        503 => StatusCode.Unavailable,
        504 => StatusCode.DeadlineExceeded,
        _ => StatusCode.Unknown,
    };

    private static PubsubSubscription Subscription(DescribedSubscription subscription)
    {
        var message = new PubsubSubscription
        {
            PubsubName = subscription.PubSubName,
            Topic = subscription.Topic,
            DeadLetterTopic = subscription.DeadLetterTopic,
            Rules = new PubsubSubscriptionRules(),
            Type = subscription.IsDeclarative ? PubsubSubscriptionType.Declarative : PubsubSubscriptionType.Programmatic,
        };
        message.Metadata.Add(new Dictionary<string, string>(subscription.Metadata));
        message.Rules.Rules.Add(subscription.Rules.Select(rule => new PubsubSubscriptionRule { Match = rule.Match, Path = rule.Path }));
        return message;
    }
}
