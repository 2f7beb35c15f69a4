using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Lucid.ChunkProcessor.Clients;
using Lucid.ChunkProcessor.Domain;
using Lucid.Contracts;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;
using Lucid.SessionPipeline.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lucid.ChunkProcessor.Tests;

public sealed class ChunkWorkTests
{
    private const string Session = "01890a5d-ac96-774b-bcce-b302099a8057";
    private static readonly Guid KeyId = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8058");
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] plain = RandomNumberGenerator.GetBytes(100_000);
    private readonly List<string> calls = [];
    private readonly Dictionary<string, HttpResponseMessage> answers = [];
    private byte[]? stored;
    private ChunkCommit? commit;
    private ChunkFailure? failure;

    [Fact]
    public async Task A_sealed_chunk_is_encrypted_stored_committed_and_freed_in_this_order()
    {
        Assert.Equal(ChunkWorkOutcome.Done, await RunAsync());
        Assert.Equal(["key", "spool", "store", "commit", "free"], calls);
        var header = ChunkHeader.Parse(stored);
        Assert.Equal((Guid.Parse(Session), 7L, KeyId), (header.SessionId, header.Index, header.KeyId));
        Assert.Equal(-1, stored.AsSpan().IndexOf(plain.AsSpan(0, 32)));
        Assert.Equal((Digest.Of(stored).ToString(), stored!.Length, 1), (commit!.FileSha256, commit.CipherLength, commit.Epoch));
        Assert.Equal(ChunkHash.Compute(Guid.Parse(Session), 7, stored.Length, Digest.Of(stored)).ToString(), commit.ChunkHash);
    }

    [Fact]
    public async Task A_chunk_that_is_stored_already_is_only_freed()
    {
        Assert.Equal(ChunkWorkOutcome.Done, await RunAsync(Entry() with { Status = "stored" }));
        Assert.Equal(["key", "free"], calls);
    }

    [Fact]
    public async Task What_failed_or_was_announced_for_another_epoch_stays_in_the_spool()
    {
        Assert.Equal(ChunkWorkOutcome.Done, await RunAsync(Entry() with { Status = "failed" }));
        Assert.Equal(ChunkWorkOutcome.Done, await RunAsync(Entry() with { Epoch = 2 }));
        Assert.Equal(["key", "key"], calls);
    }

    [Fact]
    public async Task Without_a_key_there_is_nothing_to_do_and_nothing_is_read()
    {
        answers["key"] = StubHandler.Error(410, "key_destroyed");
        Assert.Equal(ChunkWorkOutcome.Done, await RunAsync());
        Assert.Equal(["key"], calls);
    }

    [Theory]
    [InlineData("key", 503)]
    [InlineData("key", 429)]
    [InlineData("spool", 404)]
    [InlineData("spool", 500)]
    [InlineData("store", 507)]
    [InlineData("store", 500)]
    [InlineData("commit", 503)]
    public async Task What_may_pass_is_tried_again_and_the_spool_keeps_the_chunk(string at, int status)
    {
        answers[at] = StubHandler.Error(status, "busy");
        Assert.Equal(ChunkWorkOutcome.Again, await RunAsync());
        Assert.Equal(at, calls[^1]);
        Assert.Null(failure);
    }

    [Fact]
    public async Task Bytes_that_are_not_the_sealed_ones_are_reported_as_failed_and_never_stored()
    {
        plain[5] ^= 1;
        var entry = Entry() with { PlainSha256 = Digest.Of("others"u8).ToString() };
        Assert.Equal(ChunkWorkOutcome.Done, await RunAsync(entry));
        Assert.Equal(["key", "spool", "fail"], calls);
        Assert.Equal((1, "spool", "spool_corrupt"), (failure!.Epoch, failure.Stage, failure.Code));
        answers["fail"] = StubHandler.Error(503, "busy");
        Assert.Equal(ChunkWorkOutcome.Again, await RunAsync(entry));
    }

    [Fact]
    public async Task A_spool_that_breaks_off_is_tried_again()
    {
        answers["spool"] = StubHandler.Bytes(plain[..1000]);
        Assert.Equal(ChunkWorkOutcome.Again, await RunAsync());
        Assert.Null(failure);
    }

    [Fact]
    public async Task Who_commits_second_frees_the_spool_because_the_first_ones_file_counts()
    {
        answers["commit"] = StubHandler.Error(409, "chunk_conflict");
        Assert.Equal(ChunkWorkOutcome.Done, await RunAsync());
        Assert.Equal("free", calls[^1]);
    }

    [Fact]
    public async Task Who_commits_under_an_old_epoch_frees_nothing()
    {
        answers["commit"] = StubHandler.Error(409, "stale_epoch");
        Assert.Equal(ChunkWorkOutcome.Done, await RunAsync());
        Assert.Equal("commit", calls[^1]);
    }

    [Fact]
    public async Task Events_are_compressed_when_that_makes_them_smaller()
    {
        Array.Clear(plain);
        Assert.Equal(ChunkWorkOutcome.Done, await RunAsync(Entry() with { Stream = ChunkStreams.Events }));
        Assert.Equal("zstd", commit!.Compression);
        Assert.InRange(commit.CipherLength, 100, 10_000);
    }

    private ChunkLedgerEntry Entry() => new(
        7, 1, ChunkStreams.AudioVideo, 0, "sealed", plain.Length, Convert.ToHexStringLower(SHA256.HashData(plain)), 0, 1000, 30, false, false, null, null, null, null);

    private Task<ChunkWorkOutcome> RunAsync(ChunkLedgerEntry? entry = null)
    {
        var chunk = entry ?? Entry();
        var http = new StubHandler((request, body) =>
        {
            var path = request.RequestUri!.AbsolutePath;
            var call = (request.Method.Method, path) switch
            {
                ("GET", _) when path.Contains("/spool/", StringComparison.Ordinal) => "spool",
                ("DELETE", _) => "free",
                ("PUT", _) => "store",
                ("POST", _) when path.Contains("/commit/", StringComparison.Ordinal) => "commit",
                ("POST", _) => "fail",
                _ => "key",
            };
            calls.Add(call);
            if (answers.TryGetValue(call, out var answer))
            {
                return answer;
            }

            switch (call)
            {
                case "key":
                    return StubHandler.Json(new DataKey(KeyId.ToString("D"), Convert.ToBase64String(Key), chunk));
                case "spool":
                    return StubHandler.Bytes(plain);
                case "store":
                    stored = body;
                    Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(body))}:", request.Content!.Headers.GetValues(LucidHeaders.ReprDigest).Single());
                    return StubHandler.Json(new StoredChunk(Session, 7, Digest.Of(body).ToString(), body.Length, new string('0', 64)), HttpStatusCode.Created);
                case "commit":
                    commit = JsonSerializer.Deserialize<ChunkCommit>(body, JsonDefaults.Strict);
                    return StubHandler.Json(chunk);
                case "fail":
                    failure = JsonSerializer.Deserialize<ChunkFailure>(body, JsonDefaults.Strict);
                    return StubHandler.Json(chunk);
                default:
                    return StubHandler.Empty();
            }
        });
        var work = new ChunkWork(new PipelineClient(http.Client()), new SpoolClient(http.Client()), new StorageClient(http.Client()), NullLogger<ChunkWork>.Instance);
        return work.RunAsync(new(Session, 7, 1), default);
    }
}
