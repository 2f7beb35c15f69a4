using System.Security.Cryptography;

namespace Lucid.SessionPipeline.Storage;

/// <summary>The keys this service holds while it runs: the platform key, pinned, and the manifest signing key.</summary>
public sealed class PlatformKeys : IDisposable
{
    private readonly byte[] platformKey = GC.AllocateArray<byte>(32, pinned: true);
    private ECDsa? signing;

    public ReadOnlySpan<byte> PlatformKey => platformKey;

    public ECDsa ManifestSigning => signing ?? throw new InvalidOperationException("The keys have not been read yet.");

    /// <param name="masterKey">64 hex.</param>
    /// <param name="manifestKeyPem">PKCS#8 PEM of a P-256 key.</param>
    /// <exception cref="FormatException">The master key is not 32 bytes in hex, or all zero.</exception>
    public void Unlock(string masterKey, string manifestKeyPem)
    {
        var bytes = Convert.FromHexString(masterKey);
        if (bytes.Length != 32 || bytes.All(value => value == 0))
        {
            throw new FormatException("lucid-master-key must be 64 hex digits and not all zero.");
        }

        bytes.CopyTo(platformKey, 0);
        CryptographicOperations.ZeroMemory(bytes);
        signing = ECDsa.Create();
        signing.ImportFromPem(manifestKeyPem);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(platformKey);
        signing?.Dispose();
    }
}
