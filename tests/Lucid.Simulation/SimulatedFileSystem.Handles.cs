using Lucid.Journal;

namespace Lucid.Simulation;

/// <summary>Open files and locks; those of before a crash do nothing but fail.</summary>
public sealed partial class SimulatedFileSystem
{
    private sealed class LockRelease(SimulatedFileSystem owner, string path, int generation) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._gate)
            {
                if (generation == owner._generation)
                {
                    owner._locks.Remove(path);
                }
            }
        }
    }

    private sealed class SimulatedFile(SimulatedFileSystem owner, SimulatedInode file, int generation) : IJournalFile
    {
        public long Length
        {
            get
            {
                lock (owner._gate)
                {
                    owner.EnsureAlive(generation);
                    return file.Content.Length;
                }
            }
        }

        public int Read(Span<byte> destination, long offset)
        {
            lock (owner._gate)
            {
                owner.EnsureAlive(generation);
                int from = (int)Math.Min(offset, file.Content.Length);
                int count = Math.Min(destination.Length, file.Content.Length - from);
                file.Content.AsSpan(from, count).CopyTo(destination);
                return count;
            }
        }

        public void Write(ReadOnlySpan<byte> source, long offset)
        {
            lock (owner._gate)
            {
                owner.EnsureAlive(generation);
                owner.Write(file, source, (int)offset);
            }
        }

        public void SetLength(long length)
        {
            lock (owner._gate)
            {
                owner.EnsureAlive(generation);
                owner.Begin();
                file.SetLength((int)length);
            }
        }

        public ValueTask FlushAsync() => owner.FlushAsync(file, generation);

        public void Dispose()
        {
        }
    }
}
