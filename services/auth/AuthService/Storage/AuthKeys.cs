using System.Security.Cryptography;
using System.Text;

namespace Lucid.AuthService.Storage;

/// <summary>Keys derived from the JWT secret by HKDF-SHA-256 (RFC 5869), one label each; the secret itself signs nothing.</summary>
internal sealed class AuthKeys
{
    private const int Size = 32;

    private byte[]? _refresh;
    private byte[]? _keyWrap;

    /// <summary>MACs of refresh tokens.</summary>
    public byte[] Refresh => _refresh ?? throw Locked();

    /// <summary>AES-256-GCM key of the stored signing keys.</summary>
    public byte[] KeyWrap => _keyWrap ?? throw Locked();

    public void Unlock(string jwtSecret)
    {
        var root = Encoding.UTF8.GetBytes(jwtSecret);
        _refresh = Derive(root, "lucid/refresh");
        _keyWrap = Derive(root, "lucid/key-wrap");
        CryptographicOperations.ZeroMemory(root);
    }

    private static byte[] Derive(byte[] root, string label) => HKDF.DeriveKey(HashAlgorithmName.SHA256, root, Size, info: Encoding.ASCII.GetBytes(label));

    private static InvalidOperationException Locked() => new("the secrets have not been read yet");
}
