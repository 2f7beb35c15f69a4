namespace Lucid.Evidence.Tests;

public sealed class HostileInputTests
{
    private readonly TestKeys keys = new();
    private readonly TestRecording recording;
    private readonly TestChain chain;

    public HostileInputTests()
    {
        recording = new TestRecording(keys);
        chain = new TestChain(keys);
        chain.Add(5, chain.RotateManifestKey(ManifestKey.From(new TestKeys(5).Manifest), null));
        chain.Add(6, chain.Anchor(recording.SignedByOwner(keys.Owner)));
        chain.Add(7);
    }

    public static TheoryData<string> Parsers => ["manifest", "receipt", "genesis", "transaction", "block", "header", "commit", "index", "keys", "envelope", "anchor", "chunk", "state", "jwk", "private-jwk", "known-head"];

    [Theory]
    [MemberData(nameof(Parsers))]
    public void Damaged_input_gives_the_typed_failure_or_another_value_but_never_anything_else(string parser)
    {
        var (original, parse) = Of(parser);
        parse(original);
        var random = new SeededGenerator((ulong)parser.Length + parser[0]);
        var refused = 0;
        for (var i = 0; i < 1500; i++)
        {
            var bytes = i < 200 ? original[..(original.Length * i / 200)] : Mutation.Apply(original, random);
            try
            {
                parse(bytes);
            }
            catch (EvidenceException)
            {
                refused++;
            }
        }

        Assert.True(refused > 500, $"only {refused} of 1500 were refused");
    }

    private (byte[] Original, Action<byte[]> Parse) Of(string parser)
    {
        var block = chain.Blocks[1];
        var receipt = chain.Receipt(recording.SignedByOwner(keys.Owner), withHead: true);
        return parser switch
        {
            "manifest" => (recording.Manifest.ToJson(), b => Manifest.Parse(b)),
            "receipt" => (receipt.ToJson(), b => Receipt.Parse(b)),
            "genesis" => (chain.Genesis.Json.ToArray(), b => Genesis.Parse(b)),
            "transaction" => (chain.AuthorityChain[0].Transaction.SignedBytes.ToArray(), b => Transaction.Parse(b)),
            "block" => (block.Block.Encode(), b => Block.Decode(b)),
            "header" => (block.Block.Header.Encode(), b => BlockHeader.Decode(b)),
            "commit" => (block.Commit.Encode(), b => Commit.Decode(b)),
            "index" => (recording.Contents(receipt, keys).Index.ToJson(), b => BundleIndex.Parse(b)),
            "keys" => (new BundleKeys(TestRecording.SessionId, TestRecording.DekId, ManifestKey.From(keys.Manifest), [recording.Envelope]).ToJson(), b => BundleKeys.Parse(b)),
            "envelope" => (recording.Envelope.ToJson(), b => KeyEnvelope.Parse(b)),
            "anchor" => (recording.SignedByOwner(keys.Owner).ToJson(), b => AnchorEntry.Parse(b)),
            "chunk" => (recording.Files[3], b => ChunkReader.ReadPlain(b, recording.DataKey, recording.Plain[3].Length)),
            "state" => (new MerkleTreeState(5, [Digest.Zero, Digest.Zero]).ToBytes(), b => MerkleTreeState.FromBytes(b)),
            "jwk" => (recording.Recipient.PublicKey.Jwk.ToArray(), b => RecipientPublicKey.Parse(b)),
            "private-jwk" => (recording.Recipient.ToJwk(), b => RecipientPrivateKey.Parse(b).Dispose()),
            _ => (receipt.ToJson(), b => KnownHead.Parse(b)),
        };
    }
}
