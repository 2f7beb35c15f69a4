using System.Buffers.Binary;
using Lucid.BlockchainEngine.Domain;
using Lucid.BlockchainEngine.Storage;
using Lucid.Contracts;
using Lucid.Contracts.Chain;
using Lucid.Contracts.Events;
using Lucid.Evidence;
using Lucid.ServiceDefaults;
using System.Text.Json;

namespace Lucid.BlockchainEngine;

/// <summary>
/// Tells of every final block, at least once and in order, from the block log and a cursor. The id of an event follows from what it
/// tells of, so a repetition is recognised.
/// </summary>
public sealed partial class EventRelay(EngineHost host, IEventPublisher events, EntityStore<EventCursor> cursors, TimeProvider clock, ILogger<EventRelay> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CursorEvery = TimeSpan.FromSeconds(10);
    private DateTimeOffset cursorSaved;

    /// <summary>The events of a block, in the order of publication.</summary>
    internal static IEnumerable<PendingEvent> EventsOf(FinalBlock final)
    {
        var header = final.Header;
        var hash = header.Hash();
        var notice = new BlockNotice(
            header.Height, hash.ToString(), header.Slot, header.Producer.ToString(), final.Block.Transactions.Length,
            final.Block.Transactions.Sum(t => ChainState.SessionsOf(t.Data).Length), header.Time);
        yield return Event(EventTypes.BlockCreated, hash, hash, notice, header.Time);
        for (var i = 0; i < final.Block.Transactions.Length; i++)
        {
            var transaction = final.Block.Transactions[i];
            yield return Event(
                EventTypes.TransactionConfirmed, transaction.Id, hash,
                new TransactionNotice(transaction.Id.ToString(), transaction.Data.Type, header.Height, hash.ToString(), i), header.Time);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var node = host.Node;
        var id = node.Genesis.NetworkId.ToString();
        var next = await RetryAsync(async () => (await cursors.FindAsync(id, stoppingToken))?.Value.Height ?? 0, stoppingToken) + 1;
        await foreach (var block in node.FollowAsync(next, stoppingToken))
        {
            foreach (var pending in EventsOf(block))
            {
                await RetryAsync(
                    async () =>
                    {
                        await events.PublishAsync(pending, stoppingToken);
                        return true;
                    },
                    stoppingToken);
            }

            if (block.Block.Transactions.Length > 0 || clock.GetUtcNow() - cursorSaved >= CursorEvery)
            {
                cursorSaved = clock.GetUtcNow();
                await RetryAsync(
                    () => cursors.UpsertAsync(id, () => new EventCursor(0), cursor => cursor.Value = new EventCursor(block.Header.Height), stoppingToken),
                    stoppingToken);
            }
        }
    }

    private static PendingEvent Event<T>(string type, Digest subject, Digest block, T data, DateTimeOffset time)
    {
        // A UUID made of a hash: version 8 of RFC 9562.
        var bytes = Digest.Of([.. System.Text.Encoding.ASCII.GetBytes(type), 0, .. subject.Span, .. block.Span]).ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), (ushort)((BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(6)) & 0x0FFF) | 0x8000));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new PendingEvent(
            new Guid(bytes.AsSpan(0, 16), bigEndian: true), Topics.Chain, type, time, subject.ToString(), JsonSerializer.SerializeToElement(data, JsonDefaults.Tolerant));
    }

    private async Task<T> RetryAsync<T>(Func<Task<T>> action, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await action();
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                LogWaiting(e);
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }

    [LoggerMessage(2020, LogLevel.Warning, "Events of the chain wait: the broker or the state store does not answer")]
    private partial void LogWaiting(Exception exception);
}
