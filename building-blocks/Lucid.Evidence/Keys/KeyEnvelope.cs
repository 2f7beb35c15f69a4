namespace Lucid.Evidence;

/// <summary>
/// A 32-byte data key wrapped for one recipient with HPKE base mode. info = "lucid/key-envelope/v1" ‖ 0x00 ‖ session_id ‖
/// dek_id (16 bytes each, big-endian), aad = the recipient's key id as ASCII, so an envelope opens only for the session,
/// the data key and the recipient it was made for.
/// </summary>
/// <param name="Kid">RFC 7638 thumbprint of the recipient's key.</param>
/// <param name="Alg"><see cref="AlgP256"/> or <see cref="AlgX25519"/>.</param>
/// <param name="Enc">Encapsulated key: 65 bytes (P-256) or 32 bytes (X25519).</param>
/// <param name="Wrapped">48 bytes: encrypted data key and tag.</param>
public sealed record KeyEnvelope(string Kid, string Alg, ReadOnlyMemory<byte> Enc, ReadOnlyMemory<byte> Wrapped)
{
    public const string AlgP256 = "HPKE-P256-SHA256-A256GCM";

    public const string AlgX25519 = "HPKE-X25519-SHA256-A256GCM";

    public const int DataKeySize = 32;

    public static KeyEnvelope Wrap(ReadOnlySpan<byte> dataKey, RecipientPublicKey recipient, Guid sessionId, Guid dekId)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        if (dataKey.Length != DataKeySize)
        {
            throw new EvidenceException(EvidenceFault.KeyInvalid, "A data key has 32 bytes.");
        }

        var (enc, cipher) = Hpke.Seal(recipient.Kem, recipient.Raw, Info(sessionId, dekId), Aad(recipient.Kid), dataKey);
        return new KeyEnvelope(recipient.Kid, recipient.Alg, enc, cipher);
    }

    /// <summary>The data key; the caller clears it.</summary>
    /// <exception cref="EvidenceException">For another recipient, session or data key, or changed.</exception>
    public byte[] Unwrap(RecipientPrivateKey recipient, Guid sessionId, Guid dekId)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        if (Kid != recipient.PublicKey.Kid || Alg != recipient.PublicKey.Alg)
        {
            throw new EvidenceException(EvidenceFault.EnvelopeInvalid, "The envelope is for another key.");
        }

        var dataKey = recipient.Open(Enc.Span, Info(sessionId, dekId), Aad(Kid), Wrapped.Span);
        return dataKey.Length == DataKeySize ? dataKey : throw new EvidenceException(EvidenceFault.EnvelopeInvalid, "The envelope does not hold a 32-byte key.");
    }

    /// <summary>Canonical JSON {alg,enc,kid,wrapped}, for entities and answers.</summary>
    public byte[] ToJson() => CanonicalJsonWriter.ToBytes(Write);

    public static KeyEnvelope Parse(ReadOnlyMemory<byte> canonicalJson) => JsonFields.ReadDocument(canonicalJson, "envelope", Read);

    public bool Equals(KeyEnvelope? other) => other is not null && Kid == other.Kid && Alg == other.Alg
        && Enc.Span.SequenceEqual(other.Enc.Span) && Wrapped.Span.SequenceEqual(other.Wrapped.Span);

    public override int GetHashCode() => HashCode.Combine(Kid, Alg);

    internal static byte[] Info(Guid sessionId, Guid dekId) =>
        [.. DomainTag.KeyEnvelope, .. sessionId.ToByteArray(bigEndian: true), .. dekId.ToByteArray(bigEndian: true)];

    internal static byte[] Aad(string kid) => System.Text.Encoding.ASCII.GetBytes(kid);

    internal static KeyEnvelope Read(JsonFields fields)
    {
        var alg = fields.Text("alg", 1, 32);
        var encLength = alg switch
        {
            AlgP256 => 65,
            AlgX25519 => 32,
            _ => throw fields.Refuse("alg", "is not known"),
        };
        return new KeyEnvelope(fields.Text("kid", 43, 43), alg, fields.Bytes("enc", encLength, encLength), fields.Bytes("wrapped", 48, 48));
    }

    internal void Write(CanonicalJsonWriter writer)
    {
        writer.StartObject();
        writer.Member("alg", Alg);
        writer.Member("enc", Enc.Span);
        writer.Member("kid", Kid);
        writer.Member("wrapped", Wrapped.Span);
        writer.EndObject();
    }
}
