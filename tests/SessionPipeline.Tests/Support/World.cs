using System.Net;
using System.Text.Json;
using Lucid.AuthService.Tests.Support;
using Lucid.Contracts;
using Lucid.Contracts.Chain;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;
using Lucid.Evidence.Tests;
using Lucid.ServiceDefaults;
using Lucid.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.SessionPipeline.Tests.Support;

/// <summary>What outlives a process of the pipeline: its state store, and recorder, store and anchoring as far as it sees them.</summary>
internal sealed class World : IStateClient
{
    public static readonly Guid SessionId = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");
    public const int Chunks = 3;
    private long steps;

    public MemoryState State { get; } = new();

    /// <summary>The volume of the key versions.</summary>
    public SimulatedFileSystem Volume { get; set; } = new(1);

    public FakeTimeProvider Clock { get; } = new(TestChain.GenesisTime.AddMinutes(1));

    public TestKeys Keys { get; } = new();

    public Dictionary<int, StoredChunk> Stored { get; } = [];

    public List<byte[]> Manifests { get; } = [];

    public byte[]? Envelopes { get; set; }

    public byte[]? Receipt { get; set; }

    public List<string> AnchorRequests { get; } = [];

    public List<string> Calls { get; } = [];

    public bool RecorderHasIt { get; set; }

    public bool RecorderIsDown { get; set; }

    public long BytesSpooled { get; set; }

    public string AnchorState { get; set; } = "confirmed";

    /// <summary>Makes the receipt of another manifest.</summary>
    public bool FalseReceipt { get; set; }

    /// <summary>Makes the receipt on a chain with another genesis.</summary>
    public bool ForeignChain { get; set; }

    public string GenesisHash => new TestChain(Keys).Genesis.Hash.ToString();

    /// <summary>The step, counted from 1, at which the process dies; each effect has one before and one after it.</summary>
    public long? CrashAt { get; set; }

    /// <summary>The step at which the network or the callee fails instead.</summary>
    public long? FailAt { get; set; }

    public long Steps => steps;

    public HttpClient Recorder => new StubHandler((request, body) => Around(request, () => AnswerRecorder(request))).Client();

    public HttpClient Storage => new StubHandler((request, body) => Around(request, () => AnswerStorage(request, body))).Client();

    public HttpClient Anchoring => new StubHandler((request, body) => Around(request, () => AnswerAnchoring(request, body))).Client();

    public Task<StateItem?> GetAsync(string key, CancellationToken cancellationToken) => State.GetAsync(key, cancellationToken);

