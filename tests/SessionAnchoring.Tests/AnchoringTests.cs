using System.Net;
using System.Net.Http.Json;
using System.Text;
using Lucid.BlockchainEngine.Tests.Support;
using Lucid.Contracts;
using Lucid.Contracts.Chain;
using Lucid.Contracts.Errors;
using Lucid.Contracts.Events;
using Lucid.Contracts.Services;
using Lucid.Evidence;
using Lucid.SessionAnchoring.Tests.Support;

namespace Lucid.SessionAnchoring.Tests;

public sealed class AnchoringTests : IAsyncLifetime
{
    private AnchoringRig rig = null!;

    public async ValueTask InitializeAsync() => rig = await AnchoringRig.StartAsync();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task A_request_becomes_a_receipt_that_verifies_offline_with_the_pinned_genesis()
    {
        using var accepted = await rig.PostAsync(AnchoringRig.RequestFor(1));
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await AssertErrorAsync(await rig.Client.GetAsync($"/api/v1/anchoring/session/{TestChain.SessionOf(1)}/receipt"), ChainErrors.AnchoringUnconfirmed);
        await rig.DriveToAsync(1, "confirmed");

        var receipt = await rig.ReceiptAsync(1);
        var findings = ReceiptVerifier.Verify(receipt, new VerificationOptions { PinnedGenesisHash = rig.Engine.Chain.Genesis.Hash });
        Assert.Equal(("platform", true), (findings.SignedBy, findings.IsPinned));
        Assert.Equal((TestChain.SessionOf(1), Digest.Of("root"u8)), (receipt.Anchor.Record.SessionId, receipt.Anchor.Record.MerkleRoot));
        var status = await rig.StatusAsync(1);
        Assert.True(status is { Anchored: true, ConfirmationCount: >= 1, Error: null });
        Assert.Equal(receipt.Proof.Transaction.Id.ToString(), status.TransactionId);
        await rig.DriveAsync(() => rig.Broker.Published.Any(e => e.Type == EventTypes.SessionAnchored));
    }

    [Fact]
    public async Task The_owner_is_on_the_chain_and_in_the_journal_only_as_a_salted_hash()
    {
        using var accepted = await rig.PostAsync(AnchoringRig.RequestFor(1, owner: "somebody-with-a-name"));
        await rig.DriveToAsync(1, "confirmed");
        var receipt = await rig.ReceiptAsync(1);
        await rig.CloseAsync();
        var files = Directory.GetFiles(rig.Folder, "*", SearchOption.AllDirectories);
        Assert.All(files, file => Assert.DoesNotContain("somebody-with-a-name", Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal));
        var salt = await File.ReadAllBytesAsync(files.Single(file => file.Contains("/owners/", StringComparison.Ordinal)));
        Assert.Equal(AnchorRecord.ComputeOwnerRef(salt, "somebody-with-a-name"), receipt.Anchor.Record.OwnerRef);
    }

