using System.Text;

namespace Lucid.Evidence.Tests;

/// <summary>
/// The worked example of docs/formats.md, computed again by the library. Only the ES256 signature is taken from the
/// document, because ECDSA is randomised.
/// </summary>
internal static class DocumentVectors
{
    private static readonly Guid SessionId = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");
    private static readonly Guid DekId = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8058");

    public static async Task<Dictionary<string, string>> ComputeAsync(string manifestSignature)
    {
        var vectors = new Dictionary<string, string>(StringComparer.Ordinal);
        var keys = new TestKeys();
        Merkle(vectors);
        vectors["jcs_input"] = "{\"z\":[1,-2,true],\"\\u00e9\":\"\\u0041\\n\\u0001\",\"a\":{}}";
        vectors["jcs_output"] = Encoding.UTF8.GetString(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(vectors["jcs_input"])));

        var dataKey = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var salt = new Digest([.. Enumerable.Repeat((byte)0xa5, 32)]);
        var plain = "Lucid test recording"u8.ToArray();
        var file = new byte[ChunkSealer.MaxFileLength(plain.Length)];
        var chunk = ChunkSealer.Seal(new ChunkFields(SessionId, 0, ChunkStream.Av, DekId, IsLast: true), plain, dataKey, salt, file);
        vectors["data_key"] = Hex(dataKey);
        vectors["plain"] = Hex(plain);
        vectors["lck1_file"] = Hex(file);
        vectors["lck1_sha256"] = chunk.FileSha256.ToString();
        vectors["chunk_hash"] = chunk.ChunkHash.ToString();

        var envelope = Envelope(vectors, dataKey);
        var manifest = SignedManifest(keys, chunk, envelope, manifestSignature);
        vectors["manifest"] = Encoding.UTF8.GetString(manifest.ToJson());
        vectors["manifest_hash"] = manifest.Hash().ToString();
        vectors["manifest_signature"] = manifest.Signature!.Value.ToString();
        vectors["manifest_key"] = Encoding.UTF8.GetString(ManifestKey.From(keys.Manifest).Jwk.Span);
        vectors["manifest_kid"] = ManifestKey.From(keys.Manifest).Kid;

