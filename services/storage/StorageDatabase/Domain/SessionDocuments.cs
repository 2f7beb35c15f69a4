using System.Text.Json;
using Lucid.Contracts;
using Lucid.Contracts.Sessions;

namespace Lucid.StorageDatabase.Domain;

/// <summary>Sessions as documents; events and catalogues come through here, so that both build the same model.</summary>
internal static class SessionDocuments
{
    /// <param name="version">Version of the entity; the document shows the same.</param>
    /// <exception cref="JsonException">The view names no session, no owner or no version.</exception>
    public static DocumentChange Of(SessionView session, long version)
    {
        if (!Guid.TryParseExact(session.SessionId, "D", out _) || !Guid.TryParseExact(session.UserId, "D", out _) || version < 1)
        {
            throw new JsonException("a session without its id, its owner's id or a version");
        }

        return new DocumentChange(
            session.SessionId,
            version,
            session.State == SessionStates.Deleted ? null : JsonSerializer.SerializeToElement(session with { Version = version }, JsonDefaults.Tolerant));
    }
}
