using System.Security.Cryptography;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;
using Lucid.Evidence.Tests;
using Lucid.SessionPipeline.Domain;
using Lucid.SessionPipeline.Tests.Support;
using static Lucid.Contracts.Sessions.SessionStates;

namespace Lucid.SessionPipeline.Tests;

public sealed class DomainTests
{
    private static readonly string[] States = [Created, Starting, SessionStates.Recording, Paused, Stopped, Processing, Completed, Failed, Cancelled, Deleted];
    private static readonly DateTimeOffset Now = TestChain.GenesisTime;
    private static readonly TimeSpan Limit = TimeSpan.FromHours(8);

    [Fact]
    public void Every_cell_of_the_state_machine_is_as_specified_the_refused_ones_too()
    {
        var allowed = new Dictionary<string, string>
        {
            ["created Start"] = Starting, ["created Cancel"] = Cancelled, ["created Delete"] = Deleted,
            ["starting FirstFragment"] = SessionStates.Recording, ["starting StartFailed"] = Failed, ["starting Cancel"] = Cancelled,
            ["recording Pause"] = Paused, ["recording Stop"] = Stopped, ["recording CaptureLost"] = Stopped,
            ["paused Resume"] = SessionStates.Recording, ["paused Stop"] = Stopped,
            ["stopped Process"] = Processing, ["processing Complete"] = Completed, ["processing ChunkExhausted"] = Failed,
            ["failed Retry"] = Processing, ["failed FinaliseIncomplete"] = Completed, ["failed Delete"] = Deleted,
            ["completed Delete"] = Deleted, ["cancelled Delete"] = Deleted,
        };
        foreach (var state in States)
        {
            foreach (var trigger in Enum.GetValues<SessionTrigger>())
            {
                Assert.Equal(allowed.GetValueOrDefault($"{state} {trigger}"), SessionTransitions.Next(state, trigger));
            }

            Assert.Equal(
                allowed.Keys.Where(cell => cell.StartsWith(state + " ", StringComparison.Ordinal)).Select(cell => cell.Split(' ')[1].ToLowerInvariant()).Order(StringComparer.Ordinal),
                SessionTransitions.Allowed(state));
        }
    }

    [Theory]
    [InlineData(Created, "", null, SessionStep.Nothing)]
    [InlineData(Starting, "", null, SessionStep.Nothing)]
    [InlineData(SessionStates.Recording, "", null, SessionStep.Nothing)]
    [InlineData(SessionStates.Recording, "stored", null, SessionStep.Nothing)]
    [InlineData(SessionStates.Recording, "stored sealed", null, SessionStep.AnnounceChunks)]
    [InlineData(Paused, "sealed", null, SessionStep.AnnounceChunks)]
    [InlineData(Stopped, "stored", null, SessionStep.EndRecording)]
    [InlineData(Stopped, "stored", 1, SessionStep.Process)]
    [InlineData(Processing, "", 0, SessionStep.Fail)]
    [InlineData(Processing, "stored failed", 2, SessionStep.Fail)]
    [InlineData(Processing, "stored sealed", 2, SessionStep.AnnounceChunks)]
    [InlineData(Processing, "stored", 2, SessionStep.AnnounceChunks)]
    [InlineData(Processing, "stored stored", 2, SessionStep.Finalise)]
    [InlineData(Deleted, "", null, SessionStep.Nothing)]
    public void The_next_step_follows_from_state_and_ledger(string state, string ledger, int? expected, SessionStep step)
    {
        var entries = ledger.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((status, index) => Entry(index) with { Status = status }).ToList();
        Assert.Equal(step, SessionPlan.Next(Session(state) with { ExpectedChunks = expected, StartingAt = Now }, entries, Now, Limit));
    }

    [Fact]
    public void Starting_ends_after_two_minutes()
    {
        var session = Session(Starting) with { StartingAt = Now };
        Assert.Equal(SessionStep.Nothing, SessionPlan.Next(session, [], Now + SessionPlan.StartingLimit, Limit));
        Assert.Equal(SessionStep.GiveUpStarting, SessionPlan.Next(session, [], Now + SessionPlan.StartingLimit + TimeSpan.FromTicks(1), Limit));
    }

