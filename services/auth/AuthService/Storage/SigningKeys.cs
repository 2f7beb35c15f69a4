using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Lucid.AuthService.Domain;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Errors;
using Lucid.Contracts.Events;
using Lucid.ServiceDefaults;
using Microsoft.IdentityModel.Tokens;

namespace Lucid.AuthService.Storage;

/// <summary>
/// The stored key ring: made by whichever replica asks first, read again every minute, moved on when a key is due. The private parts are
/// wrapped with AES-256-GCM; the kid is authenticated with them.
/// </summary>
internal sealed class SigningKeys(EntityStore<KeyRing> rings, AuthKeys keys, TimeProvider clock) : IDisposable
{
    private const string RingId = "tokens";
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private static readonly TimeSpan ReadEvery = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, SigningCredentials> _opened = [];
    private KeyRing? _ring;
    private DateTimeOffset _readAt;

    /// <summary>What to sign a token with now.</summary>
    public async Task<SigningCredentials> ActiveAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var ring = await RingAsync(cancellationToken);
            var active = ring.Active(clock.GetUtcNow());
            if (!_opened.TryGetValue(active.Kid, out var credentials))
            {
                _opened[active.Kid] = credentials = Open(active);
            }

            return credentials;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Every key that a token in use may name, and the next one.</summary>
    public async Task<JsonWebKeys> PublicAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var ring = await RingAsync(cancellationToken);
            return new([.. ring.Keys.Select(key => new VerificationKey("EC", "P-256", "sig", SecurityAlgorithms.EcdsaSha256, key.Kid, key.X, key.Y))]);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<KeyRing> RingAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_ring is null || now - _readAt >= ReadEvery)
        {
            _ring = await rings.UpsertAsync(
                RingId,
                () => KeyRing.Empty,
                entity =>
                {
                    var advanced = entity.Value.Advance(now, useFrom => Make(now, useFrom));
                    foreach (var added in advanced.Keys.Except(entity.Value.Keys))
                    {
                        entity.Raise(Topics.Auth, EventTypes.KeysRotated, new KeyRotation(added.Kid, added.UseFrom));
                    }

                    entity.Value = advanced;
                    return advanced;
                },
                cancellationToken);
            _readAt = now;
        }

        return _ring;
    }

    private SigningKey Make(DateTimeOffset now, DateTimeOffset useFrom)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var (x, y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        var kid = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));
        var pkcs8 = key.ExportPkcs8PrivateKey();
        var wrapped = new byte[NonceSize + pkcs8.Length + TagSize];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceSize));
        using var aes = new AesGcm(keys.KeyWrap, TagSize);
        aes.Encrypt(
            wrapped.AsSpan(0, NonceSize), pkcs8, wrapped.AsSpan(NonceSize, pkcs8.Length), wrapped.AsSpan(NonceSize + pkcs8.Length), Encoding.ASCII.GetBytes(kid));
        CryptographicOperations.ZeroMemory(pkcs8);
        return new SigningKey(kid, x, y, wrapped, now, useFrom);
    }

    private SigningCredentials Open(SigningKey stored)
    {
        var size = stored.Wrapped.Length - NonceSize - TagSize;
        var pkcs8 = new byte[size];
        var key = ECDsa.Create();
        try
        {
            using var aes = new AesGcm(keys.KeyWrap, TagSize);
            aes.Decrypt(
                stored.Wrapped.AsSpan(0, NonceSize), stored.Wrapped.AsSpan(NonceSize, size), stored.Wrapped.AsSpan(NonceSize + size), pkcs8,
                Encoding.ASCII.GetBytes(stored.Kid));
            key.ImportPkcs8PrivateKey(pkcs8, out _);
        }
        catch (CryptographicException e)
        {
            key.Dispose();
            throw new LucidException(LucidErrors.Configuration, "Tokens cannot be signed: jwt-secret is not the one that wrapped the signing key.", "key_wrap", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }

        return new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = stored.Kid }, SecurityAlgorithms.EcdsaSha256);
    }
}