    public Task<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) => State.GetManyAsync(keys, cancellationToken);

    /// <summary>Sees what is about to be saved.</summary>
    public Action<string, string>? BeforeSave { get; set; }

    /// <summary>Everything that was ever saved, the last of each key: a backup of the store taken at the right moment.</summary>
    public Dictionary<string, byte[]> Backup { get; } = new(StringComparer.Ordinal);

    public async Task<bool> SaveAsync(string key, ReadOnlyMemory<byte> value, string? etag, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        Step(crashOnly: true);
        BeforeSave?.Invoke(key, System.Text.Encoding.UTF8.GetString(value.Span));
        Backup[key] = value.ToArray();
        var saved = await State.SaveAsync(key, value, etag, timeToLive, cancellationToken);
        Step(crashOnly: true);
        return saved;
    }

    public async Task<bool> DeleteAsync(string key, string etag, CancellationToken cancellationToken)
    {
        Step(crashOnly: true);
        return await State.DeleteAsync(key, etag, cancellationToken);
    }

    private HttpResponseMessage Around(HttpRequestMessage request, Func<HttpResponseMessage> effect)
    {
        Step(crashOnly: false);
        Calls.Add($"{request.Method} {request.RequestUri!.AbsolutePath}");
        var answer = effect();
        Step(crashOnly: false);
        return answer;
    }

    private void Step(bool crashOnly)
    {
        steps++;
        if (steps == CrashAt)
        {
            throw new ProcessDiedException();
        }

        if (steps == FailAt && !crashOnly)
        {
            throw new HttpRequestException("no answer");
        }
    }

    private HttpResponseMessage AnswerRecorder(HttpRequestMessage request)
    {
        if (RecorderIsDown)
        {
            return StubHandler.Error(503, "recorder_unavailable");
        }

        if (request.Method == HttpMethod.Delete)
        {
            RecorderHasIt = false;
            return StubHandler.Empty();
        }

        if (request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.EndsWith("/recordings", StringComparison.Ordinal))
        {
            RecorderHasIt = true;
        }

        return RecorderHasIt
            ? StubHandler.Json(new RecordingStatus(SessionId.ToString("D"), 1, "recording", 0, BytesSpooled, BytesSpooled, Chunks, 3000))
            : StubHandler.Error(404, "recording_not_found");
    }

    private HttpResponseMessage AnswerStorage(HttpRequestMessage request, byte[] body)
    {
        switch (request.RequestUri!.AbsolutePath.Split('/')[3], request.Method.Method)
        {
            case ("chunk-catalogue", "GET"):
                return StubHandler.Json(new ChunkCatalogue(SessionId.ToString("D"), [.. Stored.Values]));
            case ("manifests", "GET"):
                return Manifests.Count > 0 ? StubHandler.Bytes(Manifests[0]) : StubHandler.Error(404, "document_not_found");
            case ("manifests", "PUT"):
                if (Manifests.Count == 0)
                {
                    Manifests.Add(body);
                }

                return Manifests[0].AsSpan().SequenceEqual(body) ? StubHandler.Empty() : StubHandler.Error(409, "version_exists");
            case ("keys", "PUT"):
                Envelopes = body;
                return StubHandler.Empty();
            case ("receipts", "PUT"):
                Receipt = body;
                return StubHandler.Empty();
            case ("sessions", "DELETE"):
                Stored.Clear();
                return StubHandler.Empty();
            default:
                return StubHandler.Error(404, "route");
        }
    }

    private HttpResponseMessage AnswerAnchoring(HttpRequestMessage request, byte[] body)
    {
        if (request.Method == HttpMethod.Post)
        {
            AnchorRequests.Add(System.Text.Encoding.UTF8.GetString(body));
            return StubHandler.Json(new AnchorAccepted("a", "pending", Clock.GetUtcNow(), null), HttpStatusCode.Accepted);
        }

        if (AnchorRequests.Count == 0)
        {
            return StubHandler.Error(404, "session_not_found");
        }

        if (request.RequestUri!.AbsolutePath.EndsWith("/receipt", StringComparison.Ordinal))
        {
            return StubHandler.Bytes(MakeReceipt());
        }

        var asked = JsonSerializer.Deserialize<AnchorRequest>(AnchorRequests[0], JsonDefaults.Strict)!;
        return StubHandler.Json(new AnchorStatus(
            asked.SessionId, "a", AnchorState, AnchorState == "confirmed", Clock.GetUtcNow(), null, null, 2, "tx-1", asked.MerkleRoot, null, null));
    }

    private byte[] MakeReceipt()
    {
        var manifest = Manifest.Parse(Manifests[0]);
        if (FalseReceipt)
        {
            manifest = ManifestSigner.Sign(manifest with { OwnerId = "another", Signature = null }, Keys.Manifest);
        }

        var chain = new TestChain(ForeignChain ? new TestKeys(variant: 9) : Keys);
        var entry = new AnchorEntry(AnchorRecord.For(manifest, AnchorRecord.ComputeOwnerRef(new byte[32], "user-1")));
        chain.Add(5, chain.Anchor(entry));
        return chain.Receipt(entry).ToJson();
    }
}

internal sealed class ProcessDiedException : Exception;
