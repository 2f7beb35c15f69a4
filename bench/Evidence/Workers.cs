namespace Lucid.Bench.Evidence;

/// <summary>A fixed number of threads that share items 0…count−1, each with its own buffers.</summary>
internal static class Workers
{
    public static void Run<TBuffers>(int count, IEnumerable<TBuffers> buffersOfWorkers, Action<int, TBuffers> item)
    {
        var next = -1;
        var threads = buffersOfWorkers.Select(own => new Thread(() =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                item(i, own);
            }
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
    }
}
