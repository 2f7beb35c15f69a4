namespace Lucid.Evidence.Tests;

public sealed class ChainTests
{
    private const long Epoch = 8640;

    private readonly TestKeys keys = new();

    [Fact]
    public void Block_zero_follows_from_the_genesis_document()
    {
        var genesis = new TestChain(keys).Genesis;
        var again = Genesis.Parse(genesis.Json);
        Assert.Equal(genesis.Hash, again.Hash);
        Assert.Equal(DomainTag.Hash("lucid/genesis/v1\0"u8, genesis.Json.Span), genesis.NetworkId);
        var block = Block.Decode(genesis.Block.Encode());
        Assert.Equal(genesis.Hash, block.Header.Hash());
        Assert.Equal(TestChain.GenesisTime, block.Header.Time);
        Assert.Equal(MerkleHash.EmptyRoot, block.Header.HistoryRoot);
        Assert.Equal(genesis.Json.ToArray(), Assert.IsType<GenesisData>(block.Transactions[0].Data).Document.Json.ToArray());
        Assert.NotEqual(genesis.Hash, new TestChain(keys, name: "other").Genesis.Hash);
        Assert.Equal((8640L, 0UL, 1UL), (genesis.SlotsPerEpoch, genesis.SlotOf(genesis.Time.AddSeconds(9.999)), genesis.SlotOf(genesis.Time.AddSeconds(10))));
    }

    [Fact]
    public void A_header_has_295_bytes_and_every_one_of_them_counts()
    {
        var chain = new TestChain(keys);
        var header = chain.Add(4).Header;
        var bytes = header.Encode();
        Assert.Equal(295, bytes.Length);
        Assert.Equal(header, BlockHeader.Decode(bytes));
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            try
            {
                var other = BlockHeader.Decode(bytes);
                Assert.NotEqual(header.Hash(), other.Hash());
                Assert.Equal(bytes, other.Encode());
            }
            catch (EvidenceException)
            {
                Assert.True(i is < 6 or 38 or 46 or (>= 54 and < 58), $"byte {i} must be free");
            }

            bytes[i] ^= 1;
        }

