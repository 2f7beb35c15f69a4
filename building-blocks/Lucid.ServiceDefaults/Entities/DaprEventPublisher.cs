using System.Globalization;
using System.Text.Json;
using Dapr.Client;
using Lucid.Contracts.Events;

namespace Lucid.ServiceDefaults.Entities;

/// <summary>Publishes as a CloudEvent (1.0, structured) of our own making, so that its id stays the same when it is sent again.</summary>
internal sealed class DaprEventPublisher(DaprClient dapr, ServiceRuntime runtime) : IEventPublisher
{
    public Task PublishAsync(PendingEvent pending, CancellationToken cancellationToken)
    {
        var envelope = new Dictionary<string, object?>
        {
            ["specversion"] = "1.0",
            ["id"] = pending.Id,
            ["type"] = pending.Type,
            ["source"] = runtime.AppId,
            ["time"] = pending.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["datacontenttype"] = "application/json",
            ["partitionkey"] = pending.Key,
            ["data"] = pending.Data,
        };
        if (pending.RequestId is { } requestId)
        {
            envelope["requestid"] = requestId;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(envelope, StateJson.Options);
        return dapr.PublishByteEventAsync(
            TopicTable.Get(pending.Topic).Component, pending.Topic, body, "application/cloudevents+json", cancellationToken: cancellationToken);
    }
}
