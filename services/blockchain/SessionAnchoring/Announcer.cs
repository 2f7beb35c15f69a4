using System.Buffers.Binary;
using System.Text.Json;
using Lucid.Contracts;
using Lucid.Contracts.Chain;
using Lucid.Contracts.Events;
using Lucid.Evidence;
using Lucid.ServiceDefaults;
using Lucid.SessionAnchoring.Domain;
using Lucid.SessionAnchoring.Storage;

namespace Lucid.SessionAnchoring;

/// <summary>Tells of ends at least once: the journal says which were told of. A repetition has the same event id.</summary>
public sealed partial class Announcer(IEventPublisher events, TimeProvider clock, ILogger<Announcer> logger)
{
    public async Task TellAsync(Anchorings anchorings, CancellationToken cancellationToken)
    {
        foreach (var anchoring in anchorings.Open.Where(a => a.IsUnannounced))
        {
            try
            {
                await events.PublishAsync(EventOf(anchoring), cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                LogWaiting(e);
                return;
            }

            await anchorings.ChangeAsync(
                anchoring.SessionId,
                async (known, save) => known is not null && known.Status == anchoring.Status ? await save(known with { Announced = known.Status }) : known,
                cancellationToken);
        }
    }

    private PendingEvent EventOf(Anchoring anchoring)
    {
        var status = anchoring.Status.Name();
        var notice = new AnchorNotice(anchoring.SessionId.ToString(), anchoring.AnchoringId.ToString(), status, anchoring.TransactionId, anchoring.BlockHeight, anchoring.Error);
        var type = anchoring.Status == AnchoringStatus.Confirmed ? EventTypes.SessionAnchored : EventTypes.AnchorFailed;
        return new PendingEvent(
            IdOf(anchoring, status), Topics.Chain, type, anchoring.ConfirmedAt ?? clock.GetUtcNow(), anchoring.SessionId.ToString(),
            JsonSerializer.SerializeToElement(notice, JsonDefaults.Tolerant));
    }

    // A UUID made of a hash: version 8 of RFC 9562.
    private static Guid IdOf(Anchoring anchoring, string status)
    {
        var bytes = Digest.Of(System.Text.Encoding.UTF8.GetBytes($"{anchoring.AnchoringId:D} {status} {anchoring.SubmittedAt.UtcTicks}")).ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), (ushort)((BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(6)) & 0x0FFF) | 0x8000));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes.AsSpan(0, 16), bigEndian: true);
    }

    [LoggerMessage(2110, LogLevel.Warning, "Events of anchorings wait: the broker does not answer")]
    private partial void LogWaiting(Exception exception);
}