        Assert.Throws<EvidenceException>(() => BlockHeader.Decode([.. bytes, 0]));
        Assert.Throws<EvidenceException>(() => BlockHeader.Decode(bytes.AsSpan(1)));
    }

    [Fact]
    public void A_transaction_is_read_back_and_every_part_of_it_is_signed()
    {
        var chain = new TestChain(keys);
        var recording = new TestRecording(keys);
        var transaction = chain.Anchor(recording.SignedByOwner(keys.Owner));
        var read = Transaction.Parse(transaction.SignedBytes);
        Assert.Equal(transaction.Id, read.Id);
        Assert.True(read.VerifySignature());
        Assert.True(Assert.IsType<SessionAnchorData>(read.Data).Entry.VerifyOwnerSignature());
        var text = System.Text.Encoding.UTF8.GetString(transaction.SignedBytes.Span);
        foreach (var (from, to) in new[] { ("\"nonce\":\"1\"", "\"nonce\":\"2\""), ("\"total_size\":", "\"total_size\":1"), ("\"timestamp_ms\":1", "\"timestamp_ms\":2") })
        {
            var changed = Transaction.Parse(System.Text.Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)));
            Assert.False(changed.VerifySignature());
            Assert.NotEqual(transaction.Id, changed.Id);
        }

        foreach (var (from, to) in new[] { ("\"fee\":0", "\"fee\":1"), ("\"nonce\":\"1\"", "\"nonce\":\"01\""), ("session_anchor", "payout"), ("\"nonce\":\"1\"", "\"nonce\":1"), ("\"v\":1}", "\"v\":1,\"w\":1}") })
        {
            Assert.Throws<EvidenceException>(() => Transaction.Parse(System.Text.Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal))));
        }
    }

    [Fact]
    public void Every_type_of_data_is_read_back_and_a_payout_is_not_known()
    {
        var chain = new TestChain(keys);
        TransactionData[] all =
        [
            new OtherData("data_storage", null, "{\"a\":[1]}"u8.ToArray()),
            new OtherData("consensus_vote", null, "{}"u8.ToArray()),
            new OtherData("system", "work_tally", "{\"epoch\":1,\"subtype\":\"work_tally\"}"u8.ToArray()),
            new SessionAnchorBatchData(Digest.Zero, [TestRecording.SessionId, TestRecording.DekId]),
            new ValidatorSetData([new Validator("n", keys.Validators[0].PublicKey)], 1, "r", []),
            new KeyRotationData(KeyRole.Anchoring, [keys.Owner.PublicKey], [keys.Anchoring.PublicKey], [], [], 1, "r", []),
            new KeyRotationData(KeyRole.Manifest, [], [], [ManifestKey.From(new TestKeys(1).Manifest)], ["kid"], 2, "r", []),
        ];
        foreach (var data in all)
        {
            var transaction = chain.Send(data, keys.Anchoring);
            Assert.Equal(transaction.SignedBytes.ToArray(), Transaction.Parse(transaction.SignedBytes).SignedBytes.ToArray());
        }

        Assert.Throws<EvidenceException>(() => Transaction.Parse(chain.Send(new OtherData("payout", null, "{}"u8.ToArray()), keys.Anchoring).SignedBytes));
        Assert.Throws<EvidenceException>(() => Transaction.Parse(chain.Send(new OtherData("system", "x", "{\"subtype\":\"x\"}"u8.ToArray()), keys.Anchoring).SignedBytes));
    }

    [Fact]
    public void A_transaction_beyond_its_size_is_refused_unless_it_is_a_work_tally()
    {
        var chain = new TestChain(keys);
        var filler = new string('x', 110_000);
        Assert.Throws<EvidenceException>(() => chain.Send(new OtherData("data_storage", null, System.Text.Encoding.UTF8.GetBytes($"{{\"a\":\"{filler}\"}}")), keys.Anchoring));
        var tally = chain.Send(new OtherData("system", "work_tally", System.Text.Encoding.UTF8.GetBytes($"{{\"a\":\"{filler}\",\"subtype\":\"work_tally\"}}")), keys.Anchoring);
        Assert.True(Transaction.Parse(tally.SignedBytes).VerifySignature());
    }

    [Fact]
    public void A_block_is_read_back_and_the_rules_name_what_is_wrong()
    {
        var chain = new TestChain(keys);
        var parent = chain.Add(1).Header;
        var block = chain.Add(2, chain.Anchor(new TestRecording(keys).Anchor));
        var decoded = Block.Decode(block.Encode());
        Assert.Equal(block.Encode(), decoded.Encode());
        Assert.Equal(block.Encode().Length, block.EncodedSize);
        var authority = chain.State.Active;
        BlockRules.CheckBlock(decoded, parent, chain.Genesis, authority, authority);

        Refused(block with { Transactions = [] });
        Refused(Resign(block with { Header = block.Header with { Slot = 1 } }));
        Refused(Resign(block with { Header = block.Header with { TimestampMs = block.Header.TimestampMs + 10_000 } }));
        Refused(Resign(block with { Header = block.Header with { Height = 3 } }));
        Refused(Resign(block with { Header = block.Header with { MerkleRoot = Digest.Zero } }));
        Refused(Resign(block with { Header = block.Header with { LastCommitHash = Digest.Zero } }));
        Refused(Resign(block with { Header = block.Header with { ValidatorSetHash = Digest.Zero } }));
        Refused(Resign(block with { Header = block.Header with { NetworkId = Digest.Zero } }));
        Refused(block with { Header = block.Header with { ProducerRank = 1 } });
        Refused(Block.Create(block.Header, block.LastCommit, block.Transactions, keys.Owner));
        Refused(block with { LastCommit = block.LastCommit! with { Precommits = [] } });

        Block Resign(Block changed) => Block.Create(changed.Header, changed.LastCommit, changed.Transactions, keys.Authorities[0]);
        void Refused(Block bad) => Assert.Throws<EvidenceException>(() => BlockRules.CheckBlock(bad, parent, chain.Genesis, authority, authority));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    [InlineData(7, 5)]
    [InlineData(100, 67)]
    public void A_quorum_is_more_than_two_thirds_of_the_whole_set(int voters, int quorum) => Assert.Equal(quorum, AuthoritySet.QuorumOf(voters));

    [Fact]
    public void A_commit_needs_a_quorum_and_every_listed_signature()
    {
        var chain = new TestChain(keys, validators: 4);
        var header = chain.Add(1).Header;
        var authority = chain.State.Active;
        Assert.False(authority.IsBootstrap);
        var commit = chain.Blocks[0].Commit;
        commit.Check(header, authority);
        (commit with { Precommits = commit.Precommits.RemoveAt(0) }).Check(header, authority);
        Refused(EvidenceFault.QuorumMissing, commit with { Precommits = [.. commit.Precommits.Skip(2)] });
        Refused(EvidenceFault.CommitSignature, commit with { Precommits = commit.Precommits.SetItem(3, commit.Precommits[3] with { Signature = commit.Precommits[0].Signature }) });
        Refused(EvidenceFault.CommitSignature, commit with { Precommits = commit.Precommits.SetItem(0, new Precommit(Digest.Zero, commit.Precommits[0].Signature)) });
        Refused(EvidenceFault.CommitInvalid, commit with { Slot = 0 });
        Refused(EvidenceFault.CommitInvalid, commit with { BlockHash = Digest.Zero });
        Refused(EvidenceFault.CommitSignature, commit with { Slot = 2 });
        Assert.Equal(commit.Encode(), Commit.Decode(commit.Encode()).Encode());
        Assert.Throws<EvidenceException>(() => Commit.Decode((commit with { Precommits = [.. commit.Precommits.Reverse()] }).Encode()));
        Assert.Throws<EvidenceException>(() => Commit.Decode((commit with { Precommits = [commit.Precommits[0], commit.Precommits[0]] }).Encode()));
        Assert.Throws<EvidenceException>(() => Commit.Decode([.. commit.Encode(), 0]));

        void Refused(EvidenceFault fault, Commit bad) => Assert.Equal(fault, Assert.Throws<EvidenceException>(() => bad.Check(header, authority)).Fault);
    }

    [Fact]
    public void Validators_take_over_at_the_next_epoch_and_never_hand_back()
    {
        var chain = new TestChain(keys);
        chain.Add(5, chain.ChangeValidators(Nodes(0, 4)));
        Assert.True(chain.State.At(0).IsBootstrap);
        Assert.False(chain.State.At(1).IsBootstrap);
        chain.Add(Epoch - 1);
        var first = chain.Add(Epoch);
        Assert.Equal(keys.Validators[0].PublicKey.Id, first.Header.Producer);
        Assert.Equal(4, chain.Blocks[^1].Commit.Precommits.Length);
        Assert.Throws<EvidenceException>(() => chain.Add(Epoch + 1, chain.ChangeValidators(Nodes(0, 2))));
    }

    [Fact]
    public void Less_than_a_third_of_the_validators_is_replaced_in_one_epoch()
    {
        var chain = new TestChain(keys, validators: 4);
        chain.Add(5, chain.ChangeValidators(Nodes(1, 4)));
        chain.Add(Epoch);
        Assert.Throws<EvidenceException>(() => chain.Add(Epoch + 1, chain.ChangeValidators(Nodes(3, 4))));

        // Two admissible steps of one epoch do not add up to an inadmissible one.
        chain.Add(Epoch + 2, chain.ChangeValidators(Nodes(2, 4)));
        Assert.Throws<EvidenceException>(() => chain.Add(Epoch + 3, chain.ChangeValidators(Nodes(3, 4))));
    }

    [Fact]
    public void A_change_needs_its_number_and_its_approvals()
    {
        var chain = new TestChain(keys);
        var genesis = chain.Genesis;
        var state = AuthorityState.Initial(genesis);
        var change = new KeyRotationData(KeyRole.Anchoring, [keys.Owner.PublicKey], [keys.Anchoring.PublicKey], [], [], 1, "lost", []);
        var approvals = keys.Governance.Select(k => change.Approve(genesis.NetworkId, k)).ToArray();
        var next = state.Apply(change with { Approvals = [approvals[0], approvals[2]] }, 0, genesis);
        Assert.Equal(keys.Owner.PublicKey, next.At(1).AnchoringKeys.Single());
        Assert.Equal(1, next.At(1).Sequence);
        Refused(change with { Approvals = [approvals[0]] });
        Refused(change with { Approvals = [approvals[0], approvals[0]] });
        Refused(change with { Approvals = [approvals[0], new Approval(keys.Owner.PublicKey, approvals[1].Signature)] });
        Refused(change with { Approvals = [.. approvals], Reason = "other" });
        Refused(change with { Approvals = [approvals[0], approvals[1] with { Signature = approvals[0].Signature }] });
        Assert.Throws<EvidenceException>(() => next.Apply(change with { Approvals = [.. approvals] }, 1, genesis));
        RefusedSigned(change with { Sequence = 2 });
        RefusedSigned(change with { Add = [], Remove = [] });
        RefusedSigned(change with { Add = [], Remove = [keys.Anchoring.PublicKey] });
        RefusedSigned(change with { Role = KeyRole.TallyIssuer, Remove = [] });
        RefusedSigned(change with { Role = KeyRole.Governance, Add = [], Remove = [keys.Governance[0].PublicKey, keys.Governance[1].PublicKey] });

        void Refused(KeyRotationData bad) => Assert.Equal(EvidenceFault.AuthorityInvalid, Assert.Throws<EvidenceException>(() => state.Apply(bad, 0, genesis)).Fault);
        void RefusedSigned(KeyRotationData bad) => Refused(bad with { Approvals = [.. keys.Governance.Select(k => bad.Approve(genesis.NetworkId, k))] });
    }

    private Validator[] Nodes(int from, int count) => [.. Enumerable.Range(from, count).Select(i => new Validator($"node-{i}", keys.Validators[i].PublicKey))];
}