    [Theory]
    [InlineData(SessionStates.Recording, 8 * 60, null, null, null)]
    [InlineData(SessionStates.Recording, (8 * 60) + 1, null, null, "duration_limit")]
    [InlineData(Paused, (8 * 60) + 1, 0, null, "duration_limit")]
    [InlineData(Paused, 60, 30, null, null)]
    [InlineData(Paused, 61, 30, null, "pause_limit")]
    [InlineData(SessionStates.Recording, 61, 0, 60, null)]
    public void A_recording_ends_by_itself_after_eight_hours_and_a_pause_after_half_an_hour(string state, int minute, int? paused, int? resumed, string? reason)
    {
        var pauses = paused is { } from ? [new PauseInterval(from * 60_000L, resumed * 60_000L)] : Array.Empty<PauseInterval>();
        var session = Session(state) with { StartedAt = Now, Pauses = pauses };
        Assert.Equal(reason, SessionPlan.LimitOf(session, Now.AddMinutes(minute), Limit));
        Assert.Equal(reason is null ? SessionStep.Nothing : SessionStep.StopAtLimit, SessionPlan.Next(session, [], Now.AddMinutes(minute), Limit));
    }

    [Theory]
    [InlineData(AnchorStates.Pending, false, false, SessionStep.SubmitAnchor)]
    [InlineData(AnchorStates.None, true, false, SessionStep.SubmitAnchor)]
    [InlineData(AnchorStates.Pending, false, true, SessionStep.Clean)]
    [InlineData(AnchorStates.Pending, true, true, SessionStep.Nothing)]
    [InlineData(AnchorStates.Submitted, false, false, SessionStep.Clean)]
    [InlineData(AnchorStates.Submitted, true, false, SessionStep.FetchAnchor)]
    [InlineData(AnchorStates.Submitted, true, true, SessionStep.Nothing)]
    [InlineData(AnchorStates.Confirmed, false, false, SessionStep.Clean)]
    [InlineData(AnchorStates.Confirmed, true, false, SessionStep.Nothing)]
    public void A_completed_session_is_anchored_and_cleaned(string anchor, bool cleaned, bool postponed, SessionStep step)
    {
        var session = Session(Completed) with { Cleaned = cleaned, Anchoring = new(anchor, NextAttempt: postponed ? Now.AddTicks(1) : null) };
        Assert.Equal(step, SessionPlan.Next(session, [], Now, Limit));
        Assert.Equal(anchor == AnchorStates.Confirmed && cleaned, session.IsSettled);
    }

    [Fact]
    public void The_back_off_of_anchoring_doubles_from_five_seconds_to_an_hour()
    {
        var anchoring = Anchoring.None;
        var delays = Enumerable.Range(0, 40).Select(_ => ((anchoring = anchoring.Postpone(Now)).NextAttempt!.Value - Now).TotalSeconds).ToList();
        Assert.Equal([5, 10, 20, 40], delays[..4]);
        Assert.Equal(3600, delays[^1]);
    }

    [Fact]
    public void An_index_is_given_once_and_a_commit_is_final()
    {
        var (outcome, page) = Ledger.Seal(LedgerPage.Empty, 1, PipelineRig.Chunk(1));
        Assert.Equal(LedgerOutcome.Changed, outcome);
        Assert.Equal(LedgerOutcome.Unchanged, Ledger.Seal(page, 1, PipelineRig.Chunk(1)).Outcome);
        Assert.Equal(LedgerOutcome.Conflict, Ledger.Seal(page, 1, PipelineRig.Chunk(1) with { PlainSha256 = Digest.Of("x"u8).ToString() }).Outcome);
        Assert.Equal(LedgerOutcome.Conflict, Ledger.Seal(page, 1, PipelineRig.Chunk(1) with { PlainLength = 7 }).Outcome);
        Assert.Equal(LedgerOutcome.Conflict, Ledger.Seal(page, 1, PipelineRig.Chunk(1) with { Run = 2 }).Outcome);
        Assert.Equal(LedgerOutcome.Unknown, Ledger.Commit(page, 0, PipelineRig.Commit(0)).Outcome);
        (_, page) = Ledger.Seal(page, 0, PipelineRig.Chunk(0));
        Assert.Equal([0, 1], page.Chunks.Select(entry => entry.Index));
        (outcome, page) = Ledger.Commit(page, 1, PipelineRig.Commit(1));
        Assert.Equal((LedgerOutcome.Changed, "stored", null), (outcome, page.Chunks[1].Status, page.Chunks[1].PlainSha256));
        Assert.Equal(LedgerOutcome.Unchanged, Ledger.Commit(page, 1, PipelineRig.Commit(1)).Outcome);
        Assert.Equal(LedgerOutcome.Conflict, Ledger.Commit(page, 1, PipelineRig.Commit(1, variant: 1)).Outcome);
        Assert.Equal(LedgerOutcome.Unchanged, Ledger.Seal(page, 1, PipelineRig.Chunk(1)).Outcome);
        Assert.Equal(LedgerOutcome.Unchanged, Ledger.Fail(page, 1).Outcome);
        Assert.Equal(LedgerOutcome.Unknown, Ledger.Fail(page, 9).Outcome);
        Assert.Equal("failed", Ledger.Fail(page, 0).Page.Chunks[0].Status);
    }

