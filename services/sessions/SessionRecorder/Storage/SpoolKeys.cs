using System.Security.Cryptography;
using Lucid.Journal;

namespace Lucid.SessionRecorder.Storage;

/// <summary>
/// A random key for each recording, kept in its folder under the recorder's own key (AES-256-GCM, session id as associated data).
/// Destroying the file makes what remains of the spool unreadable.
/// </summary>
public sealed class SpoolKeys(IJournalFileSystem files) : IDisposable
{
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int KeyLength = 32;
    private AesGcm? wrapping;

    private AesGcm Cipher => wrapping ?? throw new InvalidOperationException("The spool key has not been read yet.");

    /// <summary>Gives the recorder's key, 32 bytes; once, at start.</summary>
    public void Unlock(byte[] key) => wrapping = new AesGcm(key, TagLength);

    public static string PathIn(string folder) => Path.Combine(folder, "key");

    /// <summary>The key of a recording, made on first use and on the device when this returns.</summary>
    /// <exception cref="CryptographicException">The file was changed or belongs to another recording or key.</exception>
    public async Task<byte[]> GetAsync(Guid session, string folder)
    {
        if (SecretFiles.Read(files, PathIn(folder)) is { } wrapped)
        {
            return Unwrap(session, wrapped);
        }

        var key = RandomNumberGenerator.GetBytes(KeyLength);
        await SecretFiles.CreateAsync(files, PathIn(folder), Wrap(session, key));
        return key;
    }

    /// <summary>Destroys the key on the device; idempotent.</summary>
    public Task DestroyAsync(string folder) => SecretFiles.DestroyAsync(files, PathIn(folder));

    public void Dispose() => wrapping?.Dispose();

    private byte[] Wrap(Guid session, ReadOnlySpan<byte> key)
    {
        var wrapped = new byte[NonceLength + TagLength + KeyLength];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceLength));
        Cipher.Encrypt(
            wrapped.AsSpan(0, NonceLength), key, wrapped.AsSpan(NonceLength + TagLength), wrapped.AsSpan(NonceLength, TagLength), session.ToByteArray(bigEndian: true));
        return wrapped;
    }

    private byte[] Unwrap(Guid session, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length != NonceLength + TagLength + KeyLength)
        {
            throw new CryptographicException($"The spool key of {session} has {wrapped.Length} bytes.");
        }

        var key = new byte[KeyLength];
        Cipher.Decrypt(
            wrapped[..NonceLength], wrapped[(NonceLength + TagLength)..], wrapped.Slice(NonceLength, TagLength), key, session.ToByteArray(bigEndian: true));
        return key;
    }
}
