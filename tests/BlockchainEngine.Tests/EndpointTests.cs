using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lucid.BlockchainEngine.Tests.Support;
using Lucid.Contracts;
using Lucid.Contracts.Chain;
using Lucid.Contracts.Errors;
using Lucid.Contracts.Services;
using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Tests;

public sealed class EndpointTests : IAsyncLifetime
{
    private readonly EngineRig rig = new();
    private EngineServer server = null!;

    public async ValueTask InitializeAsync()
    {
        await rig.OpenAsync();
        server = await EngineServer.StartAsync(rig);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await rig.DisposeAsync();
    }

    [Fact]
    public async Task A_submitted_transaction_becomes_evidence_that_makes_a_receipt()
    {
        var anchor = rig.Anchor(1);
        using var anchoring = server.Client(AppIds.SessionAnchoring);
        using var accepted = await anchoring.PostAsJsonAsync("/api/v1/transactions", new SubmitTransaction(Convert.ToBase64String(anchor.SignedBytes.Span)), JsonDefaults.Strict);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await AssertErrorAsync(await anchoring.GetAsync($"/internal/v1/evidence/{anchor.Id}"), ChainErrors.TransactionNotFound, "transaction_pending");
        await rig.NextSlotAsync();
        await rig.NextSlotAsync();

        foreach (var query in (string[])["", "?head=true"])
        {
            var answer = await anchoring.GetFromJsonAsync<TransactionEvidence>($"/internal/v1/evidence/{anchor.Id}{query}", JsonDefaults.Tolerant);
            var members = System.Text.Json.Nodes.JsonObject.Create(answer!.Evidence)!;
            members["anchor"] = System.Text.Json.Nodes.JsonNode.Parse(TestChain.EntryOf(1).ToJson());
            var receipt = Receipt.Parse(CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(members)));
            Assert.True(ReceiptVerifier.Verify(receipt, new VerificationOptions { PinnedGenesisHash = rig.Chain.Genesis.Hash }).IsPinned);
            Assert.Equal(query.Length > 0, receipt.Head is not null);
        }

