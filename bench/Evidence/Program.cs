using System.Diagnostics;
using System.Globalization;
using Lucid.Bench.Evidence;
using Lucid.Evidence;

// Usage: corpus FILE          writes the corpus as one file
//        seal FILE OUT [N]    seals a file into LCK1 chunks with N workers (2) and prints bytes and Merkle root
//        (nothing)            measures in memory and prints a table
const int ChunkLength = 8 * 1024 * 1024;
const int Chunks = 32;
var session = new Guid("01890a5d-ac96-774b-bcce-b302099a8057");
var dataKey = new byte[32];
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

switch (args)
{
    case ["corpus", var path]:
        await using (var file = File.Create(path))
        {
            for (var i = 0; i < Chunks; i++)
            {
                await file.WriteAsync(Corpus.Chunk(i, ChunkLength));
            }
        }

        return 0;
    case ["seal", var input, var output, ..]:
        await SealFile.RunAsync(input, output, session, dataKey, ChunkLength, args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 2);
        return 0;
    case []:
        break;
    default:
        Console.Error.WriteLine("Arguments: none, or: corpus FILE, or: seal FILE OUT [WORKERS]");
        return 2;
}

var corpus = Enumerable.Range(0, Chunks).Select(i => Corpus.Chunk(i, ChunkLength)).ToArray();
long total = corpus.Sum(c => (long)c.Length);
Console.WriteLine($"corpus {total / 1024 / 1024} MiB in {Chunks} chunks, {Environment.ProcessorCount} cores");
Console.WriteLine($"{"what",-44} {"median",10} {"best",10}");
var before = Environment.WorkingSet;
var buffers = Enumerable.Range(0, 2).Select(_ => new byte[ChunkSealer.MaxFileLength(ChunkLength)]).ToArray();
foreach (var workers in new[] { 1, 2 })
{
    Report($"seal + encrypt + hash + leaf, {workers} worker(s)", Rounds(() => Seal(workers)).Select(s => $"{total / s / 1e6,7:F0} MB/s"));
}

Console.WriteLine($"{"peak memory beyond the corpus while sealing",-44} {(Process.GetCurrentProcess().PeakWorkingSet64 - before) / 1024 / 1024,6} MiB");
var opened = corpus.Select((c, i) => SealOne(i, c, new byte[ChunkSealer.MaxFileLength(ChunkLength)])).ToArray();
Report("decrypt, 1 worker", Rounds(() =>
{
    foreach (var (file, plain) in opened.Zip(corpus))
    {
        ChunkReader.ReadPlain(file.File, dataKey, plain.Length);
    }
}).Select(s => $"{total / s / 1e6,7:F0} MB/s"));

const int Leaves = 1_000_000;
var hash = Digest.Of([1]);
Report("Merkle builder, 1,000,000 leaves", Rounds(() =>
{
    var builder = new MerkleTreeBuilder();
    for (var i = 0; i < Leaves; i++)
    {
        builder.Append(hash.Span);
    }

    GC.KeepAlive(builder.Root);
}).Select(s => $"{Leaves / s / 1e6,5:F2} M/s"));
return 0;

void Seal(int workers) => Workers.Run(Chunks, buffers.Take(workers), (i, buffer) =>
{
    var chunk = ChunkSealer.Seal(new ChunkFields(session, i, ChunkStream.Av, session), corpus[i], dataKey, buffer);
    GC.KeepAlive(MerkleHash.Leaf(chunk.ChunkHash.Span));
});

(byte[] File, SealedChunk Chunk) SealOne(int index, byte[] plain, byte[] buffer)
{
    var chunk = ChunkSealer.Seal(new ChunkFields(session, index, ChunkStream.Av, session), plain, dataKey, buffer);
    return (buffer[..(int)chunk.CipherLength], chunk);
}

static List<double> Rounds(Action action)
{
    action();
    var seconds = new List<double>();
    for (var i = 0; i < 7; i++)
    {
        var watch = Stopwatch.StartNew();
        action();
        seconds.Add(watch.Elapsed.TotalSeconds);
    }

    seconds.Sort();
    return [seconds[seconds.Count / 2], seconds[0]];
}

static void Report(string what, IEnumerable<string> medianAndBest) =>
    Console.WriteLine($"{what,-44} {string.Join(' ', medianAndBest.Select(v => v.PadLeft(10)))}");
