using System.Security.Cryptography;
using Lucid.Evidence;
using Lucid.ServiceDefaults;
using Lucid.SessionPipeline.Domain;

namespace Lucid.SessionPipeline.Storage;

/// <summary>
/// The platform's working copies of data keys. A copy opens only with three things: the entity in the state store, the platform key and
/// the session's key version. Destroying begins with the version, because the other two live on in backups.
/// </summary>
public sealed class WorkingKeys(EntityStore<WorkingKey> wrapped, KeyVersions versions, PlatformKeys platform)
{
    /// <summary>Makes the data key of a session that has sealed nothing yet. What an earlier attempt left is replaced unless it is whole.</summary>
    public async Task CreateAsync(Session session, CancellationToken cancellationToken)
    {
        if ((await OpenAsync(session, cancellationToken)).Key is { } present)
        {
            CryptographicOperations.ZeroMemory(present);
            return;
        }

        await DestroyAsync(session.SessionId, cancellationToken);
        var version = await versions.CreateAsync(Guid.ParseExact(session.SessionId, "D"));
        var wrapping = WorkingKey.DeriveWrappingKey(platform.PlatformKey, version);
        var dataKey = RandomNumberGenerator.GetBytes(KeyEnvelope.DataKeySize);
        try
        {
            var key = WorkingKey.Wrap(dataKey, wrapping, Guid.ParseExact(session.SessionId, "D"), Guid.ParseExact(session.DataKeyId, "D"));
            if (await wrapped.SaveAsync(wrapped.New(session.SessionId, key), cancellationToken) != SaveOutcome.Saved)
            {
                throw new LucidException(Lucid.Contracts.Errors.LucidErrors.Unavailable, "The working key was made by somebody else meanwhile; try again.", "conflict");
            }
        }
        finally
        {
            Clear(version, wrapping, dataKey);
        }
    }

    /// <summary>The data key, which the caller clears, or why there is none.</summary>
    /// <exception cref="CryptographicException">The entity was changed, or belongs to another platform key.</exception>
    public async Task<OpenedKey> OpenAsync(Session session, CancellationToken cancellationToken)
    {
        if (await wrapped.FindAsync(session.SessionId, cancellationToken) is not { } entity)
        {
            return new(null, KeyAbsence.Destroyed);
        }

        var id = Guid.ParseExact(session.SessionId, "D");
        if (versions.Find(id) is not { } version)
        {
            return new(null, KeyAbsence.VersionLost);
        }

        var wrapping = WorkingKey.DeriveWrappingKey(platform.PlatformKey, version);
        try
        {
            return new(entity.Value.Unwrap(wrapping, id, Guid.ParseExact(session.DataKeyId, "D")), null);
        }
        finally
        {
            Clear(version, wrapping);
        }
    }

    /// <summary>Destroys the version, then the entity; idempotent.</summary>
    public async Task DestroyAsync(string session, CancellationToken cancellationToken)
    {
        await versions.DestroyAsync(Guid.ParseExact(session, "D"));
        if (await wrapped.FindAsync(session, cancellationToken) is { } key)
        {
            await wrapped.DeleteAsync(key, cancellationToken);
        }
    }

    private static void Clear(params ReadOnlySpan<byte[]> secrets)
    {
        foreach (var secret in secrets)
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}

/// <param name="Key">32 bytes; null with an absence.</param>
public readonly record struct OpenedKey(byte[]? Key, KeyAbsence? Absence);

public enum KeyAbsence
{
    /// <summary>Never made, or destroyed as it should be.</summary>
    Destroyed,

    /// <summary>The state store has the wrapped key, but this volume has no version: the volume was lost, or is another replica's.</summary>
    VersionLost,
}
