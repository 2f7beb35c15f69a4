using System.Security.Cryptography;
using Lucid.Journal;

namespace Lucid.SessionPipeline.Storage;

/// <summary>
/// Key versions: 32 random bytes for each session, one file each in a folder that is in no backup. Without its version a wrapped working
/// key cannot be opened, whoever holds copies of the state store and the platform key. See ADR 0012.
/// </summary>
public sealed class KeyVersions
{
    public const int Length = 32;
    private readonly string folder;
    private readonly IJournalFileSystem files;

    /// <exception cref="IOException">The folder cannot be made.</exception>
    public KeyVersions(PipelineOptions options, IJournalFileSystem files)
    {
        folder = Path.GetFullPath(options.SessionKeyPath);
        this.files = files;
        files.CreateDirectory(folder);
    }

    /// <summary>A new version, on the device when this returns; one that was there before is gone.</summary>
    public async Task<byte[]> CreateAsync(Guid session)
    {
        var version = RandomNumberGenerator.GetBytes(Length);
        await SecretFiles.CreateAsync(files, PathOf(session), version);
        return version;
    }

    /// <summary>The version; null when it was destroyed, never made, or is not on this volume.</summary>
    public byte[]? Find(Guid session) => SecretFiles.Read(files, PathOf(session)) is { Length: Length } version ? version : null;

    /// <summary>Destroys the version on the device; idempotent.</summary>
    public Task DestroyAsync(Guid session) => SecretFiles.DestroyAsync(files, PathOf(session));

    /// <summary>Writes and destroys a file, so that a folder that cannot be written to stops the start instead of a recording.</summary>
    /// <exception cref="IOException">SESSION_KEY_PATH names the folder that cannot be used.</exception>
    public async Task CheckAsync()
    {
        try
        {
            await CreateAsync(Guid.Empty);
            await DestroyAsync(Guid.Empty);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"SESSION_KEY_PATH: nothing can be written to '{folder}'; accepted is a writable folder that no backup includes.", failure);
        }
    }

    private string PathOf(Guid session) => Path.Combine(folder, session.ToString("D"));
}
