using Dapr.Actors;
using Lucid.Contracts.Sessions;

namespace Lucid.SessionPipeline.Actors;

/// <summary>One session: all changes go through its actor, one at a time. Refusals are values.</summary>
public interface ISessionActor : IActor
{
    const string ActorType = "SessionActor";

    Task<SessionReply<SessionView>> CreateAsync(CreatePipeline request);

    Task<SessionReply<SessionView>> GetAsync();

    Task<SessionReply<SessionView>> UpdateAsync(UpdatePipeline request);

    Task<SessionReply<PipelineCommandResult>> CommandAsync(CommandCall call);

    Task<SessionReply<SessionView>> DeleteAsync();

    Task<SessionReply<ChunkLedgerEntry>> SealAsync(SealCall call);

    Task<SessionReply<ChunkLedgerEntry>> CommitAsync(CommitCall call);

    Task<SessionReply<ChunkLedgerEntry>> FailChunkAsync(FailCall call);

    Task<SessionReply<SessionView>> ReportAsync(RecordingReport report);

    Task<SessionReply<DataKey>> DataKeyAsync(int index);

    Task<SessionReply<ResumePoint>> ResumePointAsync();

    Task<SessionReply<ChunkPage>> ChunksAsync(int after);

    /// <summary>Does what is due now instead of at the next reminder.</summary>
    Task DriveAsync();
}

public sealed record CommandCall(string Command, PipelineCommand Body);

public sealed record SealCall(int Index, ChunkSealed Chunk);

public sealed record CommitCall(int Index, ChunkCommit Commit);

public sealed record FailCall(int Index, ChunkFailure Failure);
