using Lucid.BlockchainEngine.Domain;
using Lucid.Evidence;

namespace Lucid.BlockchainEngine;

public sealed partial class ChainNode
{
    [LoggerMessage(2001, LogLevel.Information, "The chain is verified up to block {Height}; {Pending} accepted transactions wait")]
    private partial void LogOpened(long height, int pending);

    [LoggerMessage(2002, LogLevel.Warning, "Transaction {Id} was not accepted because it could not be made durable")]
    private partial void LogNotAccepted(Exception exception, Digest id);

    [LoggerMessage(2003, LogLevel.Warning, "Slot {Slot} has no block: the state store or the disk did not take the write")]
    private partial void LogUnavailable(Exception exception, long slot);

    [LoggerMessage(2004, LogLevel.Warning, "Accepted transaction {Id} can no longer be included: {Why}")]
    private partial void LogDropped(Digest id, TransactionRefusal why);

    [LoggerMessage(2005, LogLevel.Critical, "This engine signs nothing after block {Height}: another engine took over, or the block log failed. Start it again when the cause is removed")]
    private partial void LogStopped(Exception? exception, long height);
}
