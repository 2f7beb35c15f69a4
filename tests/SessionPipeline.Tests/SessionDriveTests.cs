using Lucid.Contracts.Events;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;
using Lucid.SessionPipeline.Domain;
using Lucid.SessionPipeline.Storage;
using Lucid.SessionPipeline.Tests.Support;
using Lucid.Simulation;

namespace Lucid.SessionPipeline.Tests;

public sealed class SessionDriveTests
{
    [Fact]
    public async Task A_stopped_recording_becomes_one_signed_manifest_and_one_confirmed_anchor()
    {
        var world = new World();
        var rig = new PipelineRig(world);
        await rig.RecordAsync();
        await rig.DriveAsync();
        await AssertConfirmedAsync(rig);
        Assert.Empty(rig.Reminders.Registered);
        var completed = Assert.Single(world.State.Events, sent => sent.Type == EventTypes.SessionCompleted);
        Assert.Equal(PipelineRig.Session, completed.Key);
    }

    [Fact]
    public async Task A_process_that_dies_at_any_step_is_followed_by_one_that_ends_the_same()
    {
        var calm = new World();
        var first = new PipelineRig(calm);
        await first.RecordAsync();
        await first.DriveAsync();
        for (var step = 1L; step <= calm.Steps; step++)
        {
            await InterruptAsync(new World { CrashAt = step });
        }
    }

    [Fact]
    public async Task A_power_cut_at_any_operation_on_the_key_volume_is_followed_by_a_process_that_ends_the_same()
    {
        var calm = new World();
        var first = new PipelineRig(calm);
        await first.RecordAsync();
        await first.DriveAsync();
        Assert.InRange(calm.Volume.Operations, 8, 100);
        for (var operation = 1L; operation <= calm.Volume.Operations; operation++)
        {
            await InterruptAsync(new World { Volume = new SimulatedFileSystem((ulong)operation) { CrashAtOperation = operation } });
        }
    }

    [Fact]
    public async Task A_call_that_fails_before_or_after_its_effect_is_made_again()
    {
        var calm = new World();
        var first = new PipelineRig(calm);
        await first.RecordAsync();
        var recorded = calm.Steps;
        await first.DriveAsync();
        for (var step = recorded + 1; step <= calm.Steps; step++)
        {
            await InterruptAsync(new World { FailAt = step });
        }
    }

    [Fact]
    public async Task With_platform_custody_the_working_key_stays()
    {
        var rig = new PipelineRig(new World());
        await rig.RecordAsync(Custodies.OwnerAndPlatform);
        await rig.DriveAsync();
        Assert.Equal(AnchorStates.Confirmed, (await rig.ViewAsync()).AnchorStatus);
        Assert.NotNull((await rig.KeyAsync()).Key);
    }

