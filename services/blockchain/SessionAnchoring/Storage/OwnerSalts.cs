using System.Security.Cryptography;
using Lucid.Journal;

namespace Lucid.SessionAnchoring.Storage;

/// <summary>
/// The random salt under each owner reference, one small file for a session, apart from the journal: deleting it unlinks the person
/// from the chain (02 §7). Which is why the journal never names an owner.
/// </summary>
internal sealed class OwnerSalts(string directory)
{
    private const int Length = 32;

    /// <summary>The salt of a session, made durable on first use. One caller at a time for a session.</summary>
    public async Task<byte[]> GetOrCreateAsync(Guid session, CancellationToken cancellationToken)
    {
        if (await FindAsync(session, cancellationToken) is { } known)
        {
            return known;
        }

        var path = PathOf(session);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        DurableFiles.FlushDirectory(directory);
        var salt = RandomNumberGenerator.GetBytes(Length);
        await DurableFiles.WriteAsync(path, salt, cancellationToken);
        return salt;
    }

    /// <summary>Null when there is none, or it was erased.</summary>
    public async Task<byte[]?> FindAsync(Guid session, CancellationToken cancellationToken)
    {
        var path = PathOf(session);
        return File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken) : null;
    }

    // The last digits of a UUIDv7 are random: they spread the files evenly.
    private string PathOf(Guid session)
    {
        var name = session.ToString("N");
        return Path.Combine(directory, name[^2..], name);
    }
}
