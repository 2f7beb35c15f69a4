using System.Buffers;
using System.Security.Cryptography;
using Lucid.ChunkProcessor.Clients;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;
using Lucid.ServiceDefaults;

namespace Lucid.ChunkProcessor.Domain;

/// <summary>
/// One sealed chunk from spool to store: fetch the key, read the plain bytes, check them against the ledger, encrypt and hash, store,
/// commit, free the spool. Plain bytes and key live in pinned memory of this call only. Done twice, the second commit loses and its
/// blob is collected; done never, the pipeline announces the chunk again.
/// </summary>
public sealed partial class ChunkWork(PipelineClient pipeline, SpoolClient spool, StorageClient storage, ILogger<ChunkWork> logger)
{
    public async Task<ChunkWorkOutcome> RunAsync(ChunkNotice notice, CancellationToken cancellationToken)
    {
        var asked = await pipeline.DataKeyAsync(notice.SessionId, notice.Index, cancellationToken);
        if (!asked.IsSuccess)
        {
            return Give(notice, "key", asked.Error);
        }

        var chunk = asked.Value.Chunk;
        if (chunk.Status == "stored")
        {
            // The spool may still hold it after a crash between commit and free.
            await spool.FreeAsync(notice.SessionId, notice.Index, cancellationToken);
            return ChunkWorkOutcome.Done;
        }

        if (chunk.Status != "sealed" || chunk.Epoch != notice.Epoch)
        {
            return ChunkWorkOutcome.Done; // failed, or announced for an epoch that was fenced off: the spool has the only copy
        }

        var key = GC.AllocateArray<byte>(32, pinned: true);
        var plain = GC.AllocateUninitializedArray<byte>(chunk.PlainLength, pinned: true);
        try
        {
            if (!Convert.TryFromBase64String(asked.Value.Key, key, out var keyLength) || keyLength != key.Length)
            {
                return await FailAsync(notice, "encryption", "bad_key", "The data key is not 32 bytes.", cancellationToken);
            }

            var read = await spool.ReadAsync(notice.SessionId, notice.Index, plain, cancellationToken);
            if (!read.IsSuccess)
            {
                return Give(notice, "spool", read.Error);
            }

            if (Convert.ToHexStringLower(SHA256.HashData(plain)) != chunk.PlainSha256)
            {
                return await FailAsync(notice, "spool", "spool_corrupt", "The spooled bytes are not the ones that were sealed.", cancellationToken);
            }

            return await StoreAsync(notice, chunk, Guid.ParseExact(asked.Value.KeyId, "D"), key, plain, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private async Task<ChunkWorkOutcome> StoreAsync(
        ChunkNotice notice, ChunkLedgerEntry chunk, Guid keyId, byte[] key, byte[] plain, CancellationToken cancellationToken)
    {
        var stream = chunk.Stream switch
        {
            ChunkStreams.Init => ChunkStream.Init,
            ChunkStreams.Events => ChunkStream.Events,
            _ => ChunkStream.Av,
        };
        var file = ArrayPool<byte>.Shared.Rent(ChunkSealer.MaxFileLength(plain.Length));
        try
        {
            var fields = new ChunkFields(
                Guid.ParseExact(notice.SessionId, "D"), notice.Index, stream, keyId, chunk.Final, chunk.Truncated, TryZstd: stream == ChunkStream.Events);
            var made = ChunkSealer.Seal(fields, plain, key, file);
            var bytes = file.AsMemory(0, (int)made.CipherLength);
            var stored = await storage.PutAsync(notice.SessionId, notice.Index, bytes, made.FileSha256, cancellationToken);
            if (!stored.IsSuccess)
            {
                return Give(notice, "storage", stored.Error);
            }

            var commit = new ChunkCommit(
                notice.Epoch, made.ChunkHash.ToString(), made.FileSha256.ToString(), (int)made.CipherLength, keyId.ToString("D"),
                made.Compression == ChunkCompression.Zstd ? "zstd" : "none");
            var committed = await pipeline.CommitAsync(notice.SessionId, notice.Index, commit, cancellationToken);
            if (committed is { IsSuccess: false, Error: not { Status: 409, Reason: "chunk_conflict" } })
            {
                return Give(notice, "commit", committed.Error);
            }

            // Committed now, or by another attempt that was first: either way the ledger names a stored file.
            await spool.FreeAsync(notice.SessionId, notice.Index, cancellationToken);
            return ChunkWorkOutcome.Done;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(file);
        }
    }

    private async Task<ChunkWorkOutcome> FailAsync(ChunkNotice notice, string stage, string code, string message, CancellationToken cancellationToken)
    {
        var told = await pipeline.FailAsync(notice.SessionId, notice.Index, new(notice.Epoch, stage, code, message), cancellationToken);
        return told.IsSuccess ? ChunkWorkOutcome.Done : ChunkWorkOutcome.Again;
    }

    // A refusal that will not change (the session is gone, the chunk is unknown) ends the work; anything else is tried again.
    private ChunkWorkOutcome Give(ChunkNotice notice, string stage, ServiceError error)
    {
        LogGaveWay(notice.SessionId, notice.Index, stage, error.Status, error.Reason ?? error.Code);
        return error.IsTransient || error.Status == 507 || stage == "spool" ? ChunkWorkOutcome.Again : ChunkWorkOutcome.Done;
    }

    [LoggerMessage(3101, LogLevel.Warning, "Chunk {Index} of {Session} stopped at {Stage}: {Status} {Reason}")]
    private partial void LogGaveWay(string session, int index, string stage, int status, string reason);
}

public enum ChunkWorkOutcome
{
    Done,
    Again,
}
