using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.PubSub.Broker;

/// <summary><c>pubsub.lucid</c>: the sidecars of one process share one broker per folder.</summary>
public sealed class LucidPubSubFactory : IComponentFactory<IPubSub>
{
    public string Type => "pubsub.lucid";

    public IReadOnlySet<string> Fields { get; } = new HashSet<string>([.. TopicRules.Fields, .. BrokerOptions.Fields], StringComparer.OrdinalIgnoreCase);

    public async ValueTask<IPubSub> CreateAsync(ComponentDefinition definition, ComponentHost host, CancellationToken cancellationToken)
    {
        var options = BrokerOptions.Read(definition);
        var broker = await host.Shared.GetOrAddAsync(
            $"pubsub.lucid:{options.Path}",
            () => MessageBroker.OpenAsync(options, host.Time, host.Loggers.CreateLogger<MessageBroker>(), CancellationToken.None)).ConfigureAwait(false);
        if (broker.Options.Retention != options.Retention || broker.Options.MaxBytes != options.MaxBytes)
        {
            throw new BrokerException($"the broker in '{options.Path}' is open with another retention or maxBytes; the files must agree");
        }

        return new LucidPubSub(broker, options);
    }
}
