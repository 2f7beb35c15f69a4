using Lucid.Contracts.Chain;
using Lucid.Contracts.Events;
using Lucid.ServiceDefaults;

namespace Lucid.SessionAnchoring.Subscriptions;

/// <summary>Hints of the engine that make the worker look sooner than its next poll.</summary>
public static class ChainSubscription
{
    public static void MapChainEvents(this IEndpointRouteBuilder routes) => routes.MapTopic(Topics.Chain, Receive);

    private static void Receive(TopicEvent received, AnchoringWorker worker)
    {
        if (received.Type == EventTypes.BlockCreated)
        {
            worker.SawBlock(received.Read<BlockNotice>().Height);
        }
        else if (received.Type == EventTypes.TransactionConfirmed)
        {
            worker.SawTransaction(received.Read<TransactionNotice>().TxId);
        }
    }
}
