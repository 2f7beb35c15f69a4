using System.Text.Json;
using Dapr;
using Lucid.Contracts.Events;

namespace Lucid.ServiceDefaults;

public static partial class TopicExtensions
{
    /// <summary>
    /// Subscribes to a topic, with its dead-letter topic. The handler is an ordinary minimal API delegate that takes a <see cref="TopicEvent"/>
    /// beside injected services and a cancellation token; it returns nothing, or one of <see cref="TopicResults"/>.
    /// </summary>
    /// <param name="topic">A topic of <see cref="Topics"/>; its component comes from <see cref="TopicTable"/>.</param>
    /// <param name="route">Default <c>/subscriptions/{topic}</c>. Only the own sidecar may call it.</param>
    public static RouteHandlerBuilder MapTopic(this IEndpointRouteBuilder routes, string topic, Delegate handler, string? route = null)
    {
        var rule = TopicTable.All.FirstOrDefault(r => r.Topic == topic);
        return routes.MapTopic(rule?.Component ?? ComponentNames.PubSub, topic, handler, route ?? $"/subscriptions/{topic}");
    }

    /// <summary>The same for a topic on a named component, such as <c>wallet-pubsub</c>.</summary>
    public static RouteHandlerBuilder MapTopic(this IEndpointRouteBuilder routes, string component, string topic, Delegate handler, string route)
    {
        var endpoint = routes.MapPost(route, handler).WithTopic(new TopicOptions
        {
            PubsubName = component,
            Name = topic,
            DeadLetterTopic = Topics.DeadLetter(topic),
        });
        endpoint.ExcludeFromDescription();
        endpoint.Finally(builder => builder.RequestDelegate = Unwrap(builder.RequestDelegate!));
        return endpoint;
    }

    private static RequestDelegate Unwrap(RequestDelegate handler) => async context =>
    {
        try
        {
            using var envelope = await JsonDocument.ParseAsync(context.Request.Body, new JsonDocumentOptions { MaxDepth = 64 }, context.RequestAborted).ConfigureAwait(false);
            if (TopicEvent.Parse(envelope.RootElement) is not { } delivered)
            {
                throw new JsonException("not a CloudEvent with id, type and data");
            }

            context.Items[typeof(TopicEvent)] = delivered;
            await handler(context).ConfigureAwait(false);
        }
        catch (JsonException e)
        {
            LogPoison(context.RequestServices.GetRequiredService<ILogger<TopicEvent>>(), e);
            await TopicResults.Drop.ExecuteAsync(context).ConfigureAwait(false);
        }
    };

    [LoggerMessage(EventId = 1401, Level = LogLevel.Warning, Message = "A message that cannot be read goes to the dead-letter topic")]
    private static partial void LogPoison(ILogger logger, Exception exception);
}