    [Fact]
    public async Task An_anchoring_that_failed_is_asked_for_again_later_with_the_same_request()
    {
        var world = new World { AnchorState = "failed" };
        var rig = new PipelineRig(world);
        await rig.RecordAsync();
        await rig.DriveAsync(20);
        Assert.InRange(world.AnchorRequests.Count, 2, 10);
        world.AnchorState = "confirmed";
        world.Clock.Advance(TimeSpan.FromHours(1));
        await rig.DriveAsync();
        await AssertConfirmedAsync(rig);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_receipt_of_another_manifest_or_chain_is_never_stored_and_never_confirms(bool falseReceipt, bool foreignChain)
    {
        var world = new World { FalseReceipt = falseReceipt, ForeignChain = foreignChain };
        var rig = new PipelineRig(world);
        await rig.RecordAsync();
        await rig.DriveAsync(20);
        Assert.Equal((SessionStates.Completed, AnchorStates.Submitted), ((await rig.ViewAsync()).State, (await rig.ViewAsync()).AnchorStatus));
        Assert.Null(world.Receipt);
        (world.FalseReceipt, world.ForeignChain) = (false, false);
        world.Clock.Advance(TimeSpan.FromHours(1));
        await rig.DriveAsync();
        await AssertConfirmedAsync(rig);
    }

    [Fact]
    public async Task An_anchor_that_is_not_final_yet_keeps_the_drive_alive()
    {
        var world = new World { AnchorState = "pending" };
        var rig = new PipelineRig(world);
        await rig.RecordAsync();
        await rig.DriveAsync();
        Assert.Equal(["drive"], rig.Reminders.Registered);
        Assert.Equal(AnchorStates.Submitted, (await rig.ViewAsync()).AnchorStatus);
        world.AnchorState = "confirmed";
        await rig.DriveAsync(1);
        await AssertConfirmedAsync(rig);
    }

    [Fact]
    public async Task A_ledger_whose_file_the_store_does_not_have_is_not_finalised()
    {
        var world = new World();
        var rig = new PipelineRig(world);
        await rig.RecordAsync();
        world.Stored.Remove(1, out var lost);
        await rig.DriveAsync();
        Assert.Equal(SessionStates.Processing, (await rig.ViewAsync()).State);
        Assert.Empty(world.Manifests);
        world.Stored[1] = lost!;
        await rig.DriveAsync();
        await AssertConfirmedAsync(rig);
    }

    [Fact]
    public async Task A_stored_manifest_that_is_not_of_the_ledger_is_not_adopted()
    {
        var world = new World();
        var rig = new PipelineRig(world);
        await rig.RecordAsync();
        await rig.DriveAsync();
        var other = new World();
        var manifest = Manifest.Parse(world.Manifests[0]);
        var chunks = manifest.Chunks.RemoveAt(2);
        other.Manifests.Add(ManifestSigner.Sign(manifest with { Chunks = chunks, Merkle = Manifest.MerkleOf(chunks), Signature = null }, world.Keys.Manifest).ToJson());
        var deceived = new PipelineRig(other);
        await deceived.RecordAsync();
        await deceived.DriveAsync();
        Assert.Equal(SessionStates.Processing, (await deceived.ViewAsync()).State);
        Assert.Empty(other.AnchorRequests);
    }

    [Fact]
    public async Task Starting_is_given_up_only_when_the_recorder_has_nothing()
    {
        var silent = new PipelineRig(new World());
        await silent.StartAsync();
        silent.World.Clock.Advance(TimeSpan.FromSeconds(121));
        await silent.DriveAsync(1);
        Assert.Equal((SessionStates.Failed, "start_timeout"), ((await silent.ViewAsync()).State, (await silent.ViewAsync()).Failure!.Code));
        Assert.False(silent.World.RecorderHasIt);
        Assert.Equal(KeyAbsence.Destroyed, (await silent.KeyAsync()).Absence);

        var late = new PipelineRig(new World { BytesSpooled = 5 });
        await late.StartAsync();
        late.World.Clock.Advance(TimeSpan.FromSeconds(121));
        await late.DriveAsync(1);
        Assert.Equal(SessionStates.Recording, (await late.ViewAsync()).State);
        Assert.True(late.World.RecorderHasIt);
    }

    [Fact]
    public async Task Sealed_chunks_are_announced_again_until_somebody_stores_them()
    {
        var rig = new PipelineRig(new World());
        await rig.StartAsync();
        await rig.Actor.ReportAsync(new(1, RecordingReports.FirstFragment, 0, 1, null, null));
        await rig.Actor.SealAsync(new(0, PipelineRig.Chunk(0)));
        await rig.DriveAsync(5);
        Assert.InRange(rig.World.State.Events.Count(sent => sent.Type == EventTypes.ChunkSealed), 3, 6);
        await rig.StoreChunksAsync(1);
        var before = rig.World.State.Events.Count(sent => sent.Type == EventTypes.ChunkSealed);
        await rig.DriveAsync(5);
        Assert.Equal(before, rig.World.State.Events.Count(sent => sent.Type == EventTypes.ChunkSealed));
    }

    [Fact]
    public async Task A_pause_that_nobody_ends_ends_the_recording_which_is_finished_like_any_other()
    {
        var rig = new PipelineRig(new World());
        await rig.StartAsync();
        rig.World.BytesSpooled = 3000;
        await rig.Actor.ReportAsync(new(1, RecordingReports.FirstFragment, 0, 1000, null, null));
        await rig.StoreChunksAsync();
        await rig.CommandAsync("pause");
        await rig.DriveAsync(1);
        Assert.Equal(SessionStates.Paused, (await rig.ViewAsync()).State);
        rig.World.Clock.Advance(SessionPlan.PauseLimit);
        await rig.DriveAsync();
        Assert.Equal("pause_limit", (await rig.ViewAsync()).EndReason);
        await AssertConfirmedAsync(rig);
    }

    [Fact]
    public async Task A_failed_session_can_be_processed_again_and_ends_like_any_other_wherever_the_retry_dies()
    {
        var calm = await FailedAsync(new World());
        var failed = calm.World.Steps;
        await RetryAsync(calm);
        await AssertConfirmedAsync(calm);
        for (var step = failed + 1; step <= calm.World.Steps; step++)
        {
            var rig = await FailedAsync(new World { CrashAt = step });
            try
            {
                await RetryAsync(rig);
                Assert.Fail("nothing died");
            }
            catch (ProcessDiedException)
            {
                await RetryAsync(rig = new PipelineRig(rig.World));
            }

            await AssertConfirmedAsync(rig);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task What_is_stored_of_a_failed_session_can_be_sealed_and_the_manifest_names_what_is_missing(int lost)
    {
        var rig = await FailedAsync(new World(), lost);
        Assert.Null((await rig.CommandAsync("finalise-incomplete")).Refusal);
        Assert.Equal(["drive"], rig.Reminders.Registered);
        await rig.DriveAsync();
        var view = await rig.ViewAsync();
        Assert.Equal((SessionStates.Completed, AnchorStates.Confirmed, true, World.Chunks - 1), (view.State, view.AnchorStatus, view.Incomplete, view.ChunkCount));
        var manifest = Manifest.Parse(Assert.Single(rig.World.Manifests));
        Assert.True(manifest.Verify(ManifestKey.From(rig.World.Keys.Manifest)));
        Assert.Equal([(long)lost], manifest.Missing);
        Assert.Equal(KeyAbsence.Destroyed, (await rig.KeyAsync()).Absence);
        Assert.False(rig.World.RecorderHasIt);
    }

    [Fact]
    public async Task A_session_is_retried_or_given_up_only_when_it_failed_and_something_was_recorded()
    {
        var rig = new PipelineRig(new World());
        await rig.StartAsync();
        Assert.Equal("wrong_state", (await rig.CommandAsync("retry")).Refusal!.Reason);
        Assert.Equal("wrong_state", (await rig.CommandAsync("finalise-incomplete")).Refusal!.Reason);
        rig.World.Clock.Advance(TimeSpan.FromSeconds(121));
        await rig.DriveAsync(1);
        Assert.Equal("nothing_recorded", (await rig.CommandAsync("retry")).Refusal!.Reason);
        Assert.Equal("nothing_stored", (await rig.CommandAsync("finalise-incomplete")).Refusal!.Reason);
        Assert.Equal(SessionStates.Failed, (await rig.ViewAsync()).State);
    }

    [Fact]
    public async Task However_often_a_chunk_is_announced_and_stored_the_first_commit_is_the_manifests()
    {
        var rig = new PipelineRig(new World());
        await rig.StartAsync();
        rig.World.BytesSpooled = 3000;
        await rig.Actor.ReportAsync(new(1, RecordingReports.FirstFragment, 0, 1000, null, null));
        for (var index = World.Chunks - 1; index >= 0; index--) // the last one first, each sealed and stored twice
        {
            await rig.Actor.SealAsync(new(index, PipelineRig.Chunk(index)));
            await rig.Actor.SealAsync(new(index, PipelineRig.Chunk(index)));
            var (first, second) = (PipelineRig.Commit(index), PipelineRig.Commit(index, variant: 1));
            rig.World.Stored[index] = new(PipelineRig.Session, index, first.FileSha256, first.CipherLength, first.ChunkHash);
            Assert.Null((await rig.Actor.CommitAsync(new(index, first))).Refusal);
            Assert.Equal("chunk_conflict", (await rig.Actor.CommitAsync(new(index, second))).Refusal!.Reason);
            Assert.Null((await rig.Actor.CommitAsync(new(index, first))).Refusal);
        }

        await rig.CommandAsync("stop");
        await rig.DriveAsync();
        await AssertConfirmedAsync(rig);
        Assert.Equal(
            Enumerable.Range(0, World.Chunks).Select(index => PipelineRig.Commit(index).ChunkHash),
            Manifest.Parse(rig.World.Manifests[0]).Chunks.Select(chunk => chunk.ChunkHash.ToString()));
    }

    [Fact]
    public async Task A_cancelled_start_leaves_no_spool_and_no_key()
    {
        var rig = new PipelineRig(new World());
        await rig.StartAsync();
        await rig.CommandAsync("cancel");
        await rig.DriveAsync(1);
        Assert.False(rig.World.RecorderHasIt);
        Assert.Equal(KeyAbsence.Destroyed, (await rig.KeyAsync()).Absence);
        Assert.Empty(rig.World.Volume.ListFiles(PipelineRig.KeyFolder));
        Assert.Empty(rig.Reminders.Registered);
    }

    /// <summary>All chunks sealed, one reported as impossible to store.</summary>
    private static async Task<PipelineRig> FailedAsync(World world, int lost = 1)
    {
        var rig = new PipelineRig(world);
        await rig.StartAsync();
        world.BytesSpooled = 3000;
        await rig.Actor.ReportAsync(new(1, RecordingReports.FirstFragment, 0, 1000, null, null));
        await rig.Actor.SealAsync(new(lost, PipelineRig.Chunk(lost)));
        await rig.Actor.FailChunkAsync(new(lost, new(1, "spool", "unreadable", "The spool cannot be read.")));
        await rig.StoreChunksAsync(except: lost);
        await rig.CommandAsync("stop");
        await rig.DriveAsync(2);
        Assert.Equal((SessionStates.Failed, "unreadable"), ((await rig.ViewAsync()).State, (await rig.ViewAsync()).Failure!.Code));
        return rig;
    }

    private static async Task RetryAsync(PipelineRig rig)
    {
        if ((await rig.ViewAsync()).State == SessionStates.Failed)
        {
            Assert.Null((await rig.CommandAsync("retry")).Refusal);
        }

        await rig.StoreChunksAsync();
        await rig.DriveAsync();
    }

    private static async Task InterruptAsync(World world)
    {
        var dies = world.CrashAt is not null || world.Volume.CrashAtOperation is not null;
        var rig = new PipelineRig(world);
        for (var process = 0; ; process++)
        {
            try
            {
                await rig.RecordAsync();
                await rig.DriveAsync();
                Assert.Equal(dies, process == 1);
                break;
            }
            catch (Exception death) when (process == 0 && death is ProcessDiedException or SimulatedCrashException)
            {
                world.Volume.LosePower(); // what was not flushed by then may be gone
                rig = new PipelineRig(world);
            }
        }

        await AssertConfirmedAsync(rig);
    }

    private static async Task AssertConfirmedAsync(PipelineRig rig)
    {
        var (world, view) = (rig.World, await rig.ViewAsync());
        Assert.Equal((SessionStates.Completed, AnchorStates.Confirmed, "tx-1"), (view.State, view.AnchorStatus, view.TransactionId));
        var manifest = Manifest.Parse(Assert.Single(world.Manifests));
        Assert.True(manifest.Verify(ManifestKey.From(world.Keys.Manifest)));
        Assert.Equal((view.ManifestHash, view.MerkleRoot, World.Chunks), (manifest.Hash().ToString(), manifest.Merkle.Root.ToString(), manifest.Chunks.Length));
        Assert.Single(world.AnchorRequests.Distinct());
        Assert.Equal(manifest.Hash(), Receipt.Parse(world.Receipt!).Anchor.Record.ManifestHash);
        Assert.Equal(World.SessionId, BundleKeys.Parse(world.Envelopes!).SessionId);
        Assert.Equal(KeyAbsence.Destroyed, (await rig.KeyAsync()).Absence);
        Assert.Empty(rig.World.Volume.ListFiles(PipelineRig.KeyFolder));
        Assert.False(world.RecorderHasIt);
    }
}
