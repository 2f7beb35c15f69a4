using Lucid.Contracts.Sessions;
using Lucid.Evidence;

namespace Lucid.EndToEnd;

[Collection(StackCollection.Name)]
[Trait("Needs", "Program")]
public class MainJobTests(StackFixture fixture)
{
    [Fact]
    public async Task A_recording_is_anchored_exported_verified_and_decrypted_to_what_was_sent()
    {
        await using var user = await User.LoginAsync(fixture.Stack);
        var (session, grant) = await user.Flow.StartAsync("main job", null, default);
        using var sent = new MemoryStream();
        await user.Flow.SendAsync(session, grant, new MemoryStream(Sample.Bytes), sent, null, default);
        await user.Flow.StopAsync(session, null, default);
        var view = await user.Flow.WaitForAnchorAsync(session, null, default);
        Assert.Equal(SessionStates.Completed, view.State);

        var (report, bundle) = await user.ExportAsync(session, fixture.Stack.GenesisHash);
        Assert.Equal(Verdict.Valid, report.Verdict);
        Assert.Equal(view.MerkleRoot, report.MerkleRoot.ToString());
        Assert.Equal(view.BlockHeight, report.BlockHeight);
        Assert.Equal(sent.ToArray(), await user.DecryptAsync(bundle));
    }

    [Fact]
    public async Task A_session_appears_in_list_and_search_of_its_owner_only()
    {
        await using var owner = await User.LoginAsync(fixture.Stack);
        await using var stranger = await User.LoginAsync(fixture.Stack);
        var word = $"word{Guid.NewGuid():N}";
        var (session, _) = await owner.Flow.StartAsync($"find me {word}", null, default);

        await Stack.UntilAsync(async () => (await owner.Gateway.GetAsync($"/api/v1/sessions?q={word}", default)).GetProperty("sessions").GetArrayLength() == 1, "the session to be found");
        Assert.Equal(0, (await stranger.Gateway.GetAsync($"/api/v1/sessions?q={word}", default)).GetProperty("sessions").GetArrayLength());
        var refusal = await Assert.ThrowsAsync<Lucid.Cli.CliException>(() => stranger.Gateway.GetAsync($"/api/v1/sessions/{session}", default));
        Assert.Contains("LUCID_ERR_4001", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_machine_of_the_same_person_registers_its_key_with_a_further_proof()
    {
        await using var first = await User.LoginAsync(fixture.Stack);
        await using var second = await User.LoginAsync(fixture.Stack, wallet: first.Store.WalletPath);
        var keys = (await second.Gateway.GetAsync("/api/v1/users/me/encryption-keys", default)).GetProperty("keys");
        Assert.Equal(2, keys.GetArrayLength());
        Assert.Equal(first.Gateway.Profile.UserId, second.Gateway.Profile.UserId);
    }

    [Fact]
    public async Task One_flipped_bit_of_a_bundle_is_found_and_named()
    {
        await using var user = await User.LoginAsync(fixture.Stack);
        var (session, grant) = await user.Flow.StartAsync("tamper", null, default);
        await user.Flow.SendAsync(session, grant, new MemoryStream(Sample.Bytes), null, null, default);
        await user.Flow.StopAsync(session, null, default);
        await user.Flow.WaitForAnchorAsync(session, null, default);
        var (_, bundle) = await user.ExportAsync(session, fixture.Stack.GenesisHash);
        var bytes = await File.ReadAllBytesAsync(bundle);
        bytes[bytes.Length / 2] ^= 0x10;

        var report = await BundleVerifier.VerifyAsync(new MemoryStream(bytes), new VerificationOptions { PinnedGenesisHash = Digest.Parse(fixture.Stack.GenesisHash) });

        Assert.Equal(Verdict.Invalid, report.Verdict);
        Assert.NotNull(report.Entry);
    }
}