        var view = await anchoring.GetFromJsonAsync<TransactionView>($"/api/v1/transactions/{anchor.Id}", JsonDefaults.Tolerant);
        Assert.Equal(("confirmed", 1L, 0), (view!.Status, view.BlockHeight!.Value, view.TransactionIndex!.Value));
        using var gateway = server.Client();
        var proof = (await gateway.GetFromJsonAsync<TransactionProofView>($"/api/v1/transactions/{anchor.Id}/proof", JsonDefaults.Tolerant))!;
        var header = BlockHeader.Decode(Convert.FromBase64String(proof.HeaderBytes));
        Assert.True(MerkleProof.VerifyInclusion(
            MerkleHash.Leaf(Convert.FromBase64String(proof.TxBytes)), proof.LeafIndex, proof.TreeSize, [.. proof.Path.Select(Digest.Parse)], header.MerkleRoot));
    }

    [Fact]
    public async Task Chain_and_blocks_are_read_by_height_by_hash_and_in_pages()
    {
        for (var i = 0; i < 5; i++)
        {
            await rig.NextSlotAsync();
        }

        using var client = server.Client();
        var info = (await client.GetFromJsonAsync<ChainInfo>("/api/v1/chain/info", JsonDefaults.Tolerant))!;
        Assert.Equal((5L, rig.Chain.Genesis.Hash.ToString(), 1), (info.CurrentHeight, info.GenesisBlock, info.BlockTimeSeconds));
        var status = (await client.GetFromJsonAsync<ChainStatus>("/api/v1/chain/status", JsonDefaults.Tolerant))!;
        Assert.Equal(("healthy", "producer", "bootstrap"), (status.Status, status.Role, status.ConsensusMode));
        Assert.InRange(status.BlockProductionRate, 59.9, 60);
        Assert.Equal(rig.Chain.Genesis.Hash, Genesis.Parse(await client.GetByteArrayAsync("/api/v1/chain/genesis")).Hash);
        var latest = (await client.GetFromJsonAsync<BlockDetails>("/api/v1/blocks/latest", JsonDefaults.Tolerant))!;
        var byId = (await client.GetFromJsonAsync<BlockDetails>($"/api/v1/blocks/{latest.BlockId}", JsonDefaults.Tolerant))!;
        Assert.Equal((5L, 5L), (latest.Height, byId.Height));
        Assert.Equal(0, (await client.GetFromJsonAsync<BlockDetails>("/api/v1/blocks/height/0", JsonDefaults.Tolerant))!.Height);
        var page = (await client.GetFromJsonAsync<BlockPage>("/api/v1/blocks?page=2&limit=2&height_from=1", JsonDefaults.Tolerant))!;
        Assert.Equal([3L, 2L], page.Blocks.Select(b => b.Height));
        Assert.Equal((5L, 3L), (page.Pagination.Total, page.Pagination.Pages));
        var validators = (await client.GetFromJsonAsync<ValidatorsView>("/api/v1/chain/validators", JsonDefaults.Tolerant))!;
        Assert.Equal((1, rig.Chain.Authority.PublicKey.ToString()), (validators.Quorum, validators.Validators.Single().PublicKey));
    }

    [Fact]
    public async Task A_tree_head_is_a_known_head_and_proofs_connect_it()
    {
        for (var i = 0; i < 9; i++)
        {
            await rig.NextSlotAsync();
        }

        using var client = server.Client();
        Assert.Equal(9, KnownHead.Parse(await client.GetByteArrayAsync("/api/v1/chain/tree-head")).Heads.Single().Height);
        var proof = (await client.GetFromJsonAsync<ConsistencyView>("/api/v1/chain/consistency?first=3&second=9", JsonDefaults.Tolerant))!;
        Assert.True(MerkleProof.VerifyConsistency(3, 9, Digest.Parse(proof.FirstRoot), Digest.Parse(proof.SecondRoot), [.. proof.Proof.Select(Digest.Parse)]));
        rig.Node.State.TryGetBlock(4, out var block);
        var included = (await client.GetFromJsonAsync<BlockProofView>($"/api/v1/blocks/{block.Hash}/proof", JsonDefaults.Tolerant))!;
        Assert.True(MerkleProof.VerifyInclusion(MerkleHash.Leaf(block.Hash.Span), 4, included.TreeSize!.Value, [.. included.Path!.Select(Digest.Parse)], Digest.Parse(included.RootHash!)));
    }

    [Theory]
    [InlineData("/api/v1/chain/consistency?first=0&second=1", 1004, 400)]
    [InlineData("/api/v1/chain/consistency?first=2&second=1", 1004, 400)]
    [InlineData("/api/v1/chain/consistency?first=1&second=99", 4001, 404)]
    [InlineData("/api/v1/chain/tree-head?height=99", 4001, 404)]
    [InlineData("/api/v1/blocks/height/99", 4001, 404)]
    [InlineData("/api/v1/blocks/height/-1", 4001, 404)]
    [InlineData("/api/v1/blocks/nothex", 1003, 400)]
    [InlineData("/api/v1/blocks/ABCDEF", 1003, 400)]
    [InlineData("/api/v1/blocks?limit=101", 1004, 400)]
    [InlineData("/api/v1/blocks?sort=size", 1003, 400)]
    [InlineData("/api/v1/transactions/00/proof", 1003, 400)]
    public async Task Malformed_and_missing_reads_have_their_codes(string path, int code, int status)
    {
        using var client = server.Client();
        using var response = await client.GetAsync(path);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal($"LUCID_ERR_{code}", (await response.Content.ReadFromJsonAsync<ErrorEnvelope>(JsonDefaults.Tolerant))!.Error.Code);
    }

    [Fact]
    public async Task Hostile_transactions_have_their_codes()
    {
        using var client = server.Client(AppIds.SessionAnchoring);
        var now = rig.Clock.GetUtcNow();
        await SubmitAsync(client, rig.Chain.Anchor(1, now, nonce: 1).SignedBytes.ToArray());
        (byte[] Bytes, ErrorCode Code, string Reason)[] cases =
        [
            ([1, 2, 3], ChainErrors.TransactionFormat, "malformed"),
            (rig.Chain.Anchor(2, now, sender: rig.Chain.Governor).SignedBytes.ToArray(), ChainErrors.NotParticipant, "sender_not_authorised"),
            (rig.Chain.Anchor(2, now, nonce: 1).SignedBytes.ToArray(), ChainErrors.TransactionConflict, "nonce_used"),
            (rig.Chain.Anchor(1, now, nonce: 2).SignedBytes.ToArray(), ChainErrors.TransactionConflict, "session_already_anchored"),
            (rig.Chain.Anchor(2, now.AddHours(-2)).SignedBytes.ToArray(), ChainErrors.TransactionFormat, "timestamp_too_old"),
        ];
        foreach (var (bytes, code, reason) in cases)
        {
            await AssertErrorAsync(await SubmitAsync(client, bytes), code, reason);
        }

        using var unknownMember = await client.PostAsync("/api/v1/transactions", JsonContent.Create(new { transaction = "AA==", fee = 1 }));
        Assert.Equal(HttpStatusCode.BadRequest, unknownMember.StatusCode);
    }

    [Fact]
    public async Task Nobody_creates_blocks_and_only_listed_callers_come_in()
    {
        using var gateway = server.Client();
        using var posted = await gateway.PostAsync("/api/v1/blocks", JsonContent.Create(new { }));
        Assert.Equal(HttpStatusCode.Forbidden, posted.StatusCode);
        Assert.Equal("LUCID_ERR_2004", (await posted.Content.ReadFromJsonAsync<ErrorEnvelope>(JsonDefaults.Tolerant))!.Error.Code);
        using var stranger = server.Client(AppIds.SessionApi);
        using var refused = await SubmitAsync(stranger, rig.Anchor(1).SignedBytes.ToArray());
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Session_proofs_are_verified_with_an_index_or_with_sides()
    {
        var chunks = Enumerable.Range(0, 3).Select(i => Digest.Of(System.Text.Encoding.ASCII.GetBytes($"chunk-{i}"))).ToList();
        var tree = MerkleTree.FromLeafHashes(chunks.Select(c => MerkleHash.Leaf(c.Span)));
        string[] path = [.. tree.InclusionPath(2).Select(h => h.ToString())];
        using var client = server.Client();
        Assert.True((await VerifyAsync(client, new(tree.Root().ToString(), LeafHash: chunks[2].ToString(), ProofPath: path, LeafIndex: 2, TreeSize: 3))).Verified);
        Assert.True((await VerifyAsync(client, new(tree.Root().ToString(), ChunkHash: chunks[2].ToString(), Proof: path, ProofDirections: ["left"]))).Verified);
        Assert.False((await VerifyAsync(client, new(tree.Root().ToString(), LeafHash: chunks[2].ToString(), ProofPath: path, LeafIndex: 1, TreeSize: 3))).Verified);
        using var malformed = await client.PostAsJsonAsync(
            "/api/v1/merkle/verify", new MerkleVerifyRequest(tree.Root().ToString(), LeafHash: chunks[2].ToString(), ProofPath: path), JsonDefaults.Strict);
        await AssertErrorAsync(malformed, ChainErrors.ProofMalformed, "proof_malformed");
    }

    private static Task<HttpResponseMessage> SubmitAsync(HttpClient client, byte[] transaction) =>
        client.PostAsJsonAsync("/api/v1/transactions", new SubmitTransaction(Convert.ToBase64String(transaction)), JsonDefaults.Strict);

    private static async Task<MerkleVerifyResult> VerifyAsync(HttpClient client, MerkleVerifyRequest request)
    {
        using var response = await client.PostAsJsonAsync("/api/v1/merkle/verify", request, JsonDefaults.Strict);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<MerkleVerifyResult>(JsonDefaults.Tolerant))!;
    }

    private static async Task AssertErrorAsync(HttpResponseMessage response, ErrorCode code, string reason)
    {
        using (response)
        {
            var error = (await response.Content.ReadFromJsonAsync<ErrorEnvelope>(JsonDefaults.Tolerant))!.Error;
            Assert.Equal((code.HttpStatus, code.Code, reason), ((int)response.StatusCode, error.Code, error.Details!.Value.GetProperty("reason").GetString()));
        }
    }
}
