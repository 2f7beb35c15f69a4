using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lucid.Contracts;
using Lucid.Evidence;
using Lucid.Journal;
using Lucid.Wallets;

namespace Lucid.Cli.Profiles;

/// <summary>The folder of a profile (<c>LUCID_HOME</c>, else <c>~/.config/lucid</c>): profile, wallet key, encryption key, each file 0600.</summary>
public sealed class ProfileStore(string folder)
{
    private const int Iterations = 600_000;
    private const int SaltLength = 16;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>Variable with the passphrase of the encryption key, where it has one.</summary>
    public const string PassphraseVariable = "LUCID_PASSPHRASE";

    public static ProfileStore Default { get; } = new(
        Environment.GetEnvironmentVariable("LUCID_HOME") is { Length: > 0 } home
            ? home
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config", "lucid"));

    public string Folder => folder;

    public string WalletPath => Path.Combine(folder, "wallet.key");

    public string EncryptionKeyPath => Path.Combine(folder, "encryption.jwk");

    private string ProfilePath => Path.Combine(folder, "profile.json");

    public async Task<Profile> LoadAsync(CancellationToken cancellationToken) =>
        File.Exists(ProfilePath)
            ? JsonSerializer.Deserialize<Profile>(await File.ReadAllBytesAsync(ProfilePath, cancellationToken), JsonDefaults.Tolerant) ?? new Profile()
            : new Profile();

    public async Task SaveAsync(Profile profile, CancellationToken cancellationToken)
    {
        CreateFolder();
        await DurableFiles.WriteAsync(ProfilePath, JsonSerializer.SerializeToUtf8Bytes(profile, JsonDefaults.Tolerant), cancellationToken);
    }

    /// <summary>The wallet key of <paramref name="path"/> (64 hex), or the profile's own, made on first use.</summary>
    public async Task<(WalletKey Key, bool Made)> WalletAsync(string? path, CancellationToken cancellationToken)
    {
        var file = path ?? WalletPath;
        if (File.Exists(file))
        {
            var text = (await File.ReadAllTextAsync(file, cancellationToken)).Trim();
            try
            {
                return (WalletKey.FromPrivateKey(Convert.FromHexString(text)), false);
            }
            catch (Exception malformed) when (malformed is FormatException or ArgumentException)
            {
                throw new CliException($"{file} does not hold a private key of 64 hex digits.", ExitCodes.Unreadable);
            }
        }

        if (path is not null)
        {
            throw new CliException($"{path} does not exist.", ExitCodes.Unreadable);
        }

        CreateFolder();
        var key = WalletKey.Generate();
        await DurableFiles.WriteAsync(file, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(key.ExportPrivateKey()) + "\n"), cancellationToken);
        return (key, true);
    }

    /// <summary>The own encryption key, made on first use; under a passphrase where <see cref="PassphraseVariable"/> is set then.</summary>
    public async Task<RecipientPrivateKey> EncryptionKeyAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(EncryptionKeyPath))
        {
            return await ReadKeyAsync(EncryptionKeyPath, cancellationToken);
        }

        CreateFolder();
        var key = RecipientPrivateKey.GenerateX25519();
        var jwk = key.ToJwk();
        var passphrase = Environment.GetEnvironmentVariable(PassphraseVariable);
        await DurableFiles.WriteAsync(EncryptionKeyPath, string.IsNullOrEmpty(passphrase) ? jwk : Seal(jwk, passphrase), cancellationToken);
        CryptographicOperations.ZeroMemory(jwk);
        return key;
    }

    /// <summary>An encryption key from a file: a JWK, or one sealed with a passphrase.</summary>
    public static async Task<RecipientPrivateKey> ReadKeyAsync(string path, CancellationToken cancellationToken)
    {
        var content = await File.ReadAllBytesAsync(path, cancellationToken);
        if (content.AsSpan().StartsWith(SealedPrefix))
        {
            var passphrase = Environment.GetEnvironmentVariable(PassphraseVariable);
            content = string.IsNullOrEmpty(passphrase)
                ? throw new CliException($"{path} is protected by a passphrase; set {PassphraseVariable}.", ExitCodes.Unreadable)
                : Open(content, passphrase, path);
        }

        return RecipientPrivateKey.Parse(content);
    }

    private static ReadOnlySpan<byte> SealedPrefix => "LUCIDKEY1\n"u8;

    // prefix ‖ salt ‖ nonce ‖ tag ‖ ciphertext; key = PBKDF2-HMAC-SHA256.
    private static byte[] Seal(byte[] plain, string passphrase)
    {
        var prefix = SealedPrefix.Length;
        var output = new byte[prefix + SaltLength + NonceLength + TagLength + plain.Length];
        SealedPrefix.CopyTo(output);
        RandomNumberGenerator.Fill(output.AsSpan(prefix, SaltLength + NonceLength));
        var (salt, nonce, tag, cipherText) = Parts(output);
        using var cipher = new AesGcm(Rfc2898DeriveBytes.Pbkdf2(passphrase, salt.Span, Iterations, HashAlgorithmName.SHA256, 32), TagLength);
        cipher.Encrypt(nonce.Span, plain, cipherText.Span, tag.Span, SealedPrefix);
        return output;
    }

    private static byte[] Open(byte[] file, string passphrase, string path)
    {
        var (salt, nonce, tag, cipherText) = Parts(file);
        var plain = new byte[cipherText.Length];
        using var cipher = new AesGcm(Rfc2898DeriveBytes.Pbkdf2(passphrase, salt.Span, Iterations, HashAlgorithmName.SHA256, 32), TagLength);
        try
        {
            cipher.Decrypt(nonce.Span, cipherText.Span, tag.Span, plain, SealedPrefix);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new CliException($"The passphrase does not open {path}.", ExitCodes.Unreadable);
        }
    }

    private static (Memory<byte> Salt, Memory<byte> Nonce, Memory<byte> Tag, Memory<byte> CipherText) Parts(byte[] file)
    {
        var body = file.AsMemory(SealedPrefix.Length);
        return (body[..SaltLength], body.Slice(SaltLength, NonceLength), body.Slice(SaltLength + NonceLength, TagLength), body[(SaltLength + NonceLength + TagLength)..]);
    }

    private void CreateFolder() =>
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
