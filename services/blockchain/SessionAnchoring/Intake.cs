using Lucid.SessionAnchoring.Domain;
using Lucid.SessionAnchoring.Storage;

namespace Lucid.SessionAnchoring;

/// <summary>Takes requests, whether or not the engine can be reached: what is answered is durable, the rest is the worker's.</summary>
internal static class Intake
{
    public static Task<IntakeOutcome> SubmitAsync(Anchorings anchorings, CheckedRequest request, TimeProvider clock, CancellationToken cancellationToken) =>
        anchorings.ChangeAsync(
            request.SessionId,
            async (known, save) =>
            {
                var salt = known is null
                    ? await anchorings.Salts.GetOrCreateAsync(request.SessionId, cancellationToken)
                    : await anchorings.Salts.FindAsync(request.SessionId, cancellationToken);
                if (salt is null)
                {
                    return new IntakeOutcome(IntakeResult.Different); // erased: nobody can show any more whose it was
                }

                var entry = request.ToEntry(salt);
                if (known is null)
                {
                    var now = clock.GetUtcNow();
                    return entry.VerifyOwnerSignature()
                        ? new IntakeOutcome(IntakeResult.Accepted, await save(Anchoring.Requested(Guid.CreateVersion7(now), entry, now)))
                        : new IntakeOutcome(IntakeResult.OwnerSignatureInvalid);
                }

                if (!known.IsFor(entry))
                {
                    return new IntakeOutcome(IntakeResult.Different);
                }

                return Restarted(known, clock) is { } again
                    ? new IntakeOutcome(IntakeResult.Accepted, await save(again))
                    : new IntakeOutcome(IntakeResult.Repeated, known);
            },
            cancellationToken);

    /// <summary>Takes up a failed or expired anchoring again; null with <paramref name="anchorings"/> unchanged in any other state.</summary>
    public static Task<Anchoring?> RetryAsync(Anchorings anchorings, Guid session, TimeProvider clock, CancellationToken cancellationToken) =>
        anchorings.ChangeAsync(
            session,
            async (known, save) => known is not null && Restarted(known, clock) is { } again ? await save(again) : null,
            cancellationToken);

    // The earlier transactions stay known: one of them may be found on the chain.
    private static Anchoring? Restarted(Anchoring known, TimeProvider clock) =>
        known.On(AnchoringTrigger.Retried) is { } pending ? pending with { SubmittedAt = clock.GetUtcNow(), Attempts = 0, Error = null, Announced = null } : null;
}