        var receipt = Chain(vectors, keys, manifest);
        var contents = BundleContents.Create(manifest, receipt, ManifestKey.From(keys.Manifest), [envelope], [chunk.FileSha256]);
        var bundle = new MemoryStream();
        await BundleWriter.WriteAsync(contents, (_, _) => ValueTask.FromResult<Stream>(new MemoryStream(file)), bundle);
        vectors["index"] = Encoding.UTF8.GetString(contents.Index.ToJson());
        vectors["keys"] = Encoding.UTF8.GetString(new BundleKeys(SessionId, DekId, ManifestKey.From(keys.Manifest), [envelope]).ToJson());
        vectors["bundle_length"] = bundle.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
        vectors["bundle_sha256"] = Digest.Of(bundle.ToArray()).ToString();
        vectors["readme_sha256"] = Digest.Of(BundleReadme.Version1.Span).ToString();
        var report = await BundleVerifier.VerifyAsync(new MemoryStream(bundle.ToArray()), new VerificationOptions { PinnedGenesisHash = receipt.Genesis.Hash });
        Assert.Equal(Verdict.Valid, report.Verdict);
        return vectors;
    }

    private static void Merkle(Dictionary<string, string> vectors)
    {
        var hashes = Enumerable.Range(0, 7).Select(i => Digest.Of(Encoding.ASCII.GetBytes($"chunk-{i}"))).ToArray();
        var tree = MerkleTree.FromLeafHashes(hashes.Select(h => MerkleHash.Leaf(h.Span)));
        foreach (var n in new[] { 1, 2, 3, 7 })
        {
            vectors[$"root_{n}"] = tree.Root(n).ToString();
        }

        vectors["inclusion_4_of_7"] = string.Join(' ', tree.InclusionPath(4));
        vectors["consistency_3_to_7"] = string.Join(' ', tree.ConsistencyPath(3, 7));
    }

    private static KeyEnvelope Envelope(Dictionary<string, string> vectors, byte[] dataKey)
    {
        var secret = Enumerable.Repeat((byte)0x42, 32).ToArray();
        var recipient = new RecipientPublicKey(HpkeKem.X25519, HpkeDh.PublicKey(HpkeKem.X25519, secret));
        var ephemeral = Enumerable.Repeat((byte)0x24, 32).ToArray();
        var (enc, cipher) = Hpke.Seal(HpkeKem.X25519, recipient.Raw, KeyEnvelope.Info(SessionId, DekId), KeyEnvelope.Aad(recipient.Kid), dataKey, ephemeral);
        var envelope = new KeyEnvelope(recipient.Kid, recipient.Alg, enc, cipher);
        vectors["recipient_private"] = Hex(secret);
        vectors["recipient_jwk"] = Encoding.UTF8.GetString(recipient.Jwk.Span);
        vectors["hpke_ephemeral_private"] = Hex(ephemeral);
        vectors["envelope"] = Encoding.UTF8.GetString(envelope.ToJson());
        return envelope;
    }

    private static Manifest SignedManifest(TestKeys keys, SealedChunk chunk, KeyEnvelope envelope, string signature)
    {
        ManifestChunk[] chunks = [new(0, ChunkStream.Av, 0, 0, 1000, chunk.PlainLength, chunk.CipherLength, chunk.Compression, chunk.ChunkHash)];
        var start = TestChain.GenesisTime;
        var unsigned = new Manifest(
            Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8059"),
            1,
            null,
            SessionId,
            "user-1",
            "node-1",
            "server-1",
            start.AddSeconds(20),
            new ManifestSession(start, start.AddSeconds(1), 1000, [], [], "stopped"),
            new ManifestCapture("h264", null, 30, [new ManifestRun(0, 1280, 720)], "0.1.0", "ffmpeg"),
            null,
            [],
            new ManifestCrypto(ManifestCrypto.CustodyOwner, DekId, [new ManifestRecipient(envelope.Kid, envelope.Alg)]),
            [.. chunks],
            [],
            null,
            Manifest.MerkleOf(chunks));
        return unsigned with { Signature = new ManifestSignature(ManifestKey.From(keys.Manifest).Kid, Signature64.Parse(signature)) };
    }

    private static Receipt Chain(Dictionary<string, string> vectors, TestKeys keys, Manifest manifest)
    {
        var chain = new TestChain(keys);
        var anchor = new AnchorEntry(AnchorRecord.For(manifest, AnchorRecord.ComputeOwnerRef(new byte[32], "user-1")));
        var transaction = chain.Anchor(anchor);
        chain.Add(3, transaction);
        chain.Add(4);
        var (block, commit) = chain.Blocks[0];
        var receipt = chain.Receipt(anchor, withHead: true);
        vectors["genesis"] = Encoding.UTF8.GetString(chain.Genesis.Json.Span);
        vectors["network_id"] = chain.Genesis.NetworkId.ToString();
        vectors["genesis_header"] = Hex(chain.Genesis.Block.Header.Encode());
        vectors["genesis_hash"] = chain.Genesis.Hash.ToString();
        vectors["authority_set"] = Encoding.UTF8.GetString(chain.Genesis.Authority.ToJson());
        vectors["validator_set_hash"] = chain.Genesis.Authority.Hash().ToString();
        vectors["transaction"] = Encoding.UTF8.GetString(transaction.SignedBytes.Span);
        vectors["tx_id"] = transaction.Id.ToString();
        vectors["header"] = Hex(block.Header.Encode());
        vectors["block_hash"] = block.Header.Hash().ToString();
        vectors["block_signature"] = block.Signature.ToString();
        vectors["precommit_bytes"] = Hex(Vote.BytesToSign(chain.Genesis.NetworkId, 1, 3, VotePhase.Precommit, block.Header.Hash()));
        vectors["commit"] = Hex(commit.Encode());
        vectors["commit_hash"] = commit.Hash().ToString();
        vectors["receipt"] = Encoding.UTF8.GetString(receipt.ToJson());
        return receipt;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
