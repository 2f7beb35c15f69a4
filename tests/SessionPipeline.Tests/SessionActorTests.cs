using Lucid.Contracts.Events;
using Lucid.Contracts.Sessions;
using Lucid.SessionPipeline.Tests.Support;

namespace Lucid.SessionPipeline.Tests;

public sealed class SessionActorTests
{
    private readonly World world = new();
    private readonly PipelineRig rig;

    public SessionActorTests() => rig = new PipelineRig(world);

    [Fact]
    public async Task A_session_is_created_once_and_a_missing_one_is_not_found()
    {
        Assert.Equal(404, (await rig.Actor.GetAsync()).Refusal!.Status);
        Assert.Equal(404, (await rig.CommandAsync("start")).Refusal!.Status);
        Assert.Equal("created", (await rig.Actor.CreateAsync(PipelineRig.Creation())).Value!.State);
        Assert.Equal((409, "session_exists"), Status((await rig.Actor.CreateAsync(PipelineRig.Creation())).Refusal));
        Assert.Equal([EventTypes.SessionCreated], world.State.Events.Select(sent => sent.Type));
    }

    [Fact]
    public async Task Start_gives_a_token_once_and_keeps_the_data_key_only_wrapped()
    {
        await rig.Actor.CreateAsync(PipelineRig.Creation());
        var started = (await rig.CommandAsync("start")).Value!;
        Assert.Equal(("starting", 1, 64), (started.Session.State, started.Ingest!.Epoch, started.Ingest.Token.Length));
        Assert.DoesNotContain(started.Ingest.Token, world.State.Dump(), StringComparison.Ordinal);
        Assert.Equal(["drive"], rig.Reminders.Registered);
        Assert.Equal((409, "wrong_state"), Status((await rig.CommandAsync("start")).Refusal));
        await rig.Actor.SealAsync(new(0, PipelineRig.Chunk(0)));
        Assert.DoesNotContain((await rig.Actor.DataKeyAsync(0)).Value!.Key, world.State.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_the_recorder_does_not_take_leaves_the_session_as_it_was()
    {
        await rig.Actor.CreateAsync(PipelineRig.Creation());
        world.RecorderIsDown = true;
        Assert.Equal(503, (await rig.CommandAsync("start")).Refusal!.Status);
        Assert.Equal("created", (await rig.ViewAsync()).State);
        world.RecorderIsDown = false;
        var started = (await rig.CommandAsync("start")).Value!;
        Assert.Equal(("starting", 1), (started.Session.State, started.Ingest!.Epoch));
    }

    [Fact]
    public async Task Stop_while_starting_counts_what_the_recorder_already_has()
    {
        await rig.StartAsync();
        Assert.Equal((409, "recording_not_started"), Status((await rig.CommandAsync("stop")).Refusal));
        world.BytesSpooled = 1;
        var stopped = (await rig.CommandAsync("stop", "enough")).Value!.Session;
        Assert.Equal(("stopped", "enough"), (stopped.State, stopped.EndReason));
        Assert.NotNull(stopped.StartedAt);
        await rig.Actor.ReportAsync(new(1, RecordingReports.FirstFragment, 0, 1, null, null));
        Assert.Equal("stopped", (await rig.ViewAsync()).State);
    }

    [Fact]
    public async Task Refused_commands_say_what_would_be_possible()
    {
        await rig.Actor.CreateAsync(PipelineRig.Creation());
        var refusal = (await rig.CommandAsync("pause")).Refusal!;
        Assert.Equal((409, "created"), (refusal.Status, refusal.State));
        Assert.Equal(["cancel", "delete", "start"], refusal.Allowed);
        Assert.Equal(404, (await rig.CommandAsync("explode")).Refusal!.Status);
    }

    [Fact]
    public async Task Pause_and_resume_are_told_to_the_recorder_and_kept_as_intervals()
    {
        await rig.StartAsync();
        await rig.Actor.ReportAsync(new(1, RecordingReports.FirstFragment, 0, 1, null, null));
        world.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("paused", (await rig.CommandAsync("pause")).Value!.Session.State);
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("recording", (await rig.CommandAsync("resume")).Value!.Session.State);
        Assert.Equal([(3000L, 5000L)], (await rig.Store.FindAsync(PipelineRig.Session, default))!.Value.Pauses.Select(pause => (pause.From, pause.To!.Value)));
        Assert.Contains(world.Calls, call => call.EndsWith("/pause", StringComparison.Ordinal));
        Assert.Contains(world.Calls, call => call.EndsWith("/resume", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_old_epoch_changes_nothing()
    {
        await rig.StartAsync();
        await rig.Actor.SealAsync(new(0, PipelineRig.Chunk(0)));
        Assert.Equal((409, "stale_epoch"), Status((await rig.Actor.SealAsync(new(1, PipelineRig.Chunk(1, epoch: 0)))).Refusal));
        Assert.Equal((409, "stale_epoch"), Status((await rig.Actor.CommitAsync(new(0, PipelineRig.Commit(0, epoch: 0)))).Refusal));
        Assert.Equal((409, "stale_epoch"), Status((await rig.Actor.FailChunkAsync(new(0, new(0, "spool", "x", "x")))).Refusal));
        Assert.Equal((409, "stale_epoch"), Status((await rig.Actor.ReportAsync(new(0, RecordingReports.Ended, 0, 0, 1, null))).Refusal));
        Assert.Equal("sealed", Assert.Single((await rig.Actor.ChunksAsync(-1)).Value!.Chunks).Status);
        Assert.Equal("starting", (await rig.ViewAsync()).State);
    }

    [Fact]
    public async Task Other_content_under_a_given_index_is_a_conflict()
    {
        await rig.StartAsync();
        await rig.Actor.SealAsync(new(0, PipelineRig.Chunk(0)));
        Assert.Equal((409, "chunk_conflict"), Status((await rig.Actor.SealAsync(new(0, PipelineRig.Chunk(0) with { PlainLength = 1 }))).Refusal));
        Assert.Null((await rig.Actor.CommitAsync(new(0, PipelineRig.Commit(0)))).Refusal);
        Assert.Null((await rig.Actor.CommitAsync(new(0, PipelineRig.Commit(0)))).Refusal);
        Assert.Equal((409, "chunk_conflict"), Status((await rig.Actor.CommitAsync(new(0, PipelineRig.Commit(0, variant: 1)))).Refusal));
        Assert.Equal((404, "chunk_not_found"), Status((await rig.Actor.CommitAsync(new(7, PipelineRig.Commit(7)))).Refusal));
        Assert.Equal((404, "chunk_not_found"), Status((await rig.Actor.DataKeyAsync(7)).Refusal));
        Assert.Empty((await rig.Actor.DataKeyAsync(0)).Value!.Key);
    }

    [Fact]
    public async Task A_chunk_that_cannot_be_stored_fails_the_session_with_its_cause()
    {
        await rig.StartAsync();
        world.BytesSpooled = 1;
        await rig.Actor.SealAsync(new(0, PipelineRig.Chunk(0)));
        await rig.Actor.FailChunkAsync(new(0, new(1, "spool", "spool_corrupt", "bad bytes")));
        await rig.CommandAsync("stop");
        await rig.DriveAsync(1);
        var view = await rig.ViewAsync();
        Assert.Equal(("failed", "spool_corrupt", 0), (view.State, view.Failure!.Code, view.Failure.ChunkIndex!.Value));
    }

    [Fact]
    public async Task An_update_needs_the_version_it_was_made_for_and_settings_only_change_before_the_start()
    {
        var created = (await rig.Actor.CreateAsync(PipelineRig.Creation())).Value!;
        Assert.Equal((412, "stale_version"), Status((await rig.Actor.UpdateAsync(new("n", null, null, null, null, created.Version + 1))).Refusal));
        var updated = (await rig.Actor.UpdateAsync(new("n", null, 7, null, new RecordingConfig(FrameRate: 5), created.Version))).Value!;
        Assert.Equal(("n", 7, 5, created.Version + 1), (updated.Name, updated.StorageConfig.RetentionDays, updated.RecordingConfig.FrameRate, updated.Version));
        await rig.CommandAsync("start");
        Assert.Equal(409, (await rig.Actor.UpdateAsync(new(null, null, null, null, new RecordingConfig(), null))).Refusal!.Status);
        Assert.Equal("m", (await rig.Actor.UpdateAsync(new("m", null, null, null, null, null))).Value!.Name);
    }

    [Fact]
    public async Task Deleting_destroys_key_spool_and_chunks_and_leaves_a_tombstone()
    {
        await rig.RecordAsync();
        Assert.Equal(409, (await rig.Actor.DeleteAsync()).Refusal!.Status);
        await rig.DriveAsync();
        Assert.Equal("deleted", (await rig.Actor.DeleteAsync()).Value!.State);
        Assert.Empty(world.Stored);
        Assert.NotNull((await rig.ViewAsync()).ManifestHash);
        Assert.Equal(409, (await rig.Actor.DeleteAsync()).Refusal!.Status);
    }

    [Fact]
    public async Task The_resume_point_names_the_next_index_and_what_is_not_stored()
    {
        await rig.StartAsync();
        await rig.StoreChunksAsync(2);
        await rig.Actor.SealAsync(new(2, PipelineRig.Chunk(2)));
        var point = (await rig.Actor.ResumePointAsync()).Value!;
        Assert.Equal((3, 1), (point.NextIndex, point.Epoch));
        Assert.Equal([2], point.Uncommitted);
    }

    private static (int, string) Status(Actors.SessionRefusal? refusal) => (refusal!.Status, refusal.Reason);
}