    [Fact]
    public void The_manifest_passes_its_own_rules_and_its_signature()
    {
        var keys = new TestKeys();
        var ledger = new[] { 0, 2, 3 }.Select(Entry).ToList();
        var session = Session(Processing) with
        {
            ExpectedChunks = 5, DurationMs = 3000, Pauses = [new(500, 700), new(2900, null)], StartedAt = Now, StoppedAt = Now.AddSeconds(3),
            Consent = new(Guid.NewGuid().ToString("D"), Digest.Of("c"u8).ToString()), PolicyHash = Digest.Of("p"u8).ToString(),
        };
        var manifest = Manifest.Parse(ManifestFactory.Create(session, ledger, keys.Manifest, "0.1.0", Now.AddSeconds(4)).ToJson());
        Assert.True(manifest.Verify(ManifestKey.From(keys.Manifest)));
        Assert.False(manifest.Verify(ManifestKey.From(new TestKeys(variant: 3).Manifest)));
        Assert.Equal([1L, 4L], manifest.Missing);
        Assert.True(manifest.Incomplete);
        Assert.Equal((640L, 360L, "avc1.42C01F"), ((long)manifest.Capture.Runs[0].Width, (long)manifest.Capture.Runs[0].Height, manifest.Capture.Codec));
        Assert.Equal(3000, manifest.Session.Paused[1].ToMs);
    }

    [Fact]
    public void A_working_key_opens_only_unchanged_under_its_session_key_id_and_platform_key()
    {
        var (dataKey, platform) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        var (session, keyId) = (Guid.NewGuid(), Guid.NewGuid());
        var key = WorkingKey.Wrap(dataKey, platform, session, keyId);
        Assert.Equal(dataKey, key.Unwrap(platform, session, keyId));
        for (var bit = 0; bit < key.Wrapped.Length * 8; bit++)
        {
            var changed = key.Wrapped.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.ThrowsAny<CryptographicException>(() => new WorkingKey(changed).Unwrap(platform, session, keyId));
        }

        Assert.ThrowsAny<CryptographicException>(() => key.Unwrap(platform, Guid.NewGuid(), keyId));
        Assert.ThrowsAny<CryptographicException>(() => key.Unwrap(platform, session, Guid.NewGuid()));
        Assert.ThrowsAny<CryptographicException>(() => key.Unwrap(RandomNumberGenerator.GetBytes(32), session, keyId));
        Assert.ThrowsAny<CryptographicException>(() => new WorkingKey(key.Wrapped[..40]).Unwrap(platform, session, keyId));
    }

    private static ChunkLedgerEntry Entry(int index)
    {
        var page = Ledger.Seal(LedgerPage.Empty, index, PipelineRig.Chunk(index)).Page;
        return Ledger.Commit(page, index, PipelineRig.Commit(index)).Page.Chunks[0];
    }

    private static Session Session(string state)
    {
        var creation = PipelineRig.Creation();
        return new()
        {
            SessionId = creation.SessionId, OwnerId = creation.OwnerId, Name = creation.Name, State = state, CreatedAt = Now, UpdatedAt = Now,
            RecordingConfig = creation.RecordingConfig, StorageConfig = creation.StorageConfig, Metadata = creation.Metadata, Custody = creation.Custody,
            Recipients = creation.Recipients, DataKeyId = Guid.NewGuid().ToString("D"), Anchoring = Anchoring.None,
        };
    }
}
