namespace Lucid.Evidence;

/// <summary>The domain tags: each ends with the zero byte that separates it from what is hashed or signed.</summary>
public static class DomainTag
{
    public static ReadOnlySpan<byte> Genesis => "lucid/genesis/v1\0"u8;

    public static ReadOnlySpan<byte> Transaction => "lucid/tx/v1\0"u8;

    public static ReadOnlySpan<byte> Block => "lucid/block/v1\0"u8;

    public static ReadOnlySpan<byte> BlockSignature => "lucid/block-sig/v1\0"u8;

    public static ReadOnlySpan<byte> Vote => "lucid/vote/v1\0"u8;

    public static ReadOnlySpan<byte> Anchor => "lucid/anchor/v1\0"u8;

    public static ReadOnlySpan<byte> LeaderTie => "lucid/leader-tie/v1\0"u8;

    public static ReadOnlySpan<byte> Seed => "lucid/seed/v1\0"u8;

    public static ReadOnlySpan<byte> ValidatorSet => "lucid/valset/v1\0"u8;

    public static ReadOnlySpan<byte> Commit => "lucid/commit/v1\0"u8;

    public static ReadOnlySpan<byte> Governance => "lucid/governance/v1\0"u8;

    public static ReadOnlySpan<byte> Witness => "lucid/witness/v1\0"u8;

    public static ReadOnlySpan<byte> Manifest => "lucid/manifest/v1\0"u8;

    public static ReadOnlySpan<byte> Chunk => "lucid/chunk/v1\0"u8;

    public static ReadOnlySpan<byte> ChunkKey => "lucid/chunk-key/v1\0"u8;

    public static ReadOnlySpan<byte> KeyEnvelope => "lucid/key-envelope/v1\0"u8;

    /// <summary>tag ‖ body, the bytes that are hashed or signed.</summary>
    public static byte[] Prefix(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> body) => [.. tag, .. body];

    /// <summary>SHA-256(tag ‖ body).</summary>
    public static Digest Hash(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> body)
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        hash.AppendData(tag);
        hash.AppendData(body);
        Span<byte> value = stackalloc byte[Digest.Size];
        hash.GetHashAndReset(value);
        return new Digest(value);
    }
}
