using System.Text.Json;

namespace Lucid.Contracts.Auth;

/// <summary>A user's registered encryption key: a public JWK, P-256 or X25519.</summary>
/// <param name="Kid">RFC 7638 thumbprint.</param>
public sealed record EncryptionKey(string Kid, string Label, JsonElement Jwk, DateTimeOffset CreatedAt);

/// <summary>A user's keys, newest first.</summary>
public sealed record EncryptionKeyList(IReadOnlyList<EncryptionKey> Keys);