    [Fact]
    public async Task Fifty_callers_with_one_request_get_one_anchoring_and_one_transaction()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => rig.PostAsync(AnchoringRig.RequestFor(1))));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Accepted);
        Assert.Equal(49, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        var ids = new HashSet<string>();
        foreach (var answer in answers)
        {
            ids.Add((await answer.Content.ReadFromJsonAsync<AnchorAccepted>(JsonDefaults.Tolerant))!.AnchoringId);
            answer.Dispose();
        }

        Assert.Single(ids);
        await rig.DriveToAsync(1, "confirmed");
        Assert.Equal(2, rig.Engine.Node.State.TotalTransactions); // genesis and ours
    }

    [Fact]
    public async Task Other_content_for_a_session_is_refused_and_the_first_stays()
    {
        using var first = await rig.PostAsync(AnchoringRig.RequestFor(1));
        await AssertErrorAsync(await rig.PostAsync(AnchoringRig.RequestFor(1, root: "other")), ChainErrors.AnchoredDifferently);
        await AssertErrorAsync(await rig.PostAsync(AnchoringRig.RequestFor(1, owner: "other")), ChainErrors.AnchoredDifferently);
        await rig.DriveToAsync(1, "confirmed");
        await AssertErrorAsync(await rig.PostAsync(AnchoringRig.RequestFor(1, root: "other")), ChainErrors.AnchoredDifferently);
        using var again = await rig.PostAsync(AnchoringRig.RequestFor(1));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal("confirmed", (await again.Content.ReadFromJsonAsync<AnchorAccepted>(JsonDefaults.Tolerant))!.Status);
    }

    [Fact]
    public async Task Requests_are_taken_while_the_engine_is_down_and_anchored_when_it_is_back()
    {
        rig.Sidecar.IsDown = true;
        for (var i = 1; i <= 15; i++)
        {
            using var accepted = await rig.PostAsync(AnchoringRig.RequestFor(i));
            Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        }

        await rig.DriveAsync(() => !rig.Worker.IsEngineUp);
        rig.Sidecar.IsDown = false;
        await rig.DriveAsync(() => rig.Host.Anchorings.All.All(a => a.Status == Domain.AnchoringStatus.Confirmed), TimeSpan.FromSeconds(1));
        Assert.Equal(16, rig.Engine.Node.State.TotalTransactions);
    }

    [Fact]
    public async Task An_open_breaker_lets_no_call_through_until_the_engine_shows_life()
    {
        rig.Sidecar.IsDown = true;
        using var accepted = await rig.PostAsync(AnchoringRig.RequestFor(1));
        await rig.DriveAsync(() => !rig.Worker.IsEngineUp);
        rig.Sidecar.IsDown = false;
        var calls = rig.Sidecar.Calls;
        for (var i = 0; i < 20; i++)
        {
            rig.Engine.Clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(5);
        }

        Assert.Equal(calls, rig.Sidecar.Calls);
        rig.Worker.SawBlock(1);
        await rig.DriveToAsync(1, "confirmed");
    }

    [Fact]
    public async Task An_answer_that_is_lost_does_not_anchor_twice()
    {
        rig.Sidecar.LosesAnswers = true;
        using var accepted = await rig.PostAsync(AnchoringRig.RequestFor(1));
        await rig.DriveAsync(() => !rig.Worker.IsEngineUp); // not even the genesis document arrives
        rig.Sidecar.LosesAnswers = false;
        rig.Worker.SawBlock(1);
        rig.Produces = false;
        await rig.DriveAsync(() => rig.Engine.Node.PendingCount == 1);
        rig.Sidecar.LosesAnswers = true;
        rig.Produces = true;
        await rig.DriveAsync(() => rig.Engine.Node.State.TotalTransactions == 2);
        await rig.CloseAsync();
        rig.Sidecar.LosesAnswers = false;
        await rig.OpenAsync();
        await rig.DriveToAsync(1, "confirmed");
        Assert.Equal(2, rig.Engine.Node.State.TotalTransactions);
    }

    [Fact]
    public async Task A_restart_between_submission_and_block_goes_on_with_the_same_transaction()
    {
        rig.Produces = false;
        using var accepted = await rig.PostAsync(AnchoringRig.RequestFor(1));
        await rig.DriveAsync(() => rig.Engine.Node.PendingCount == 1);
        var before = (await rig.StatusAsync(1)).TransactionId;
        await rig.CloseAsync();
        await rig.OpenAsync();
        rig.Produces = true;
        await rig.DriveToAsync(1, "confirmed");
        Assert.Equal(before, (await rig.StatusAsync(1)).TransactionId);
    }

    [Fact]
    public async Task Receipts_and_states_survive_a_restart_and_what_was_told_is_not_told_again()
    {
        using var accepted = await rig.PostAsync(AnchoringRig.RequestFor(1));
        await rig.DriveToAsync(1, "confirmed");
        await rig.DriveAsync(() => !rig.Broker.Published.IsEmpty && rig.Host.Anchorings.Open.Count == 0);
        var receipt = (await rig.ReceiptAsync(1)).ToJson();
        await rig.CloseAsync();
        await rig.OpenAsync();
        Assert.Equal(receipt, (await rig.ReceiptAsync(1)).ToJson());
        Assert.Empty(rig.Host.Anchorings.Open);
        Assert.Single(rig.Broker.Published);
    }

    [Fact]
    public async Task An_end_that_could_not_be_told_is_told_later()
    {
        rig.Broker.IsBrokerDown = true;
        using var accepted = await rig.PostAsync(AnchoringRig.RequestFor(1));
        await rig.DriveToAsync(1, "confirmed");
        await rig.CloseAsync();
        rig.Broker.IsBrokerDown = false;
        await rig.OpenAsync();
        await rig.DriveAsync(() => rig.Broker.Published.Any(e => e.Type == EventTypes.SessionAnchored));
    }

    [Fact]
    public async Task False_evidence_confirms_nothing()
    {
        rig.Sidecar.Tamper = (path, body) => path.Contains("evidence", StringComparison.Ordinal)
            ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace("\"leaf_index\":0", "\"leaf_index\":1", StringComparison.Ordinal))
            : body;
        using var accepted = await rig.PostAsync(AnchoringRig.RequestFor(1));
        await rig.DriveAsync(() => rig.Engine.Node.State.TotalTransactions == 2);
        var height = rig.Engine.Node.State.Height;
        await rig.DriveAsync(() => rig.Engine.Node.State.Height > height + 5);
        Assert.Equal("processing", (await rig.StatusAsync(1)).Status);
        rig.Sidecar.Tamper = (_, body) => body;
        await rig.DriveToAsync(1, "confirmed");
    }

    [Fact]
    public async Task What_the_chain_refuses_for_good_fails_is_told_and_may_be_retried()
    {
        var foreign = rig.Engine.Chain.Anchor(1, rig.Engine.Clock.GetUtcNow());
        await rig.Engine.SubmitAsync(foreign);
        using var accepted = await rig.PostAsync(AnchoringRig.RequestFor(1));
        await rig.DriveToAsync(1, "failed");
        Assert.Equal("session_already_anchored", (await rig.StatusAsync(1)).Error);
        await rig.DriveAsync(() => rig.Broker.Published.Any(e => e.Type == EventTypes.AnchorFailed));
        using var admin = rig.As(AppIds.AdminInterface);
        using var retried = await admin.PostAsync($"/api/v1/anchoring/session/{TestChain.SessionOf(1)}/retry", null);
        Assert.Equal(HttpStatusCode.Accepted, retried.StatusCode);
        await rig.DriveToAsync(1, "failed");
    }

    [Fact]
    public async Task Nothing_is_retried_that_has_not_failed()
    {
        using var accepted = await rig.PostAsync(AnchoringRig.RequestFor(1));
        await rig.DriveToAsync(1, "confirmed");
        using var admin = rig.As(AppIds.AdminInterface);
        await AssertErrorAsync(await admin.PostAsync($"/api/v1/anchoring/session/{TestChain.SessionOf(1)}/retry", null), ChainErrors.AnchoringState);
        await AssertErrorAsync(await admin.PostAsync($"/api/v1/anchoring/session/{TestChain.SessionOf(2)}/retry", null), ChainErrors.AnchoringNotFound);
        var overview = (await admin.GetFromJsonAsync<AnchoringOverview>("/api/v1/anchoring/status", JsonDefaults.Tolerant))!;
        Assert.Equal(("healthy", 0, 1), (overview.Status, overview.ProcessingAnchorings, overview.CompletedToday));
    }

    [Fact]
    public async Task A_day_without_a_block_expires_and_the_same_request_takes_it_up_again()
    {
        rig.Sidecar.IsDown = true;
        using var accepted = await rig.PostAsync(AnchoringRig.RequestFor(1));
        await rig.DriveAsync(() => !rig.Worker.IsEngineUp);
        rig.Engine.Clock.Advance(TimeSpan.FromHours(25));
        await rig.DriveToAsync(1, "expired");
        rig.Sidecar.IsDown = false;
        using var again = await rig.PostAsync(AnchoringRig.RequestFor(1));
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        await rig.DriveToAsync(1, "confirmed");
    }

    [Fact]
    public async Task A_transaction_too_old_for_the_engine_is_signed_again_under_the_same_nonce()
    {
        rig.Produces = false;
        rig.Sidecar.Tamper = (path, body) =>
        {
            rig.Sidecar.IsDown |= path.Contains("genesis", StringComparison.Ordinal); // pinned, and gone before the transaction is sent
            return body;
        };
        using var accepted = await rig.PostAsync(AnchoringRig.RequestFor(1));
        await rig.DriveToAsync(1, "processing");
        var first = (await rig.StatusAsync(1)).TransactionId;
        rig.Engine.Clock.Advance(TimeSpan.FromHours(2));
        rig.Sidecar.Tamper = (_, body) => body;
        rig.Sidecar.IsDown = false;
        rig.Produces = true;
        await rig.DriveToAsync(1, "confirmed");
        Assert.NotEqual(first, (await rig.StatusAsync(1)).TransactionId);
    }

    [Fact]
    public async Task Verification_answers_yes_no_and_malformed()
    {
        using var accepted = await rig.PostAsync(AnchoringRig.RequestFor(1));
        await rig.DriveToAsync(1, "confirmed");
        var status = await rig.StatusAsync(1);
        using var gateway = rig.As(AppIds.ApiGateway);
        Assert.True(await VerifyAsync(new AnchorVerifyRequest(status.SessionId, status.MerkleRoot)));
        Assert.True(await VerifyAsync(new AnchorVerifyRequest(status.SessionId, status.MerkleRoot, status.BlockHeight)));
        Assert.False(await VerifyAsync(new AnchorVerifyRequest(status.SessionId, status.MerkleRoot, status.BlockHeight + 1)));
        Assert.False(await VerifyAsync(new AnchorVerifyRequest(status.SessionId, new string('0', 64))));
        Assert.False(await VerifyAsync(new AnchorVerifyRequest(TestChain.SessionOf(2).ToString(), status.MerkleRoot)));
        await AssertErrorAsync(
            await gateway.PostAsJsonAsync("/api/v1/anchoring/verify", new AnchorVerifyRequest("x", status.MerkleRoot), JsonDefaults.Strict), ChainErrors.AnchoringInvalid);

        async Task<bool> VerifyAsync(AnchorVerifyRequest request)
        {
            using var answer = await gateway.PostAsJsonAsync("/api/v1/anchoring/verify", request, JsonDefaults.Strict);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return (await answer.Content.ReadFromJsonAsync<AnchorVerifyResult>(JsonDefaults.Tolerant))!.Verified;
        }
    }

    [Fact]
    public async Task Malformed_requests_have_their_codes()
    {
        var good = AnchoringRig.RequestFor(1);
        await AssertErrorAsync(await rig.PostAsync(good with { SessionId = "x" }), ChainErrors.AnchoringInvalid);
        await AssertErrorAsync(await rig.PostAsync(good with { MerkleRoot = good.MerkleRoot.ToUpperInvariant() }), ChainErrors.AnchoringInvalid);
        await AssertErrorAsync(await rig.PostAsync(good with { UserSignature = "AA==" }), ChainErrors.AnchoringInvalid);
        await AssertErrorAsync(await rig.PostAsync(good with { ManifestData = good.ManifestData with { ChunkCount = 0 } }), ChainErrors.ManifestInvalid);
        await AssertErrorAsync(await rig.PostAsync(good with { ManifestData = good.ManifestData with { TotalSize = -1 } }), ChainErrors.ManifestInvalid);
        await AssertErrorAsync(await rig.PostAsync(good with { Metadata = new AnchorMetadata("x") }), ChainErrors.ManifestInvalid);
        using var signer = TestChain.KeyOf(50);
        var forged = good with { SignerKey = signer.PublicKey.ToString(), UserSignature = signer.Sign("something else"u8).ToString() };
        await AssertErrorAsync(await rig.PostAsync(forged), ChainErrors.AnchoringInvalid);
        await AssertErrorAsync(await rig.Client.GetAsync($"/api/v1/anchoring/session/{TestChain.SessionOf(1)}"), ChainErrors.AnchoringNotFound);
    }

    [Fact]
    public async Task A_configured_genesis_that_is_not_the_engines_is_never_sent_to()
    {
        await rig.CloseAsync();
        await rig.OpenAsync($"--GENESIS_HASH={new string('a', 64)}");
        using var accepted = await rig.PostAsync(AnchoringRig.RequestFor(1));
        var height = rig.Engine.Node.State.Height;
        await rig.DriveAsync(() => rig.Engine.Node.State.Height > height + 5);
        Assert.Equal("pending", (await rig.StatusAsync(1)).Status);
        Assert.Equal(0, rig.Engine.Node.PendingCount);
    }

    private static async Task AssertErrorAsync(HttpResponseMessage response, ErrorCode code)
    {
        using (response)
        {
            Assert.Equal(code.HttpStatus, (int)response.StatusCode);
            Assert.Equal(code.Code, (await response.Content.ReadFromJsonAsync<ErrorEnvelope>(JsonDefaults.Tolerant))!.Error.Code);
        }
    }
}
