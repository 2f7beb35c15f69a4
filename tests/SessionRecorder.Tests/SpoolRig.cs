using Lucid.Contracts.Sessions;
using Lucid.Journal;
using Lucid.SessionRecorder.Domain;
using Lucid.SessionRecorder.Storage;
using Lucid.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.SessionRecorder.Tests;

/// <summary>A spool on a simulated disk, and the source that delivers the sample to it.</summary>
internal sealed class SpoolRig(ulong seed = 1) : IAsyncDisposable
{
    public const string Token = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private const string Folder = "/spool";
    private static readonly Guid Session = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");

    public SimulatedFileSystem Disk { get; } = new(seed);

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2031, 5, 1, 12, 0, 0, TimeSpan.Zero));

    public int SegmentBytes { get; init; } = 1 << 20;

    /// <summary>Small enough that the sample makes several chunks, large enough for each of its fragments.</summary>
    public int ChunkSize { get; init; } = 100_000;

    public long MaxSize { get; init; } = 1 << 30;

    public SessionSpool Spool { get; private set; } = null!;

    public async Task<SessionSpool> OpenAsync()
    {
        Disk.CreateDirectory(Folder);
        using var keys = new SpoolKeys(Disk);
        keys.Unlock(new byte[32]);
        return Spool = await SessionSpool.OpenAsync(
            Session.ToString("D"), Folder, await keys.GetAsync(Session, Folder), Clock, new JournalOptions { FileSystem = Disk, SegmentBytes = SegmentBytes }, default);
    }

    public async Task<SessionSpool> ReopenAsync()
    {
        await Spool.DisposeAsync();
        return await OpenAsync();
    }

    public static async Task<SpoolRig> BeginAsync(SpoolRig? rig = null)
    {
        rig ??= new SpoolRig();
        await rig.OpenAsync();
        Assert.True(await rig.StartAsync());
        return rig;
    }

    public Task<bool> StartAsync(int epoch = 1, string token = Token) =>
        Spool.OpenRecordingAsync(new(Spool.SessionId, "owner", epoch, token, ChunkSize, MaxSize, 0), default);

    public Task<IngestResult> IngestAsync(int run, long offset, ReadOnlyMemory<byte> group, int epoch = 1) =>
        Spool.IngestAsync(epoch, run, offset, group, default);

    /// <summary>Delivers a run from wherever it stands to its end.</summary>
    public async Task<IngestOutcome> DeliverAsync(int run, int? until = null)
    {
        while (Spool.State.Run < run || Spool.State.Offset < (until ?? Sample.Bytes.Length))
        {
            var offset = Spool.State.Run < run ? 0 : Spool.State.Offset;
            var result = await IngestAsync(run, offset, Sample.Next(offset));
            if (result.Outcome != IngestOutcome.Accepted)
            {
                return result.Outcome;
            }
        }

        return IngestOutcome.Accepted;
    }

    /// <summary>What the chunks of a run hold, one after the other.</summary>
    public async Task<byte[]> ReadRunAsync(int run)
    {
        var bytes = new List<byte>();
        foreach (var cut in Spool.State.Chunks.Values.Where(cut => cut.Run == run))
        {
            var plain = (await Spool.ReadChunkAsync(cut.Index, default))!;
            Assert.Equal(cut.PlainSha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(plain)));
            bytes.AddRange(plain);
        }

        return [.. bytes];
    }

    /// <summary>Everything a state says, for comparing the live one with the replayed one.</summary>
    public string Describe()
    {
        var state = Spool.State;
        return string.Join('\n', state.Chunks.Values.Select(cut => cut.ToString()))
            + $"\n{state.Status} {state.Run} {state.Offset} {state.NextIndex} {state.PlainBytes} {state.DurationMs} {state.RunStart} {state.UnitsTaken} {state.OpenLength} "
            + $"{state.FirstNeeded} {state.Opening} {state.Ended} {state.Video} {Convert.ToHexString(state.Initialisation ?? [])} {string.Join(',', state.Open)}";
    }

    public void AssertChunksAreSound()
    {
        var chunks = Spool.State.Chunks.Values.ToList();
        Assert.Equal(Enumerable.Range(0, chunks.Count), chunks.Select(cut => cut.Index));
        Assert.Equal(chunks.Count, Spool.State.NextIndex);
        Assert.All(chunks, cut => Assert.InRange(ChunkLimits.FileSize(cut.PlainLength), 97, ChunkSize));
        Assert.All(chunks, cut => Assert.True(cut.StartMs <= cut.EndMs));
        Assert.All(chunks, cut => Assert.Equal(cut.Stream == ChunkStreams.Init, cut.Video is not null));
        Assert.Equal(chunks.OrderBy(cut => cut.StartMs).Select(cut => cut.Index), chunks.Select(cut => cut.Index));
    }

    public ValueTask DisposeAsync() => Spool.DisposeAsync();
}
