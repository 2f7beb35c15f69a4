using Lucid.Evidence;

namespace Lucid.Bench.Evidence;

/// <summary>What a recorder does with a finished file: cut, seal with some workers, write, root over the chunks.</summary>
internal static class SealFile
{
    public static async Task RunAsync(string input, string output, Guid session, byte[] dataKey, int chunkLength, int workers)
    {
        var length = new FileInfo(input).Length;
        var count = (int)((length + chunkLength - 1) / chunkLength);
        var stride = ChunkSealer.MaxFileLength(chunkLength);
        using var source = File.OpenHandle(input);
        using var target = File.OpenHandle(output, FileMode.Create, FileAccess.Write);
        var hashes = new Digest[count];
        var buffersOfWorkers = Enumerable.Range(0, workers).Select(_ => (Plain: new byte[chunkLength], File: new byte[stride]));
        Workers.Run(count, buffersOfWorkers, (i, buffers) =>
        {
            var read = RandomAccess.Read(source, buffers.Plain, (long)i * chunkLength);
            var chunk = ChunkSealer.Seal(new ChunkFields(session, i, ChunkStream.Av, session), buffers.Plain.AsSpan(0, read), dataKey, buffers.File);
            RandomAccess.Write(target, buffers.File.AsSpan(0, (int)chunk.CipherLength), (long)i * stride);
            hashes[i] = chunk.ChunkHash;
        });
        await Console.Out.WriteLineAsync($"{length} bytes, {count} chunks, root {SessionTree.Root(hashes)}");
    }
}
