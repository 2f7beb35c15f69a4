using System.Text.Json;

namespace Lucid.Evidence;

/// <summary>
/// The genesis document: the one thing a verifier trusts, by its hash. Block 0 follows from it without any signature:
/// its only transaction carries the document, and <see cref="Hash"/> is the hash of that block's header.
/// </summary>
public sealed class Genesis
{
    private const int SecondsPerEpoch = 86_400;

    private Genesis(string networkName, DateTimeOffset time, int slotSeconds, GenesisLimits limits, AuthoritySet authority, byte[] json)
    {
        NetworkName = networkName;
        Time = time;
        SlotSeconds = slotSeconds;
        Limits = limits;
        Authority = authority;
        Json = json;
        NetworkId = DomainTag.Hash(DomainTag.Genesis, json);
        var transaction = Transaction.Unsigned(NetworkId, new GenesisData(this), time);
        Block = new Block(
            new BlockHeader(
                NetworkId,
                Height: 0,
                Slot: 0,
                time.ToUnixTimeMilliseconds(),
                PreviousHash: Digest.Zero,
                MerkleRoot: MerkleHash.Leaf(transaction.SignedBytes.Span),
                HistoryRoot: MerkleHash.EmptyRoot,
                LastCommitHash: Digest.Zero,
                authority.Hash(),
                WorkTallyRoot: Digest.Zero,
                TransactionCount: 1,
                BodySize: (uint)(4 + transaction.SignedBytes.Length),
                Producer: Digest.Zero,
                ProducerRank: 0),
            default,
            LastCommit: null,
            [transaction]);
        Hash = Block.Header.Hash();
    }

    public string NetworkName { get; }

    public DateTimeOffset Time { get; }

    /// <summary>Length of a slot; divides a day.</summary>
    public int SlotSeconds { get; }

    public GenesisLimits Limits { get; }

    /// <summary>Keys and validators in force from block 0.</summary>
    public AuthoritySet Authority { get; }

    /// <summary>The canonical document.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>SHA-256("lucid/genesis/v1" ‖ 0x00 ‖ document): in every header, transaction and vote.</summary>
    public Digest NetworkId { get; }

    /// <summary>The genesis hash that is pinned: hash of block 0, which covers everything above.</summary>
    public Digest Hash { get; }

    /// <summary>Block 0; its signature is 64 zero bytes and it has no commit.</summary>
    public Block Block { get; }

    public long SlotsPerEpoch => SecondsPerEpoch / SlotSeconds;

    /// <summary>A new document; <paramref name="authority"/> must be at sequence 0, its mode is computed.</summary>
    public static Genesis Create(string networkName, DateTimeOffset time, int slotSeconds, GenesisLimits limits, AuthoritySet authority)
    {
        ArgumentNullException.ThrowIfNull(authority);
        ArgumentNullException.ThrowIfNull(limits);
        return Parse(CanonicalJsonWriter.ToBytes(w =>
        {
            w.StartObject();
            w.Array("anchoring_keys", authority.AnchoringKeys, static (w, key) => w.Value(key.ToString()));
            w.Array("authority_keys", authority.AuthorityKeys, static (w, key) => w.Value(key.ToString()));
            w.Member("genesis_time", time);
            w.Name("governance");
            authority.Governance.Write(w);
            w.Name("limits");
            w.StartObject();
            w.Member("block_size_bytes", limits.BlockSizeBytes);
            w.Member("participants_min", limits.ParticipantsMin);
            w.Member("transactions_per_block", limits.TransactionsPerBlock);
            w.EndObject();
            w.Array("manifest_keys", authority.ManifestKeys, static (w, key) => w.CanonicalValue(key.Jwk.Span));
            w.Member("network_name", networkName);
            w.Member("slot_seconds", slotSeconds);
            w.Member("tally_issuer_key", authority.TallyIssuerKey.ToString());
            w.Member("v", 1);
            w.Array("validators", authority.Validators, static (w, v) => v.Write(w));
            w.EndObject();
        }));
    }

    /// <exception cref="EvidenceException">Not canonical, or a rule is broken.</exception>
    public static Genesis Parse(ReadOnlyMemory<byte> canonicalJson)
    {
        using var document = CanonicalJson.Parse(canonicalJson);
        return Read(document.RootElement);
    }

    /// <summary>Start of a slot in milliseconds of Unix time.</summary>
    public long SlotStartMs(ulong slot) => checked(Time.ToUnixTimeMilliseconds() + ((long)slot * SlotSeconds * 1000));

    /// <summary>The slot a moment belongs to; 0 for moments before genesis.</summary>
    public ulong SlotOf(DateTimeOffset moment) => (ulong)Math.Max(0, (long)Math.Floor((moment - Time).TotalSeconds / SlotSeconds));

    /// <summary>The 24-hour epoch of a slot.</summary>
    public long EpochOf(ulong slot) => (long)(slot / (ulong)SlotsPerEpoch);

    internal static Genesis Read(JsonElement element)
    {
        var json = CanonicalJson.Canonicalize(element);
        return JsonFields.ReadObject(element, "genesis", f =>
        {
            f.Version(1);
            var limits = f.Object("limits", static l => new GenesisLimits(
                l.Int32("block_size_bytes", 65_536, 16 * 1024 * 1024),
                l.Int32("transactions_per_block", 1, 10_000),
                l.Int32("participants_min", 1, AuthoritySet.MaxValidators)));
            var validators = f.Objects("validators", 0, AuthoritySet.MaxValidators, Validator.Read);
            var authority = new AuthoritySet(
                Sequence: 0,
                IsBootstrap: validators.Length < limits.ParticipantsMin,
                [.. f.PublicKeys("authority_keys", 1, AuthoritySet.MaxKeys)],
                [.. validators],
                f.Object("governance", Governance.Read),
                f.PublicKey("tally_issuer_key"),
                [.. f.PublicKeys("anchoring_keys", 1, AuthoritySet.MaxKeys)],
                [.. f.Array("manifest_keys", 1, AuthoritySet.MaxKeys, ManifestKey.Read)]);
            authority.Check();
            var slotSeconds = f.Int32("slot_seconds", 1, 3600);
            if (SecondsPerEpoch % slotSeconds != 0)
            {
                throw f.Refuse("slot_seconds", "does not divide a day");
            }

            var time = f.Time("genesis_time");
            if (time < DateTimeOffset.UnixEpoch)
            {
                throw f.Refuse("genesis_time", "is before 1970");
            }

            return new Genesis(f.Text("network_name", 1, 64), time, slotSeconds, limits, authority, json);
        });
    }
}
