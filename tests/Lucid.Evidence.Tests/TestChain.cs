using System.Collections.Immutable;

namespace Lucid.Evidence.Tests;

/// <summary>A small chain built with the public types: keys from seeds, every voter signs every commit.</summary>
internal sealed class TestChain
{
    public static readonly DateTimeOffset GenesisTime = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<Digest, Ed25519Key> keys = [];
    private readonly MerkleTree history = new();
    private BlockHeader parent;
    private AuthoritySet parentAuthority;
    private Commit? parentCommit;
    private ulong nonce;

    public TestChain(TestKeys keySet, int authorities = 1, int validators = 0, int participantsMin = 3, string name = "lucid-test")
    {
        Keys = keySet;
        foreach (var key in keySet.All)
        {
            keys[key.PublicKey.Id] = key;
        }

        Genesis = Genesis.Create(name, GenesisTime, 10, new GenesisLimits(ParticipantsMin: participantsMin), new AuthoritySet(
            0,
            true,
            [.. keySet.Authorities.Take(authorities).Select(k => k.PublicKey)],
            [.. keySet.Validators.Take(validators).Select((k, i) => new Validator($"node-{i}", k.PublicKey))],
            new Governance([.. keySet.Governance.Select(k => k.PublicKey)], 1, 1, 2, 2),
            keySet.TallyIssuer.PublicKey,
            [keySet.Anchoring.PublicKey],
            [ManifestKey.From(keySet.Manifest)]));
        State = AuthorityState.Initial(Genesis);
        parent = Genesis.Block.Header;
        parentAuthority = Genesis.Authority;
        history.Append(parent.Hash().Span);
    }

    public TestKeys Keys { get; }

    public Genesis Genesis { get; }

    public AuthorityState State { get; private set; }

    public List<TransactionProof> AuthorityChain { get; } = [];

    public List<(Block Block, Commit Commit)> Blocks { get; } = [];

    public MerkleTree History => history;

    public Transaction Anchor(AnchorEntry entry) => Send(new SessionAnchorData(entry), Keys.Anchoring);

    public Transaction Send(TransactionData data, Ed25519Key sender) =>
        Transaction.CreateSigned(Genesis.NetworkId, data, sender, ++nonce, GenesisTime);

    public Transaction ChangeValidators(params Validator[] validators)
    {
        var latest = State.Pending ?? State.Active;
        var change = new ValidatorSetData([.. validators], latest.Sequence + 1, "test", []);
        return Send(change with { Approvals = [change.Approve(Genesis.NetworkId, Keys.Governance[0])] }, Keys.Governance[0]);
    }

    public Transaction RotateManifestKey(ManifestKey? add, string? removeKid)
    {
        var latest = State.Pending ?? State.Active;
        var change = new KeyRotationData(KeyRole.Manifest, [], [], add is null ? [] : [add], removeKid is null ? [] : [removeKid], latest.Sequence + 1, "test", []);
        return Send(change with { Approvals = [.. Keys.Governance.Take(2).Select(k => change.Approve(Genesis.NetworkId, k))] }, Keys.Governance[0]);
    }

    /// <summary>Adds a block at a slot, later than the last one, and checks it as an engine would.</summary>
    public Block Add(long slot, params Transaction[] transactions)
    {
        var authority = State.At(Genesis.EpochOf((ulong)slot));
        var lastCommit = parentCommit ?? new Commit(0, 0, Genesis.Hash, []);
        var producer = keys[authority.Voters[0].Id];
        var header = new BlockHeader(
            Genesis.NetworkId,
            parent.Height + 1,
            slot,
            Genesis.SlotStartMs((ulong)slot) + 1,
            parent.Hash(),
            Block.MerkleRootOf(transactions),
            history.Root(),
            lastCommit.Hash(),
            authority.Hash(),
            Digest.Zero,
            (uint)transactions.Length,
            (uint)Block.BodySizeOf(transactions),
            producer.PublicKey.Id,
            0);
        var block = Block.Create(header, lastCommit, [.. transactions], producer);
        BlockRules.CheckBlock(block, parent, Genesis, authority, parentAuthority);
        var commit = Commit.From(authority.Voters.Select(v => Vote.Sign(Genesis.NetworkId, header.Height, slot, VotePhase.Precommit, header.Hash(), keys[v.Id])));
        for (var i = 0; i < transactions.Length; i++)
        {
            if (transactions[i].Data is GovernanceData change)
            {
                State = State.Apply(change, Genesis.EpochOf((ulong)slot), Genesis);
                AuthorityChain.Add(TransactionProof.From(block, i, commit));
            }
        }

        Blocks.Add((block, commit));
        history.Append(header.Hash().Span);
        (parent, parentAuthority, parentCommit) = (header, authority, commit);
        return block;
    }

    public Receipt Receipt(AnchorEntry entry, bool withHead = false, params Ed25519Key[] witnesses)
    {
        var (block, commit, index) = Blocks.SelectMany(b => b.Block.Transactions.Select((t, i) => (b.Block, b.Commit, Index: i, t.Data)))
            .Where(t => t.Data is SessionAnchorData d && d.Entry == entry).Select(t => (t.Block, t.Commit, t.Index)).Single();
        return Complete(new Receipt(Genesis, entry, TransactionProof.From(block, index, commit), null, [], null, []), withHead, witnesses);
    }

    public Receipt BatchReceipt(ImmutableArray<AnchorEntry> entries, int at)
    {
        var (block, commit) = Blocks.Single(b => b.Block.Transactions.Any(t => t.Data is SessionAnchorBatchData));
        var index = block.Transactions.Select((t, i) => (t, i)).Single(t => t.t.Data is SessionAnchorBatchData).i;
        var tree = MerkleTree.FromLeafHashes(entries.Select(e => MerkleHash.Leaf(e.ToJson())));
        return Complete(new Receipt(Genesis, entries[at], TransactionProof.From(block, index, commit), new InclusionProof(at, [.. tree.InclusionPath(at)]), [], null, []), false, []);
    }

    private Receipt Complete(Receipt receipt, bool withHead, Ed25519Key[] witnesses)
    {
        var height = receipt.Proof.Block.Header.Height;
        LaterHead? head = null;
        if (withHead)
        {
            var (last, commit) = Blocks[^1];
            var size = last.Header.Height;
            head = new LaterHead(new CommittedHeader(last.Header, last.Signature, commit), [.. history.InclusionPath(height, size)], [.. history.ConsistencyPath(height, size)]);
        }

        var limit = head?.Block.Header.Height ?? height;
        return receipt with
        {
            AuthorityChain = [.. AuthorityChain.Where(s => s.Block.Header.Height < limit)],
            Head = head,
            Witnesses = [.. witnesses.Select(w => WitnessCosignature.Sign(w, Genesis.NetworkId, head!.Block.Header.Height, head.Block.Header.HistoryRoot, GenesisTime))],
        };
    }
}
