using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>
/// A block: header 295 · signature 64 · commit of the parent (not in genesis) · body. The body is the signed
/// transactions, each with a u32 length before it. The length of all this is block_size_bytes.
/// </summary>
public sealed record Block(BlockHeader Header, Signature64 Signature, Commit? LastCommit, ImmutableArray<Transaction> Transactions)
{
    public int EncodedSize => BlockHeader.Size + Signature64.Size + (LastCommit?.EncodedSize ?? 0) + BodySizeOf(Transactions);

    /// <summary>Bytes of the body these transactions make.</summary>
    public static int BodySizeOf(IEnumerable<Transaction> transactions) => transactions.Sum(t => 4 + t.SignedBytes.Length);

    /// <summary>merkle_root of these transactions; the empty root without any.</summary>
    public static Digest MerkleRootOf(IEnumerable<Transaction> transactions)
    {
        ArgumentNullException.ThrowIfNull(transactions);
        var builder = new MerkleTreeBuilder();
        foreach (var transaction in transactions)
        {
            builder.AppendLeafHash(transaction.LeafHash);
        }

        return builder.Root;
    }

    /// <summary>Signs a header as its producer.</summary>
    public static Block Create(BlockHeader header, Commit? lastCommit, ImmutableArray<Transaction> transactions, Ed25519Key producer)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(producer);
        return new Block(header, producer.Sign(header.BytesToSign()), lastCommit, transactions);
    }

    /// <summary>Strict decode: sizes, counts and the canonical form of every transaction; no signature is checked.</summary>
    public static Block Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < BlockHeader.Size + Signature64.Size)
        {
            throw Refuse("it is cut off");
        }

        var header = BlockHeader.Decode(bytes[..BlockHeader.Size]);
        var signature = new Signature64(bytes.Slice(BlockHeader.Size, Signature64.Size));
        var rest = bytes[(BlockHeader.Size + Signature64.Size)..];
        Commit? commit = null;
        if (header.Height > 0)
        {
            commit = Commit.Decode(rest, out var length);
            rest = rest[length..];
        }

        if (rest.Length != header.BodySize)
        {
            throw Refuse("its body has not the size its header says");
        }

        var transactions = ImmutableArray.CreateBuilder<Transaction>();
        while (!rest.IsEmpty)
        {
            var length = rest.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(rest) : uint.MaxValue;
            if (length > rest.Length - 4)
            {
                throw Refuse("a transaction is cut off");
            }

            transactions.Add(Transaction.Parse(rest.Slice(4, (int)length).ToArray()));
            rest = rest[(4 + (int)length)..];
        }

        return transactions.Count == header.TransactionCount
            ? new Block(header, signature, commit, transactions.ToImmutable())
            : throw Refuse("it has another number of transactions than its header says");
    }

    public byte[] Encode()
    {
        var bytes = new byte[EncodedSize];
        Header.Encode().CopyTo(bytes, 0);
        Signature.Span.CopyTo(bytes.AsSpan(BlockHeader.Size));
        var at = BlockHeader.Size + Signature64.Size;
        if (LastCommit is not null)
        {
            LastCommit.Encode().CopyTo(bytes, at);
            at += LastCommit.EncodedSize;
        }

        foreach (var transaction in Transactions)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), (uint)transaction.SignedBytes.Length);
            transaction.SignedBytes.Span.CopyTo(bytes.AsSpan(at + 4));
            at += 4 + transaction.SignedBytes.Length;
        }

        return bytes;
    }

    private static EvidenceException Refuse(string why) => new(EvidenceFault.BlockInvalid, $"The block is refused: {why}.");
}
