using System.Globalization;

namespace Lucid.Evidence;

/// <summary>
/// A transaction. Its unsigned body is the canonical JSON {v,network_id,type,sender,nonce,timestamp_ms,fee,data};
/// tx_id = SHA-256("lucid/tx/v1" ‖ 0x00 ‖ body) and the Ed25519 signature is over the same bytes. The Merkle leaf input is
/// the canonical JSON with <c>signature</c> added (<see cref="SignedBytes"/>).
/// </summary>
public sealed class Transaction
{
    public const int MaxSize = 102_400;

    public const int MaxWorkTallySize = 262_144;

    private Transaction(Digest networkId, Ed25519PublicKey sender, ulong nonce, long timestampMs, TransactionData data, Signature64 signature)
    {
        NetworkId = networkId;
        Sender = sender;
        Nonce = nonce;
        TimestampMs = timestampMs;
        Data = data;
        Signature = signature;
        SignedBytes = Write(signature);
        Id = Digest.Of(BytesToSign());
    }

    public Digest NetworkId { get; }

    public Ed25519PublicKey Sender { get; }

    /// <summary>Any number this sender has not used on this chain.</summary>
    public ulong Nonce { get; }

    public long TimestampMs { get; }

    public TransactionData Data { get; }

    public Signature64 Signature { get; }

    /// <summary>tx_id.</summary>
    public Digest Id { get; }

    /// <summary>What stands in the body of a block and is hashed as a leaf.</summary>
    public ReadOnlyMemory<byte> SignedBytes { get; }

    public Digest LeafHash => MerkleHash.Leaf(SignedBytes.Span);

    public static Transaction CreateSigned(Digest networkId, TransactionData data, Ed25519Key sender, ulong nonce, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(sender);
        var unsigned = new Transaction(networkId, sender.PublicKey, nonce, time.ToUnixTimeMilliseconds(), data, default);
        var signed = new Transaction(networkId, sender.PublicKey, nonce, unsigned.TimestampMs, data, sender.Sign(unsigned.BytesToSign()));
        CheckSize(signed.SignedBytes.Length, data);
        return signed;
    }

    /// <summary>Strict parse of <see cref="SignedBytes"/>; the signature is not checked here.</summary>
    /// <exception cref="EvidenceException">Not canonical, too large, or not an accepted type.</exception>
    public static Transaction Parse(ReadOnlyMemory<byte> signedBytes)
    {
        if (signedBytes.Length > MaxWorkTallySize)
        {
            throw new EvidenceException(EvidenceFault.TransactionInvalid, "The transaction is too large.");
        }

        var transaction = JsonFields.ReadDocument(signedBytes, "transaction", static f =>
        {
            f.Version(1);
            f.Integer("fee", 0, 0);
            return new Transaction(
                f.Digest("network_id"),
                f.PublicKey("sender"),
                f.UInt64Text("nonce"),
                f.Integer("timestamp_ms", 0, CanonicalJson.MaxInteger),
                TransactionData.Read(f.Text("type", 1, 32), f.Element("data")),
                f.Signature("signature"));
        });
        CheckSize(signedBytes.Length, transaction.Data);
        return transaction;
    }

    /// <summary>"lucid/tx/v1" ‖ 0x00 ‖ unsigned body.</summary>
    public byte[] BytesToSign() => DomainTag.Prefix(DomainTag.Transaction, Write(null));

    public bool VerifySignature() => Sender.Verify(BytesToSign(), Signature);

    /// <summary>The transaction of block 0: nobody sends it, so sender and signature are zero bytes.</summary>
    internal static Transaction Unsigned(Digest networkId, TransactionData data, DateTimeOffset time) =>
        new(networkId, new Ed25519PublicKey(Digest.Zero.Span), 0, time.ToUnixTimeMilliseconds(), data, default);

    private static void CheckSize(int size, TransactionData data)
    {
        if (size > MaxSize && data is not OtherData { Subtype: TransactionData.SubtypeWorkTally })
        {
            throw new EvidenceException(EvidenceFault.TransactionInvalid, $"The transaction has {size} bytes; the limit is {MaxSize}.");
        }
    }

    private byte[] Write(Signature64? signature) => CanonicalJsonWriter.ToBytes(w =>
    {
        w.StartObject();
        w.Name("data");
        Data.Write(w);
        w.Member("fee", 0);
        w.Member("network_id", NetworkId);
        w.Member("nonce", Nonce.ToString(CultureInfo.InvariantCulture));
        w.Member("sender", Sender.ToString());
        w.OptionalMember("signature", signature?.ToString());
        w.Member("timestamp_ms", TimestampMs);
        w.Member("type", Data.Type);
        w.Member("v", 1);
        w.EndObject();
    });
}
